-- +goose Up
ALTER TABLE feeds ADD COLUMN validated_at INTEGER NOT NULL DEFAULT 0; -- when an answer last gave validators

-- +goose Down
ALTER TABLE feeds DROP COLUMN validated_at;

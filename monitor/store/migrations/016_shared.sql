-- +goose Up
ALTER TABLE articles ADD COLUMN shared INTEGER NOT NULL DEFAULT 0; -- its feed gives its url to others, too

-- +goose Down
ALTER TABLE articles DROP COLUMN shared;

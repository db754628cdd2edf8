-- +goose Up
-- A message also shows what people did about its episode.
ALTER TABLE deliveries ADD COLUMN touched INTEGER NOT NULL DEFAULT 0; -- how often they did
ALTER TABLE deliveries ADD COLUMN shown   INTEGER NOT NULL DEFAULT 0; -- how much of it is shown

-- +goose Down
ALTER TABLE deliveries DROP COLUMN shown;
ALTER TABLE deliveries DROP COLUMN touched;

-- +goose Up
-- The language of a text that is surely not English, which is not judged.
ALTER TABLE articles ADD COLUMN language TEXT NOT NULL DEFAULT '';
-- The page's text with the furniture that was taken out of it; empty where none was.
ALTER TABLE articles ADD COLUMN original TEXT NOT NULL DEFAULT '';
CREATE INDEX articles_foreign ON articles (read_at) WHERE read_at > 0 AND language <> '';

-- +goose Down
DROP INDEX articles_foreign;
ALTER TABLE articles DROP COLUMN original;
ALTER TABLE articles DROP COLUMN language;

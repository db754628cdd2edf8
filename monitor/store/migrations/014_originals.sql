-- +goose Up
-- Upkeep left the originals of the texts that it took.
UPDATE articles SET original = '' WHERE original <> '' AND id <= (SELECT article_id FROM upkeep);

-- +goose Down
SELECT 1;

-- +goose Up
ALTER TABLE articles ADD COLUMN digest     INTEGER NOT NULL DEFAULT 0; -- of the text that the feed gave last; 0: not known
ALTER TABLE articles ADD COLUMN changes    INTEGER NOT NULL DEFAULT 0; -- how often it changed and was given out to be read again
ALTER TABLE articles ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN same_as    INTEGER NOT NULL DEFAULT 0; -- the article whose page this is, too, and which stands for both

-- The article that first told a story; 0: not known, or gone. The others are copies.
ALTER TABLE stories ADD COLUMN article_id INTEGER NOT NULL DEFAULT 0;
UPDATE stories SET article_id = coalesce((SELECT min(articles.id) FROM articles WHERE articles.story_id = stories.id
    AND articles.title = stories.title AND articles.url = stories.url AND articles.published_at = stories.at), 0);
CREATE INDEX sketches_story ON sketches (story_id);

-- What pages articles are known by, for as long as another feed may show them.
CREATE TABLE pages (
    address    TEXT    NOT NULL, -- what the page's addresses have in common
    article_id INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL, -- when the article was
    PRIMARY KEY (address, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pages_seen ON pages (seen_at);

-- +goose Down
DROP TABLE pages;
DROP INDEX sketches_story;
ALTER TABLE stories DROP COLUMN article_id;
ALTER TABLE articles DROP COLUMN same_as;
ALTER TABLE articles DROP COLUMN changed_at;
ALTER TABLE articles DROP COLUMN changes;
ALTER TABLE articles DROP COLUMN digest;

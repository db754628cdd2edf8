-- +goose Up
-- What tells whether a text prints a story that is known: a sketch of the text
-- that first told it, and the keys that it is found by. Neither is kept for
-- longer than copies come in. Ids are not used twice, so that the key of a
-- sketch that is gone is never taken for that of another.
CREATE TABLE sketches (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    story_id INTEGER NOT NULL, -- no reference: a story may go before it
    at       INTEGER NOT NULL, -- when the text was published
    seen_at  INTEGER NOT NULL,
    body     BLOB    NOT NULL
) STRICT;
CREATE INDEX sketches_seen ON sketches (seen_at);
CREATE TABLE sketch_keys (
    key       INTEGER NOT NULL,
    sketch_id INTEGER NOT NULL,
    PRIMARY KEY (key, sketch_id)
) STRICT, WITHOUT ROWID;
DROP INDEX stories_fingerprint;
ALTER TABLE stories DROP COLUMN fingerprint;

-- +goose Down
ALTER TABLE stories ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
CREATE INDEX stories_fingerprint ON stories (fingerprint, at);
DROP TABLE sketch_keys;
DROP TABLE sketches;

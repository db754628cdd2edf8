-- +goose Up
-- What is not to be told for a time. A text that is empty matches all.
CREATE TABLE silences (
    id        INTEGER PRIMARY KEY,
    actor     TEXT    NOT NULL,
    rule      TEXT    NOT NULL,
    voice     TEXT    NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    author    TEXT    NOT NULL,
    comment   TEXT    NOT NULL
) STRICT;
CREATE INDEX silences_ends ON silences (ends_at);

-- +goose Down
DROP TABLE silences;

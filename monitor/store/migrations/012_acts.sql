-- +goose Up
-- What people did about episodes and actors.
CREATE TABLE acts (
    id         INTEGER PRIMARY KEY,
    ref        TEXT    NOT NULL UNIQUE, -- the receiver's name for the request: a second one with it is the same
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    by_id      TEXT    NOT NULL,        -- the person, as the receiver names it
    by_name    TEXT    NOT NULL,
    episode_id INTEGER REFERENCES episodes (id) ON DELETE CASCADE,
    actor      TEXT    NOT NULL,
    until      INTEGER NOT NULL,
    story      TEXT    NOT NULL,
    link       TEXT    NOT NULL,
    label      TEXT    NOT NULL,
    note       TEXT    NOT NULL
) STRICT;
CREATE INDEX acts_episode ON acts (episode_id);
-- Whoever has acknowledged an episode has done so.
CREATE UNIQUE INDEX acts_acknowledged ON acts (episode_id, by_id) WHERE kind = 'acknowledge';

-- +goose Down
DROP TABLE acts;

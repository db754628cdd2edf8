-- +goose Up
-- Times are Unix milliseconds, UTC; 0 means never.

CREATE TABLE feeds (
    id            INTEGER PRIMARY KEY,
    url           TEXT    NOT NULL UNIQUE,
    outlet        TEXT    NOT NULL,
    every         TEXT    NOT NULL,
    critical      INTEGER NOT NULL,
    active        INTEGER NOT NULL, -- 0: no longer configured, kept for its history
    etag          TEXT    NOT NULL DEFAULT '',
    last_modified TEXT    NOT NULL DEFAULT '',
    next_at       INTEGER NOT NULL, -- the schedule: swept and claimed
    tried_at      INTEGER NOT NULL DEFAULT 0,
    succeeded_at  INTEGER NOT NULL DEFAULT 0,
    failures      INTEGER NOT NULL DEFAULT 0,
    problem       TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX feeds_due ON feeds (next_at) WHERE active = 1;

CREATE TABLE actors (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    active      INTEGER NOT NULL,
    -- DETECT is due at the earlier of the two. They are apart because a
    -- detection renews its deadline and must not undo a reading that came
    -- while it ran.
    due_at      INTEGER NOT NULL DEFAULT 0, -- because of a new reading
    deadline_at INTEGER NOT NULL DEFAULT 0  -- because an episode's time runs out
) STRICT;
CREATE INDEX actors_due ON actors (due_at) WHERE due_at > 0;
CREATE INDEX actors_deadline ON actors (deadline_at) WHERE deadline_at > 0;

CREATE TABLE stories (
    id          INTEGER PRIMARY KEY,
    fingerprint TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    url         TEXT    NOT NULL,
    copies      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX stories_fingerprint ON stories (fingerprint, at);

CREATE TABLE articles (
    id           INTEGER PRIMARY KEY,
    feed_id      INTEGER NOT NULL REFERENCES feeds (id),
    key          TEXT    NOT NULL, -- identity within its feed
    outlet       TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    summary      TEXT    NOT NULL, -- as the feed gave it
    content      TEXT    NOT NULL, -- as the feed gave it
    published_at INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    backfill     INTEGER NOT NULL,
    read_at      INTEGER NOT NULL DEFAULT 0,
    text         TEXT    NOT NULL DEFAULT '', -- as read, cleaned
    text_from    TEXT    NOT NULL DEFAULT '',
    problem      TEXT    NOT NULL DEFAULT '', -- why its page was not used
    story_id     INTEGER REFERENCES stories (id),
    UNIQUE (feed_id, key)
) STRICT;
CREATE INDEX articles_empty ON articles (read_at) WHERE read_at > 0 AND text = '';
CREATE INDEX articles_unread ON articles (seen_at) WHERE read_at = 0;

CREATE TABLE readings (
    id       INTEGER PRIMARY KEY,
    story_id INTEGER NOT NULL REFERENCES stories (id),
    actor_id INTEGER NOT NULL REFERENCES actors (id),
    voice    TEXT    NOT NULL,
    outlet   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    tone     REAL    NOT NULL,
    backfill INTEGER NOT NULL,
    engine   TEXT    NOT NULL, -- name, version and hash of what judged it
    quotes   TEXT    NOT NULL, -- JSON: the sentences behind the tone
    UNIQUE (story_id, actor_id, voice)
) STRICT;
CREATE INDEX readings_window ON readings (actor_id, voice, at);

-- Sums of readings by the hour: a window is an addition over one range scan.
CREATE TABLE series (
    actor_id INTEGER NOT NULL REFERENCES actors (id),
    hour     INTEGER NOT NULL, -- its beginning
    voice    TEXT    NOT NULL,
    outlet   TEXT    NOT NULL,
    backfill INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    total    REAL    NOT NULL,
    squares  REAL    NOT NULL,
    PRIMARY KEY (actor_id, hour, voice, outlet, backfill)
) STRICT, WITHOUT ROWID;

CREATE TABLE episodes (
    id         INTEGER PRIMARY KEY,
    rule       TEXT    NOT NULL,
    actor_id   INTEGER NOT NULL REFERENCES actors (id),
    voice      TEXT    NOT NULL,
    phase      TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    version    INTEGER NOT NULL, -- of the row: a second writer is refused
    changed_at INTEGER NOT NULL, -- when the revision last rose
    body       TEXT    NOT NULL  -- JSON of the whole episode
) STRICT;
CREATE UNIQUE INDEX episodes_open ON episodes (actor_id, rule, voice) WHERE phase <> 'quiet';

CREATE TABLE deliveries (
    id         INTEGER PRIMARY KEY,
    episode_id INTEGER NOT NULL REFERENCES episodes (id),
    receiver   TEXT    NOT NULL,
    key        TEXT    NOT NULL UNIQUE,
    sending_at INTEGER NOT NULL DEFAULT 0,
    channel    TEXT    NOT NULL DEFAULT '',
    ts         TEXT    NOT NULL DEFAULT '',
    told       INTEGER NOT NULL DEFAULT 0,
    problem    TEXT    NOT NULL DEFAULT '',
    UNIQUE (episode_id, receiver)
) STRICT;

-- +goose Down
DROP TABLE deliveries;
DROP TABLE episodes;
DROP TABLE series;
DROP TABLE readings;
DROP TABLE articles;
DROP TABLE stories;
DROP TABLE actors;
DROP TABLE feeds;

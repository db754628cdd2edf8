-- +goose Up
-- The outbox holds messages of every kind: a row a message.

CREATE TABLE messages (
    id         INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL,           -- alert, reply, digest or note
    episode_id INTEGER REFERENCES episodes (id), -- of an alert and a reply
    receiver   TEXT    NOT NULL,
    news       TEXT    NOT NULL DEFAULT '', -- of a reply: what is new; of a note: which
    slot       INTEGER NOT NULL DEFAULT 0,  -- of a reply: revision or number; of a digest and a note: its time
    key        TEXT    NOT NULL UNIQUE,
    body       TEXT    NOT NULL DEFAULT '', -- JSON
    grouped    TEXT    NOT NULL DEFAULT '', -- of an alert: the group whose thread it shares
    thread_id  INTEGER NOT NULL DEFAULT 0,  -- the message in whose thread it stands
    digest_id  INTEGER NOT NULL DEFAULT 0,  -- of an alert: the digest that shows it instead
    held       INTEGER NOT NULL DEFAULT 0,  -- 1: not to be sent, its episode is silenced
    made_at    INTEGER NOT NULL DEFAULT 0,
    touched_at INTEGER NOT NULL DEFAULT 0,  -- when it last became another than is shown
    sending_at INTEGER NOT NULL DEFAULT 0,
    channel    TEXT    NOT NULL DEFAULT '',
    ts         TEXT    NOT NULL DEFAULT '',
    told       INTEGER NOT NULL DEFAULT 0,  -- of an alert: the revision shown
    touched    INTEGER NOT NULL DEFAULT 1,  -- how often it changed beside its episode
    shown      INTEGER NOT NULL DEFAULT 0,  -- how much of that is shown
    problem    TEXT    NOT NULL DEFAULT '',
    refused    INTEGER NOT NULL DEFAULT 0,  -- tries in a row that a person must mend
    dead       INTEGER NOT NULL DEFAULT 0   -- 1: given up
) STRICT;
INSERT INTO messages (id, kind, episode_id, receiver, key, made_at, touched_at, sending_at, channel, ts, told, shown, problem)
    SELECT deliveries.id, 'alert', episode_id, receiver, key, changed_at, changed_at, sending_at, channel, ts, told, told > 0, problem
    FROM deliveries JOIN episodes ON episodes.id = episode_id;
DROP TABLE deliveries;
ALTER TABLE messages RENAME TO deliveries;
CREATE UNIQUE INDEX deliveries_once ON deliveries (receiver, kind, coalesce(episode_id, 0), news, slot);
CREATE INDEX deliveries_episode ON deliveries (episode_id);
CREATE INDEX deliveries_thread ON deliveries (thread_id) WHERE thread_id > 0;
CREATE INDEX deliveries_digest ON deliveries (digest_id) WHERE digest_id > 0;
CREATE INDEX deliveries_made ON deliveries (receiver, made_at);

ALTER TABLE episodes ADD COLUMN tell_at INTEGER NOT NULL DEFAULT 0; -- when TELL looks at it again
CREATE INDEX episodes_tell ON episodes (tell_at) WHERE tell_at > 0;

-- Notes about the program itself, and when the next is due.
CREATE TABLE notes (
    id       INTEGER PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE,
    receiver TEXT    NOT NULL,
    spec     TEXT    NOT NULL, -- the schedule
    next_at  INTEGER NOT NULL, -- swept and claimed
    slot_at  INTEGER NOT NULL DEFAULT 0 -- the last that was claimed
) STRICT;

-- +goose Down
DROP TABLE notes;
DROP INDEX episodes_tell;
ALTER TABLE episodes DROP COLUMN tell_at;
CREATE TABLE alerts (
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
INSERT INTO alerts
    SELECT id, episode_id, receiver, key, sending_at, channel, ts, told, problem FROM deliveries WHERE kind = 'alert';
DROP TABLE deliveries;
ALTER TABLE alerts RENAME TO deliveries;

-- +goose Up
-- Sums are integers, so that any order of adding and taking out gives the same:
-- millionths of a tone point, and their squares. A tone is rounded as Go rounds.
CREATE TABLE sums (
    actor_id      INTEGER NOT NULL REFERENCES actors (id),
    hour          INTEGER NOT NULL, -- its beginning; of a merged day its first hour
    voice         TEXT    NOT NULL,
    outlet        TEXT    NOT NULL,
    backfill      INTEGER NOT NULL,
    n             INTEGER NOT NULL, -- 0 when all was taken out again
    total         INTEGER NOT NULL,
    squares       INTEGER NOT NULL,
    named_n       INTEGER NOT NULL,
    named_total   INTEGER NOT NULL,
    named_squares INTEGER NOT NULL,
    changed       INTEGER NOT NULL, -- the actor's change number at the last change
    PRIMARY KEY (actor_id, hour, voice, outlet, backfill)
) STRICT, WITHOUT ROWID;
WITH parts AS (
    SELECT actor_id, at - at % 3600000 AS hour, voice, outlet, backfill,
        CAST(tone * 1e6 AS INTEGER) AS whole, tone * 1e6 - CAST(tone * 1e6 AS INTEGER) AS rest,
        CAST(named * 1e6 AS INTEGER) AS named_whole, named * 1e6 - CAST(named * 1e6 AS INTEGER) AS named_rest
    FROM readings
), millionths AS (
    SELECT actor_id, hour, voice, outlet, backfill,
        whole + (rest >= 0.5) - (rest <= -0.5) AS tone,
        named_whole + (named_rest >= 0.5) - (named_rest <= -0.5) AS named
    FROM parts
)
INSERT INTO sums
SELECT actor_id, hour, voice, outlet, backfill, count(*), sum(tone), sum(tone * tone),
    count(named), coalesce(sum(named), 0), coalesce(sum(named * named), 0), 1
FROM millionths GROUP BY 1, 2, 3, 4, 5;
DROP TABLE series;
ALTER TABLE sums RENAME TO series;
CREATE INDEX series_changed ON series (actor_id, changed);

ALTER TABLE actors ADD COLUMN changed INTEGER NOT NULL DEFAULT 1; -- counts the changes of its series
ALTER TABLE actors ADD COLUMN merged  INTEGER NOT NULL DEFAULT 0; -- hours before this are merged into days

-- What a rule's budget came to.
CREATE TABLE limits (
    actor_id INTEGER NOT NULL REFERENCES actors (id),
    rule     TEXT    NOT NULL,
    wording  TEXT    NOT NULL, -- digest of the rule when it was learnt
    body     TEXT    NOT NULL, -- JSON
    PRIMARY KEY (actor_id, rule)
) STRICT, WITHOUT ROWID;

CREATE INDEX episodes_ended ON episodes (actor_id, changed_at) WHERE phase = 'quiet';

-- One row: when old things are next thrown away, and how far that has come.
CREATE TABLE upkeep (
    due_at     INTEGER NOT NULL,
    article_id INTEGER NOT NULL  -- the last whose text is gone
) STRICT;
INSERT INTO upkeep VALUES (0, 0);

-- How many rows were ever made: they are no longer all there to be counted.
CREATE TABLE made (
    what TEXT    PRIMARY KEY,
    n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO made SELECT 'articles', coalesce(max(id), 0) FROM articles;
INSERT INTO made SELECT 'stories', coalesce(max(id), 0) FROM stories;
INSERT INTO made SELECT 'readings', coalesce(max(id), 0) FROM readings;
-- +goose StatementBegin
CREATE TRIGGER articles_made AFTER INSERT ON articles BEGIN
    UPDATE made SET n = n + 1 WHERE what = 'articles';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stories_made AFTER INSERT ON stories BEGIN
    UPDATE made SET n = n + 1 WHERE what = 'stories';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER readings_made AFTER INSERT ON readings BEGIN
    UPDATE made SET n = n + 1 WHERE what = 'readings';
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER readings_made;
DROP TRIGGER stories_made;
DROP TRIGGER articles_made;
DROP TABLE made;
DROP TABLE upkeep;
DROP INDEX episodes_ended;
DROP TABLE limits;
ALTER TABLE actors DROP COLUMN merged;
ALTER TABLE actors DROP COLUMN changed;
CREATE TABLE sums (
    actor_id      INTEGER NOT NULL REFERENCES actors (id),
    hour          INTEGER NOT NULL,
    voice         TEXT    NOT NULL,
    outlet        TEXT    NOT NULL,
    backfill      INTEGER NOT NULL,
    n             INTEGER NOT NULL,
    total         REAL    NOT NULL,
    squares       REAL    NOT NULL,
    named_n       INTEGER NOT NULL DEFAULT 0,
    named_total   REAL    NOT NULL DEFAULT 0,
    named_squares REAL    NOT NULL DEFAULT 0,
    PRIMARY KEY (actor_id, hour, voice, outlet, backfill)
) STRICT, WITHOUT ROWID;
INSERT INTO sums SELECT actor_id, hour, voice, outlet, backfill, n, total / 1e6, squares / 1e12,
    named_n, named_total / 1e6, named_squares / 1e12 FROM series WHERE n > 0;
DROP TABLE series;
ALTER TABLE sums RENAME TO series;

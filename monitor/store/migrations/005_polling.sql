-- +goose Up
-- Spans of time are milliseconds.
ALTER TABLE feeds ADD COLUMN adaptive      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN validated_url TEXT    NOT NULL DEFAULT ''; -- whose answer had the validators
ALTER TABLE feeds ADD COLUMN fresh         INTEGER NOT NULL DEFAULT 0;  -- by the answer's headers
ALTER TABLE feeds ADD COLUMN cycle         INTEGER NOT NULL DEFAULT 0;  -- by the document itself
ALTER TABLE feeds ADD COLUMN digest        TEXT    NOT NULL DEFAULT ''; -- of the document
ALTER TABLE feeds ADD COLUMN moved_to      TEXT    NOT NULL DEFAULT ''; -- by a permanent redirect, seen since moved_at
ALTER TABLE feeds ADD COLUMN moved_at      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN paced         INTEGER NOT NULL DEFAULT 0;  -- articles published since paced_since
ALTER TABLE feeds ADD COLUMN paced_since   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN allowed_at    INTEGER NOT NULL DEFAULT 0;  -- its publisher wishes no poll before
ALTER TABLE feeds ADD COLUMN gone_at       INTEGER NOT NULL DEFAULT 0;
UPDATE feeds SET validated_url = url;
DROP INDEX feeds_due;
CREATE INDEX feeds_due ON feeds (next_at) WHERE active = 1 AND gone_at = 0;

-- Hosts that asked to be left alone, with all their feeds and pages.
CREATE TABLE hosts (
    name  TEXT    PRIMARY KEY, -- a registrable domain, or an address
    until INTEGER NOT NULL,
    span  INTEGER NOT NULL     -- how long the rest was
) STRICT, WITHOUT ROWID;
CREATE INDEX hosts_until ON hosts (until);

-- +goose Down
DROP TABLE hosts;
DROP INDEX feeds_due;
CREATE INDEX feeds_due ON feeds (next_at) WHERE active = 1;
ALTER TABLE feeds DROP COLUMN gone_at;
ALTER TABLE feeds DROP COLUMN allowed_at;
ALTER TABLE feeds DROP COLUMN paced_since;
ALTER TABLE feeds DROP COLUMN paced;
ALTER TABLE feeds DROP COLUMN moved_at;
ALTER TABLE feeds DROP COLUMN moved_to;
ALTER TABLE feeds DROP COLUMN digest;
ALTER TABLE feeds DROP COLUMN cycle;
ALTER TABLE feeds DROP COLUMN fresh;
ALTER TABLE feeds DROP COLUMN validated_url;
ALTER TABLE feeds DROP COLUMN adaptive;

-- +goose Up
-- The tone of those mentions alone that call the actor by name; NULL for none.
ALTER TABLE readings ADD COLUMN named REAL;
ALTER TABLE series ADD COLUMN named_n       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE series ADD COLUMN named_total   REAL    NOT NULL DEFAULT 0;
ALTER TABLE series ADD COLUMN named_squares REAL    NOT NULL DEFAULT 0;
-- Quotes did not say how they mean their actor, so what is named in them is not
-- known: as if by no engine that there is, these stories are read again.
UPDATE readings SET engine = '';

-- +goose Down
ALTER TABLE series DROP COLUMN named_squares;
ALTER TABLE series DROP COLUMN named_total;
ALTER TABLE series DROP COLUMN named_n;
ALTER TABLE readings DROP COLUMN named;

-- +goose Up
-- From sending_at until an unclear post is looked for and made again, in milliseconds.
ALTER TABLE deliveries ADD COLUMN pause INTEGER NOT NULL DEFAULT 0;

-- Upkeep took away heads of threads that others stood under: alerts stand by
-- themselves then, news under them is told to nobody.
UPDATE deliveries SET thread_id = 0 WHERE kind = 'alert' AND thread_id > 0
    AND NOT EXISTS (SELECT 1 FROM deliveries AS head WHERE head.id = deliveries.thread_id);
DELETE FROM deliveries WHERE kind = 'reply' AND ts = ''
    AND NOT EXISTS (SELECT 1 FROM deliveries AS head WHERE head.id = deliveries.thread_id);

-- Messages that are told are thrown away some day.
INSERT INTO made SELECT 'told', count(*) FROM deliveries WHERE ts <> '';
-- +goose StatementBegin
CREATE TRIGGER deliveries_told AFTER UPDATE OF ts ON deliveries WHEN old.ts = '' AND new.ts <> '' BEGIN
    UPDATE made SET n = n + 1 WHERE what = 'told';
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER deliveries_told;
DELETE FROM made WHERE what = 'told';
ALTER TABLE deliveries DROP COLUMN pause;

-- +goose Up
-- The hours in which the daemon was at work and feeds answered, a row each: some
-- nine thousand a year.
CREATE TABLE watched (
    hour INTEGER PRIMARY KEY -- its beginning
) STRICT;

-- +goose Down
DROP TABLE watched;

-- +goose Up
-- What each engine judged, in order of time. A story has one reading in the
-- voice 'any' toward each actor in it, so these alone find every story.
CREATE INDEX readings_engine ON readings (engine, at, story_id, actor_id) WHERE voice = 'any';
-- Where a story's text is kept.
CREATE INDEX articles_story ON articles (story_id) WHERE story_id IS NOT NULL;

-- +goose Down
DROP INDEX articles_story;
DROP INDEX readings_engine;

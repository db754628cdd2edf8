package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tonewatch/monitor"
)

// kept is what a poll asks of an article that is here.
type kept struct {
	id, feed        int64
	url, title      string
	digest          int64 // 0: not known
	sameAs          int64
	published, seen time.Time
	unread          bool
	story           int64 // 0: none, or no longer
	told            bool  // it was the first to tell that
	changes         int
	changed         time.Time
}

const selectKept = `SELECT articles.id, feed_id, articles.url, articles.title, digest, same_as, published_at, articles.seen_at,
		read_at = 0, coalesce(story_id, 0), coalesce(stories.article_id, 0) = articles.id, changes, changed_at
	FROM articles LEFT JOIN stories ON stories.id = story_id `

// keptWhere is false when there is no such article.
func keptWhere(ctx context.Context, tx *sql.Tx, where string, args ...any) (k kept, ok bool, err error) {
	var published, seen, changed int64
	err = tx.QueryRowContext(ctx, selectKept+where, args...).Scan(&k.id, &k.feed, &k.url, &k.title, &k.digest, &k.sameAs,
		&published, &seen, &k.unread, &k.story, &k.told, &k.changes, &changed)
	k.published, k.seen, k.changed = fromMillis(published), fromMillis(seen), fromMillis(changed)
	if errors.Is(err, sql.ErrNoRows) {
		return k, false, nil
	}
	return k, err == nil, err
}

const byKey = `WHERE feed_id = ? AND key = ?`

// keptAs is an article as it is kept: under its alias, if it is that one, or its key.
func keptAs(ctx context.Context, tx *sql.Tx, a monitor.Article) (k kept, ok bool, err error) {
	if a.Alias != "" {
		if k, ok, err = keptWhere(ctx, tx, byKey, a.Feed, a.Alias); err != nil || ok && k.title == a.Title {
			return k, ok, err
		}
	}
	return keptWhere(ctx, tx, byKey, a.Feed, a.Key)
}

// An arrival is what came of an article that a feed shows.
type arrival struct {
	fresh bool  // it was not here
	read  int64 // the article to read because of it; 0 for none
}

// arrive keeps what is new of an article that a feed shows; full says that no more
// are to be read.
func arrive(ctx context.Context, tx *sql.Tx, a monitor.Article, full bool) (arrival, error) {
	k, here, err := keptAs(ctx, tx, a)
	if err == nil && here && a.Reuses(k.url, k.title) {
		// An id that is used again names the two of them with their links.
		a.Key += " link:" + a.URL
		k, here, err = keptWhere(ctx, tx, byKey, a.Feed, a.Key)
	}
	if err != nil {
		return arrival{}, err
	}
	if here {
		read, err := change(ctx, tx, k, a, full)
		return arrival{read: read}, err
	}
	if a.Page != "" {
		same, ok, err := keptWhere(ctx, tx, `WHERE same_as = 0 AND published_at BETWEEN ? AND ? AND articles.id IN
				(SELECT article_id FROM pages WHERE address = ?) ORDER BY articles.id DESC LIMIT 1`,
			millis(a.Published.Add(-monitor.StoryWindow)), millis(a.Published.Add(monitor.StoryWindow)), a.Page)
		if err != nil {
			return arrival{}, err
		}
		if ok {
			read, err := shownAgain(ctx, tx, same, a, full)
			return arrival{read: read}, err
		}
	}
	id, err := insertArticle(ctx, tx, a, full, 0, a.Digest())
	if err != nil || full {
		return arrival{fresh: true}, err
	}
	return arrival{fresh: true, read: id}, savePage(ctx, tx, a.Page, id, a.Seen)
}

// shownAgain keeps that an article is another one that is here. Where a feed gives
// an article of its own a new id, what it says there is what it says now.
func shownAgain(ctx context.Context, tx *sql.Tx, same kept, a monitor.Article, full bool) (read int64, err error) {
	renamed := same.feed == a.Feed && same.seen.Before(a.Seen)
	digest := a.Digest()
	if renamed {
		digest = same.digest
	}
	id, err := insertArticle(ctx, tx, a, false, same.id, digest)
	if err != nil || !renamed {
		return 0, err
	}
	return change(ctx, tx, kept{id: id, feed: a.Feed, digest: digest, sameAs: same.id}, a, full)
}

// change keeps what a feed says now of an article that is here, and gives the one
// that is to be read again for it. What has not changed costs no write.
func change(ctx context.Context, tx *sql.Tx, k kept, a monitor.Article, full bool) (read int64, err error) {
	digest := a.Digest()
	if k.digest == digest {
		return 0, nil
	}
	setDigest := func() error {
		_, err := tx.ExecContext(ctx, `UPDATE articles SET digest = ? WHERE id = ?`, digest, k.id)
		return err
	}
	if k.digest == 0 {
		return 0, setDigest() // of a release that did not know
	}
	of := k
	if k.sameAs != 0 {
		var ok bool
		if of, ok, err = keptWhere(ctx, tx, `WHERE articles.id = ?`, k.sameAs); err != nil || !ok || of.feed != k.feed {
			return 0, err // the feed that showed it first is to tell
		}
	}
	if full || !changeable(of, a.Seen) {
		return 0, nil
	}
	if err := setDigest(); err != nil {
		return 0, err
	}
	if a.URL == "" {
		a.URL = of.url
	}
	if _, err := tx.ExecContext(ctx, `UPDATE articles SET url = ?, title = ?, summary = ?, content = ?, shared = ?,
			read_at = 0, changes = changes + 1, changed_at = ? WHERE id = ?`,
		a.URL, a.Title, a.Summary, a.Content, a.Shared, millis(a.Seen), of.id); err != nil {
		return 0, err
	}
	return of.id, savePage(ctx, tx, a.Page, of.id, of.seen)
}

// changeable says whether a change of an article is read at a time: while it is
// news, and not too often. What has not been read for long, or is forgotten, stays
// so. A copy is, for as long as it can be told from a story.
func changeable(k kept, now time.Time) bool {
	within := monitor.ChangedWithin
	if k.story != 0 && !k.told {
		within = monitor.StoryWindow
	}
	return (k.unread || k.story != 0) && now.Before(k.published.Add(within)) && !now.Before(monitor.MayChange(k.changes, k.changed))
}

const (
	// pageAge is how long it is known which page an article is, from when it was seen.
	pageAge = monitor.StoryWindow + day
	// stalePages is how many old pages go with each that comes; see staleSketches.
	stalePages = 3
)

// savePage keeps what page an article is, empty for none, and throws away what is
// too old to be shown by another feed.
func savePage(ctx context.Context, tx *sql.Tx, address string, article int64, seen time.Time) error {
	if address == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO pages (address, article_id, seen_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		address, article, millis(seen)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM pages WHERE (address, article_id) IN
		(SELECT address, article_id FROM pages WHERE seen_at < ? ORDER BY seen_at LIMIT ?)`, millis(seen.Add(-pageAge)), stalePages)
	return err
}

package store

import (
	"context"
	"database/sql"

	"tonewatch/monitor"
)

// telling is what an article that was read has come to.
type telling struct {
	story  *int64 // that it prints; nil for one that another article stands for
	sameAs int64  // that other article
	left   int64  // a story that nothing prints any more; 0 for none
}

// savePages keeps by which addresses an article, or the one that stands for it, is
// known now.
func (t telling) savePages(ctx context.Context, tx *sql.Tx, k kept, read monitor.Read) error {
	if t.sameAs == 0 {
		return savePage(ctx, tx, read.Page, k.id, k.seen)
	}
	for _, address := range []string{read.Article.Page, read.Page} {
		if err := savePage(ctx, tx, address, t.sameAs, k.seen); err != nil {
			return err
		}
	}
	return nil
}

// tell puts what was read with its story: a new one, or the one it is a copy of,
// or the one that it told before.
func (s *Store) tell(ctx context.Context, tx *sql.Tx, k kept, read monitor.Read) (telling, error) {
	switch {
	case k.told:
		return s.tellAgain(ctx, tx, k, read)
	case k.story != 0:
		// A copy that has changed: counted anew, wherever it belongs now.
		if _, err := tx.ExecContext(ctx, `UPDATE stories SET copies = copies - 1 WHERE id = ?`, k.story); err != nil {
			return telling{}, err
		}
	}
	a := read.Article
	story := read.CopyOf
	if story == 0 {
		var err error
		if story, err = storyOf(ctx, tx, read.Sketch, a.Published); err != nil {
			return telling{}, err
		}
	}
	if story != 0 {
		same, err := samePage(ctx, tx, k, read, story)
		if err != nil || same != 0 {
			return telling{sameAs: same}, err
		}
		return telling{story: &story}, countCopy(ctx, tx, story)
	}
	if err := tx.QueryRowContext(ctx, `INSERT INTO stories (at, title, url, article_id) VALUES (?, ?, ?, ?) RETURNING id`,
		millis(a.Published), a.Title, a.URL, k.id).Scan(&story); err != nil {
		return telling{}, err
	}
	if err := saveSketch(ctx, tx, story, read); err != nil {
		return telling{}, err
	}
	return telling{story: &story}, saveReadings(ctx, tx, story, read)
}

// samePage finds an article with a text of the same story whose page calls itself
// as this one's; 0 for none.
func samePage(ctx context.Context, tx *sql.Tx, k kept, read monitor.Read, story int64) (int64, error) {
	if k.story != 0 {
		return 0, nil // it is known as a copy
	}
	same, _, err := keptWhere(ctx, tx, `WHERE story_id = ? AND articles.id <> ? AND articles.id IN
			(SELECT article_id FROM pages WHERE address <> '' AND address IN (?, ?)) ORDER BY articles.id LIMIT 1`,
		story, k.id, read.Article.Page, read.Page)
	return same.id, err
}

// tellAgain puts what was read of a story's first article in the place of what was
// read before. One that has become the copy of another story, and has no copies
// itself, is counted there.
func (s *Store) tellAgain(ctx context.Context, tx *sql.Tx, k kept, read monitor.Read) (telling, error) {
	stays := telling{story: &k.story}
	if read.Same || s.keep.forgot(k.published, read.At) {
		return stays, nil
	}
	if err := makeDue(ctx, tx, k.story, read.At); err != nil {
		return telling{}, err
	}
	if err := dropReadings(ctx, tx, k.story); err != nil {
		return telling{}, err
	}
	if err := dropSketchesWhere(ctx, tx, `story_id = ?`, k.story); err != nil {
		return telling{}, err
	}
	var copies int
	if err := tx.QueryRowContext(ctx, `UPDATE stories SET title = ?, url = ? WHERE id = ? RETURNING copies`,
		read.Article.Title, read.Article.URL, k.story).Scan(&copies); err != nil {
		return telling{}, err
	}
	if copies == 0 {
		other, err := storyOf(ctx, tx, read.Sketch, k.published)
		if err != nil {
			return telling{}, err
		}
		if other != 0 {
			return telling{story: &other, left: k.story}, countCopy(ctx, tx, other)
		}
	}
	if err := saveSketch(ctx, tx, k.story, read); err != nil {
		return telling{}, err
	}
	return stays, saveReadings(ctx, tx, k.story, read)
}

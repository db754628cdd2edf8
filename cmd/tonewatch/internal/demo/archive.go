package demo

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// fortnight/ holds one txtar archive an outlet. The archive's comment is a
// header that describes the outlet; each file in it is one article, named by its
// slug: a header, a blank line, and paragraphs parted by blank lines. A header
// is a run of "key: value" lines; set says which keys there are.

// load reads the bundled archives: the outlets by key, the articles by time.
func load() (outlets []outlet, articles []Article, err error) {
	entries, err := files.ReadDir("fortnight")
	if err != nil {
		return nil, nil, fmt.Errorf("read fortnight: %w", err)
	}
	for _, entry := range entries {
		key, isArchive := strings.CutSuffix(entry.Name(), ".txtar")
		if !isArchive {
			continue
		}
		src, err := files.ReadFile(path.Join("fortnight", entry.Name()))
		if err != nil {
			return nil, nil, fmt.Errorf("read fortnight: %w", err)
		}
		o, printed, err := parse(key, txtar.Parse(src))
		if err != nil {
			return nil, nil, fmt.Errorf("read fortnight: %s: %w", entry.Name(), err)
		}
		outlets = append(outlets, o)
		articles = append(articles, printed...)
	}
	if err := reprint(articles); err != nil {
		return nil, nil, fmt.Errorf("read fortnight: %w", err)
	}
	slices.SortFunc(articles, func(a, b Article) int {
		if c := a.Published.Compare(b.Published); c != 0 {
			return c
		}
		return strings.Compare(a.Path(), b.Path())
	})
	return outlets, articles, nil
}

// parse reads one outlet's archive.
func parse(key string, archive *txtar.Archive) (outlet, []Article, error) {
	o := outlet{key: key}
	header, _, err := split(string(archive.Comment))
	if err != nil {
		return outlet{}, nil, err
	}
	for _, h := range header {
		if err := o.set(h.key, h.value); err != nil {
			return outlet{}, nil, err
		}
	}
	articles := make([]Article, len(archive.Files))
	for i, file := range archive.Files {
		a := Article{Outlet: key, Slug: file.Name}
		header, paragraphs, err := split(string(file.Data))
		if err != nil {
			return outlet{}, nil, fmt.Errorf("article %q: %w", file.Name, err)
		}
		a.Body = paragraphs
		for _, h := range header {
			if err := a.set(h.key, h.value); err != nil {
				return outlet{}, nil, fmt.Errorf("article %q: %w", file.Name, err)
			}
		}
		articles[i] = a
	}
	return o, articles, nil
}

// field is one "key: value" line of a header.
type field struct{ key, value string }

// split parts a text into its header and its paragraphs.
func split(text string) (header []field, paragraphs []string, err error) {
	head, rest, _ := strings.Cut(strings.TrimSpace(text), "\n\n")
	for line := range strings.Lines(head) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			return nil, nil, fmt.Errorf("header line %q has no \": \"", strings.TrimSpace(line))
		}
		header = append(header, field{key, value})
	}
	for p := range strings.SplitSeq(rest, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	return header, paragraphs, nil
}

func (o *outlet) set(key, value string) (err error) {
	switch key {
	case "name":
		o.name = value
	case "tagline":
		o.tagline = value
	case "format":
		if value != "rss" && value != "atom" {
			return fmt.Errorf("format %q: want rss or atom", value)
		}
		o.atom = value == "atom"
	case "advert":
		o.advert, err = strconv.Atoi(value)
		return err
	case "newsletter":
		o.newsletter = value
	case "standards":
		o.standards = value
	case "quirk":
		return o.setQuirk(value)
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	return nil
}

func (o *outlet) setQuirk(quirk string) error {
	switch quirk {
	case "full-content":
		o.fullContent = true
	case "no-guid":
		o.noGUID = true
	case "opaque-guid":
		o.opaqueGUID = true
	case "relative-links":
		o.relativeLinks = true
	case "no-published":
		o.noPublished = true
	default:
		return fmt.Errorf("unknown quirk %q", quirk)
	}
	return nil
}

func (a *Article) set(key, value string) (err error) {
	switch key {
	case "title":
		a.Title = value
	case "published":
		a.Published, err = parseMoment(value)
		return err
	case "byline":
		a.Byline = value
	case "dateline":
		a.Dateline = value
	case "credit":
		a.Credit = value
	case "copy-of":
		a.CopyOf = value
	case "cut":
		a.Cut, err = strconv.Atoi(value)
		return err
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	return nil
}

// parseMoment reads a time of the fortnight, "day 3 07:40", days counted from 1.
func parseMoment(value string) (time.Time, error) {
	var day, hour, minute int
	if _, err := fmt.Sscanf(value, "day %d %d:%d", &day, &hour, &minute); err != nil {
		return time.Time{}, fmt.Errorf("time %q: want \"day 3 07:40\": %w", value, err)
	}
	return Start().AddDate(0, 0, day-1).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute), nil
}

// reprint gives every copy the body of its original, cut as the copy says, and
// what the copy leaves out: the title, and, under an uncut body, the credit.
// The paragraphs that a copy came with are its outlet's own lead.
func reprint(articles []Article) error {
	originals := make(map[string]Article, len(articles))
	for _, a := range articles {
		originals[a.Outlet+"/"+a.Slug] = a
	}
	for i := range articles {
		a := &articles[i]
		if a.CopyOf == "" {
			if len(a.Body) == 0 {
				return fmt.Errorf("%s has no text", a.Path())
			}
			continue
		}
		original, ok := originals[a.CopyOf]
		if !ok || original.CopyOf != "" {
			return fmt.Errorf("%s copies %q, which is no original", a.Path(), a.CopyOf)
		}
		if a.Cut < 0 || a.Cut > len(original.Body) {
			return fmt.Errorf("%s is cut to %d paragraphs of %d", a.Path(), a.Cut, len(original.Body))
		}
		a.Lead, a.Body = a.Body, slices.Clone(original.Body)
		if a.Title == "" {
			a.Title = original.Title
		}
		if a.Cut > 0 {
			a.Body = a.Body[:a.Cut]
		} else {
			a.Credit = original.Credit
		}
	}
	return nil
}

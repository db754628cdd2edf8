package parse_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html/charset"
)

// realFeedsEnv names a folder of feeds as servers sent them, one a file, which
// are not part of the project.
const realFeedsEnv = "TONEWATCH_REAL_FEEDS"

// markup is what no text field may hold.
var markup = regexp.MustCompile(`(?i)</?(p|div|span|a|img|br|b|i|em|strong|ul|li|table|tr|td|h[1-6]|script|style|iframe|blockquote)(\s[^<>]*)?/?>|&(amp|quot|nbsp|#\d+|#x[0-9a-f]+);|<!\[CDATA\[`)

func TestRealFeeds(t *testing.T) {
	t.Parallel()
	folder := os.Getenv(realFeedsEnv)
	if folder == "" {
		t.Skipf("%s names no folder", realFeedsEnv)
	}
	names, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no feeds in %q: %v", folder, err)
	}
	var parsed, items, ids, links, dated, marked, partial int
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := read(body, "", base)
		if err != nil {
			t.Logf("%s: %v", filepath.Base(name), err)
			continue
		}
		parsed++
		if doc.Partial {
			partial++
			t.Logf("%s is partial", filepath.Base(name))
		}
		held := holdings(body)
		if len(held) != len(doc.Items) && held != nil {
			t.Errorf("%s: %d items, the feed holds %d", filepath.Base(name), len(doc.Items), len(held))
		}
		for i, item := range doc.Items {
			items++
			if i < len(held) && (held[i].id && item.ID == "" || held[i].link && item.Link == "") {
				t.Errorf("%s: item %d has id %q and link %q, the feed holds %+v", filepath.Base(name), i, item.ID, item.Link, held[i])
			}
			ids += count(item.ID != "")
			links += count(item.Link != "")
			dated += count(!item.Published.IsZero() || !item.Updated.IsZero())
			for _, text := range []string{item.Title, item.Summary, item.Content} {
				if found := markup.FindString(text); found != "" {
					marked++
					t.Logf("%s: item %d (%q): %.60q in a text", filepath.Base(name), i, item.Title, found)
				}
			}
		}
	}
	t.Logf("%d of %d parsed, %d partial; %d items, %d ids, %d links, %d dates, %d texts with markup",
		parsed, len(names), partial, items, ids, links, dated, marked)
	if 200*parsed < 199*len(names) || marked > items/1000 {
		t.Errorf("parsed %d of %d, %d texts with markup", parsed, len(names), marked)
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

type held struct{ id, link bool }

// holdings reads an XML feed in the plainest way and says what its items hold;
// nil where that way fails.
func holdings(body []byte) (all []held) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict, d.Entity, d.CharsetReader = false, xml.HTMLEntity, charset.NewReaderLabel
	var path []string
	var permalink bool
	for {
		token, err := d.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return nil // too broken for this reader
			}
			return all
		}
		at := len(all) - 1
		inItem := len(path) > 0 && (path[len(path)-1] == "item" || path[len(path)-1] == "entry")
		switch token := token.(type) {
		case xml.StartElement:
			name := strings.ToLower(token.Name.Local)
			if (name == "item" || name == "entry") && len(path) > 0 {
				all = append(all, held{})
				at++
			}
			for _, a := range token.Attr {
				switch {
				case name == "item" && a.Name.Local == "about":
					all[at].id = a.Value != ""
				case name == "guid":
					permalink = !strings.EqualFold(a.Name.Local, "isPermaLink") || a.Value != "false"
				case name == "link" && inItem && a.Name.Local == "href" && monitorLink(a.Value) && !hasRel(token):
					all[at].link = true
				}
			}
			if name == "guid" && len(token.Attr) == 0 {
				permalink = true
			}
			path = append(path, name)
		case xml.CharData:
			text := strings.TrimSpace(string(token))
			if len(path) < 2 || text == "" || at < 0 || path[len(path)-2] != "item" && path[len(path)-2] != "entry" {
				continue
			}
			switch path[len(path)-1] {
			case "guid", "id":
				all[at].id = true
				all[at].link = all[at].link || path[len(path)-1] == "guid" && permalink && strings.HasPrefix(text, "http")
			case "link":
				all[at].link = all[at].link || monitorLink(text)
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

func hasRel(e xml.StartElement) bool {
	for _, a := range e.Attr {
		if a.Name.Local == "rel" && a.Value != "alternate" && a.Value != "" {
			return true
		}
	}
	return false
}

// monitorLink says whether an address is one that could lead to a page.
func monitorLink(text string) bool {
	return !strings.Contains(text, ":") || strings.HasPrefix(strings.ToLower(text), "http")
}

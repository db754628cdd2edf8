package extract_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"tonewatch/monitor/extract"
	"tonewatch/monitor/parse"
)

// realPagesEnv names a folder with news pages and their true texts, which are
// not part of the project: ground-truth.json, {"id": {"articleBody": "..."}},
// and html/id.html.gz.
const realPagesEnv = "TONEWATCH_REAL_PAGES"

type realPage struct {
	name, truth, address string
	body                 []byte
}

func realPages(t testing.TB) (pages []realPage) {
	t.Helper()
	folder := os.Getenv(realPagesEnv)
	if folder == "" {
		t.Skipf("%s names no folder", realPagesEnv)
	}
	text, err := os.ReadFile(filepath.Join(folder, "ground-truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var truth map[string]struct {
		Body string `json:"articleBody"`
		URL  string `json:"url"`
	}
	if err := json.Unmarshal(text, &truth); err != nil {
		t.Fatal(err)
	}
	for name, is := range truth {
		packed, err := os.ReadFile(filepath.Join(folder, "html", name+".html.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, realPage{name, is.Body, is.URL, parse.Page(body, "")})
	}
	return pages
}

// overlap measures a text against the truth as the article extraction benchmark
// of Scrapinghub does. Both are cut into words (runs of letters, digits and
// underscores) and those into shingles of four consecutive words; t, p are how
// often each shingle occurs in the truth and in the text:
//
//	precision = Σ min(t, p) / Σ p    recall = Σ min(t, p) / Σ t
//
// A page's F1 is not used: that of a set of pages is the harmonic mean of their
// mean precision and mean recall.
func overlap(truth, text string) (precision, recall float64) {
	t, p := shingles(truth), shingles(text)
	var both, inTruth, inText float64
	for shingle, n := range t {
		both += float64(min(n, p[shingle]))
		inTruth += float64(n)
	}
	for _, n := range p {
		inText += float64(n)
	}
	return both / inText, both / inTruth
}

func shingles(text string) map[string]int {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' })
	const size = 4
	found := make(map[string]int)
	for i := range max(1, len(words)-size+1) {
		found[strings.Join(words[i:min(i+size, len(words))], " ")]++
	}
	return found
}

// What must be in no text: a line of its own, anywhere, at the beginning.
var leftFurniture = map[string]*regexp.Regexp{
	"advertisement":  regexp.MustCompile(`(?mi)^\W*advertisement\W*$`),
	"reporting by":   regexp.MustCompile(`(?i)\((?:additional )?reporting by`),
	"opening byline": regexp.MustCompile(`^(?i:by)\s+\p{Lu}[\p{L}.'’-]+(?:\s+\p{Lu}[\p{L}.'’-]+){1,3}[^.]{0,60}\n`),
}

func TestRealPages(t *testing.T) {
	t.Parallel()
	pages := realPages(t)
	var precision, recall, rawPrecision, rawRecall float64
	left := make(map[string]int)
	var walls, foreign int
	for _, page := range pages {
		found, err := extract.Page(page.body, page.address)
		if err != nil {
			t.Logf("%s: %v", page.name[:8], err)
			walls++
		}
		text := extract.Furniture(found.Body)
		if in := extract.Language(text); in != "" {
			foreign++
			t.Logf("%s is in %s: %.80q", page.name[:8], in, text)
		}
		p, r := overlap(page.truth, text)
		precision, recall = precision+p, recall+r
		p, r = overlap(page.truth, found.Body)
		rawPrecision, rawRecall = rawPrecision+p, rawRecall+r
		for name, pattern := range leftFurniture {
			if at := pattern.FindString(text); at != "" {
				left[name]++
				t.Errorf("%s: %s left: %q", page.name[:8], name, at)
			}
		}
	}
	n := float64(len(pages))
	f1 := func(p, r float64) float64 { return 2 * p * r / (p + r) }
	precision, recall, rawPrecision, rawRecall = precision/n, recall/n, rawPrecision/n, rawRecall/n
	t.Logf("%d pages: F1 %.4f, precision %.4f, recall %.4f; with furniture F1 %.4f, precision %.4f, recall %.4f; %d errors, %d not English; left: %v",
		len(pages), f1(precision, recall), precision, recall, f1(rawPrecision, rawRecall), rawPrecision, rawRecall, walls, foreign, fmt.Sprint(left))
	if f1(precision, recall) < 0.959 || precision < 0.945 {
		t.Error("F1 is under 0.959 or precision under 0.945")
	}
}

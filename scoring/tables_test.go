package scoring_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// TestTables checks every line of the tables that the finder reads without
// looking twice.
func TestTables(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		file    string
		fields  []int            // how many a line may have
		rows    int              // at least
		lists   []int            // fields that are lists
		allowed map[int][]string // field: what its parts may be
	}{
		{file: "countries.tsv", fields: []int{5}, rows: 198, lists: []int{1, 2, 3, 4}},
		{file: "surnames.tsv", fields: []int{1, 2}, rows: 150, allowed: map[int][]string{1: {"either"}}},
		{file: "longer.tsv", fields: []int{2}, rows: 100, allowed: map[int][]string{0: {"head", "weak", "front", "name"}}},
		{file: "roles.tsv", fields: []int{3}, rows: 100, lists: []int{1}, allowed: map[int][]string{1: {"title", "person", "kin"}, 2: {"he", "she", "any"}}},
		{file: "given.tsv", fields: []int{2}, rows: 2000, allowed: map[int][]string{1: {"he", "she", "any"}}},
		{file: "verbs.tsv", fields: []int{3}, rows: 200, lists: []int{1, 2}, allowed: map[int][]string{2: {"act", "upon"}}},
		{file: "homonyms.tsv", fields: []int{4}, rows: 3, lists: []int{2, 3}, allowed: map[int][]string{1: {"country", "organisation"}}},
		{file: "capitals.tsv", fields: []int{2}, rows: 100, allowed: map[int][]string{
			0: {"place", "party", "visit", "aside", "stance", "before from", "before to", "before for", "before on"},
		}},
		{file: "words.tsv", fields: []int{2}, rows: 500, allowed: map[int][]string{0: {
			"opener", "attribute", "thing", "common", "date", "season", "determiner", "subject", "joint", "clause", "bound",
			"honour", "adverb", "other", "lesser", "being", "site", "her", "far", "syllable",
		}}},
		{file: "bodies.tsv", fields: []int{2}, rows: 20, allowed: map[int][]string{0: {"body", "between"}}},
	} {
		t.Run(test.file, func(t *testing.T) {
			t.Parallel()
			rows := tableRows(t, test.file)
			if len(rows) < test.rows {
				t.Errorf("%d lines, want at least %d", len(rows), test.rows)
			}
			seen := make(map[string]bool)
			for _, row := range rows {
				if !slices.Contains(test.fields, len(row)) {
					t.Fatalf("%q has %d fields, want %v", row, len(row), test.fields)
				}
				if line := strings.ToLower(strings.Join(row, "\t")); row[0] == "" || seen[line] {
					t.Errorf("%q is empty or a second time there", row)
				} else {
					seen[line] = true
				}
				for i, field := range row {
					parts := []string{field}
					if slices.Contains(test.lists, i) {
						parts = strings.Split(field, ";")
					}
					for _, part := range parts {
						if strings.Join(strings.Fields(part), " ") != part || norm.NFC.String(part) != part {
							t.Errorf("%q of %q has stray space or is not composed", part, row)
						}
						if allowed := test.allowed[i]; allowed != nil && !slices.Contains(allowed, part) {
							t.Errorf("%q of %q, want one of %q", part, row, allowed)
						}
						if part == "" && field != "" {
							t.Errorf("%q has an empty part", row)
						}
					}
				}
			}
		})
	}
}

// TestCountries checks that a phrase means one country, as the table's
// readme says.
func TestCountries(t *testing.T) {
	t.Parallel()
	owners := make(map[string][]string)
	for _, row := range tableRows(t, "countries.tsv") {
		for _, field := range row {
			for phrase := range strings.SplitSeq(field, ";") {
				if phrase != "" {
					owners[phrase] = append(owners[phrase], row[0])
				}
			}
		}
	}
	shared := make(map[string][]string)
	for phrase, countries := range owners {
		if len(countries) > 1 {
			shared[phrase] = countries
		}
	}
	want := map[string][]string{
		"Congolese": {"Democratic Republic of the Congo", "Republic of the Congo"},
		"Dominican": {"Dominica", "Dominican Republic"},
	}
	if diff := cmp.Diff(want, shared); diff != "" {
		t.Errorf("phrases of several countries (-want +got):\n%s", diff)
	}
}

// tableRows returns the fields of each line of a table.
func tableRows(tb testing.TB, file string) [][]string {
	tb.Helper()
	content, err := os.ReadFile("tables/" + file)
	if err != nil {
		tb.Fatal(err)
	}
	if !strings.HasSuffix(string(content), "\n") {
		tb.Errorf("%s: no line break at the end", file)
	}
	var rows [][]string
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

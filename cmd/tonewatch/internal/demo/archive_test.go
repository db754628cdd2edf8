package demo

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// Whoever edits the fortnight must learn what is wrong with it, and where. The
// bundled archives are sound, so the parser is tested from within.
func TestDamagedArchive(t *testing.T) {
	t.Parallel()
	const outletHeader = "name: The Paper\nformat: rss\n"
	for _, test := range []struct{ name, archive, want string }{
		{"a line that is no header", "name\n", `header line "name" has no ": "`},
		{"an unknown key of an outlet", "title: The Paper\n", `unknown key "title"`},
		{"an unknown format", "format: json\n", `format "json": want rss or atom`},
		{"an unknown quirk", "quirk: slow\n", `unknown quirk "slow"`},
		{
			"an unknown key of an article", outletHeader + "-- a --\nname: x\n\nText.\n",
			`article "a": unknown key "name"`,
		},
		{
			"a time that is none", outletHeader + "-- a --\npublished: Monday\n\nText.\n",
			`article "a": time "Monday": want "day 3 07:40": input does not match format`,
		},
		{
			"a number that is none", outletHeader + "-- a --\ncut: all\n",
			`article "a": strconv.Atoi: parsing "all": invalid syntax`,
		},
		{
			"a copy of nothing", outletHeader + "-- a --\ncopy-of: paper/b\n",
			`/paper/a.html copies "paper/b", which is no original`,
		},
		{
			"a copy of a copy", outletHeader + "-- a --\ncopy-of: paper/b\n-- b --\ncopy-of: paper/c\n-- c --\ntitle: C\n\nText.\n",
			`/paper/a.html copies "paper/b", which is no original`,
		},
		{
			"a cut below the end", outletHeader + "-- a --\ncopy-of: paper/b\ncut: 2\n-- b --\ntitle: B\n\nText.\n",
			"/paper/a.html is cut to 2 paragraphs of 1",
		},
		{
			"an article without text", outletHeader + "-- a --\ntitle: A\n",
			"/paper/a.html has no text",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, articles, err := parse("paper", txtar.Parse([]byte(test.archive)))
			if err == nil {
				err = reprint(articles)
			}
			if err == nil || err.Error() != test.want {
				t.Errorf("error = %v, want %s", err, test.want)
			}
		})
	}
}

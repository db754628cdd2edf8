package demo

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// No bundled outlet prints enough to fill its feed, so this one is made up.
func TestFeedListsTheNewest(t *testing.T) {
	t.Parallel()
	busy := outlet{key: "busy", name: "Busy"}
	var articles []Article
	var want []string
	for i := range feedLimit + 5 {
		title := fmt.Sprintf("story %02d", i)
		articles = append(articles, Article{
			Outlet: busy.key, Slug: title, Title: title, Body: []string{"Text."},
			Published: Start().Add(time.Duration(i) * time.Minute),
		})
		if i >= 5 {
			want = append(want, title)
		}
	}
	slices.Reverse(articles)
	slices.Reverse(want)
	p := &Publisher{
		clock:    End,
		outlets:  map[string]outlet{busy.key: busy},
		articles: map[string][]Article{busy.key: articles},
	}
	answer := httptest.NewRecorder()
	p.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), "GET", "/busy/feed.xml", nil))
	var got []string
	for line := range strings.Lines(answer.Body.String()) {
		if title, ok := strings.CutPrefix(strings.TrimSpace(line), "<title>story"); ok {
			got = append(got, "story"+strings.TrimSuffix(title, "</title>"))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("titles = %q, want %q", got, want)
	}
}

package fetch_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/monitor"
	"tonewatch/monitor/fetch"
)

// A feed that redirects is asked conditionally where it ends, and nowhere else.
func TestValidatorsBelongToTheAddressThatGaveThem(t *testing.T) {
	t.Parallel()
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"other"`)
		if r.Header.Get("If-None-Match") == `"other"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, smallFeed)
	})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if v := r.Header.Get("If-None-Match") + r.Header.Get("If-Modified-Since"); v != "" {
			t.Errorf("the redirecting address was sent %q", v)
		}
		http.Redirect(w, r, other.URL+"/feed", http.StatusFound)
	})
	c := client(t, fetch.Options{})
	stale := monitor.Known{Validators: monitor.Validators{URL: other.URL + "/old", ETag: `"other"`}}
	first, err := c.Feed(t.Context(), s.URL, stale)
	if err != nil {
		t.Fatal(err)
	}
	if first.Unchanged {
		t.Error("the new target was sent the validators of the old one")
	}
	want := monitor.Validators{URL: other.URL + "/feed", ETag: `"other"`}
	if diff := cmp.Diff(want, first.Validators); diff != "" {
		t.Errorf("validators (-want +got):\n%s", diff)
	}
	second, err := c.Feed(t.Context(), s.URL, first.Known)
	if err != nil {
		t.Fatal(err)
	}
	if !second.Unchanged {
		t.Error("the target was asked unconditionally")
	}
}

// Only a way of permanent redirects throughout leads somewhere for good.
func TestMovedTo(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		to := func(path string, code int) { http.Redirect(w, r, path, code) }
		switch r.URL.Path {
		case "/301":
			to("/feed", http.StatusMovedPermanently)
		case "/308-301":
			to("/301", http.StatusPermanentRedirect)
		case "/302":
			to("/feed", http.StatusFound)
		case "/307":
			to("/feed", http.StatusTemporaryRedirect)
		case "/301-302":
			to("/302", http.StatusMovedPermanently)
		case "/302-301":
			to("/301", http.StatusFound)
		case "/301-bad":
			to("/bad", http.StatusMovedPermanently)
		case "/bad":
			_, _ = io.WriteString(w, "<html>")
		case "/feed":
			_, _ = io.WriteString(w, smallFeed)
		}
	})
	c := client(t, fetch.Options{})
	for path, want := range map[string]string{
		"/feed": "", "/301": s.URL + "/feed", "/308-301": s.URL + "/feed", "/302": "", "/307": "", "/301-302": "", "/302-301": "",
	} {
		got, err := c.Feed(t.Context(), s.URL+path, monitor.Known{})
		if err != nil {
			t.Fatal(err)
		}
		if got.MovedTo != want {
			t.Errorf("%s moved to %q, want %q", path, got.MovedTo, want)
		}
	}
	got, err := c.Feed(t.Context(), s.URL+"/301-bad", monitor.Known{})
	if failure(t, err).Kind != monitor.FetchNotAFeed || got.MovedTo != "" {
		t.Errorf("moved to %q with %v, although no feed is there", got.MovedTo, err)
	}
}

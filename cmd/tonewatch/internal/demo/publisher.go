package demo

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
)

// feedLimit is how many of an outlet's newest items its feed lists.
const feedLimit = 30

// Publisher serves the fortnight as its outlets would have, up to the moment
// that a clock shows: "/outlet/feed.xml" is an outlet's feed, "/outlet/" its
// front page, "/outlet/slug.html" an article. What is not yet published is not
// there. It is safe for concurrent use if its clock is.
type Publisher struct {
	clock    func() time.Time
	outlets  map[string]outlet
	articles map[string][]Article // by outlet, newest first
	pages    *template.Template
}

// NewPublisher returns a publisher of the fortnight as it stands at clock(),
// which is asked on every request. An error means that the bundled text is
// damaged.
func NewPublisher(clock func() time.Time) (*Publisher, error) {
	outlets, articles, err := load()
	if err != nil {
		return nil, err
	}
	pages, err := template.ParseFS(files, "fortnight/*.html.tmpl")
	if err != nil {
		return nil, fmt.Errorf("parse page templates: %w", err)
	}
	p := &Publisher{
		clock:    clock,
		outlets:  make(map[string]outlet, len(outlets)),
		articles: make(map[string][]Article, len(outlets)),
		pages:    pages,
	}
	for _, o := range outlets {
		p.outlets[o.key] = o
	}
	for _, a := range slices.Backward(articles) {
		p.articles[a.Outlet] = append(p.articles[a.Outlet], a)
	}
	return p, nil
}

// Handler returns the outlets' common HTTP server.
func (p *Publisher) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{outlet}/feed.xml", p.serveFeed)
	mux.HandleFunc("GET /{outlet}/{$}", p.serveFront)
	mux.HandleFunc("GET /{outlet}/{page}", p.serveArticle)
	return mux
}

// published returns what the outlet has printed until now, newest first.
func (p *Publisher) published(key string) []Article {
	articles, now := p.articles[key], p.clock()
	for i, a := range articles {
		if !a.Published.After(now) {
			return articles[i:]
		}
	}
	return nil
}

func (p *Publisher) serveFeed(w http.ResponseWriter, r *http.Request) {
	o, ok := p.outlets[r.PathValue("outlet")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	items := p.published(o.key)
	items = items[:min(len(items), feedLimit)]
	render, contentType := renderRSS, "application/rss+xml; charset=utf-8"
	if o.atom {
		render, contentType = renderAtom, "application/atom+xml; charset=utf-8"
	}
	body, err := render(o, "http://"+r.Host, items)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	serve(w, r, contentType, updated(items), body)
}

// page is what the templates show: an outlet's front page, or one article of it.
type page struct {
	Name, Tagline, Newsletter, Standards string
	Front                                string // path of the front page
	Article                              Article
	Paragraphs                           []string
	Advert                               int       // index of the paragraph that an advertisement precedes; 0 for none
	Others                               []Article // what else there is to read, newest first
}

func (p *Publisher) serveFront(w http.ResponseWriter, r *http.Request) {
	o, ok := p.outlets[r.PathValue("outlet")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	articles := p.published(o.key)
	p.servePage(w, r, "front.html.tmpl", updated(articles), newPage(o, articles))
}

func (p *Publisher) serveArticle(w http.ResponseWriter, r *http.Request) {
	o, known := p.outlets[r.PathValue("outlet")]
	slug, isPage := strings.CutSuffix(r.PathValue("page"), ".html")
	articles := p.published(o.key)
	i := slices.IndexFunc(articles, func(a Article) bool { return a.Slug == slug })
	if !known || !isPage || i < 0 {
		http.NotFound(w, r)
		return
	}
	shown := newPage(o, slices.Concat(articles[:i], articles[i+1:]))
	shown.Others = shown.Others[:min(len(shown.Others), 4)]
	shown.Article, shown.Paragraphs, shown.Advert = articles[i], articles[i].Paragraphs(), o.advert
	p.servePage(w, r, "article.html.tmpl", updated(articles), shown)
}

func newPage(o outlet, others []Article) page {
	return page{
		Name: o.name, Tagline: o.tagline, Newsletter: o.newsletter, Standards: o.standards,
		Front: "/" + o.key + "/", Others: others,
	}
}

func (p *Publisher) servePage(w http.ResponseWriter, r *http.Request, name string, modified time.Time, shown page) {
	var body bytes.Buffer
	if err := p.pages.ExecuteTemplate(&body, name, shown); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	serve(w, r, "text/html; charset=utf-8", modified, body.Bytes())
}

// serve answers with body, or with 304 to a client that has it already.
func serve(w http.ResponseWriter, r *http.Request, contentType string, modified time.Time, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(body)))
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}

// updated is the time of the newest of the articles, which come newest first,
// or the fortnight's start if there is none.
func updated(articles []Article) time.Time {
	if len(articles) == 0 {
		return Start()
	}
	return articles[0].Published
}

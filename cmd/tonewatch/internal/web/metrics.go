package web

import (
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"tonewatch/monitor"
)

// figure is a metric without labels and how it is read off a snapshot.
type figure struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(*snapshot) float64
}

// collector shows the last snapshot as metrics. Counters are of what was ever
// made: they stay when rows are thrown away.
type collector struct {
	last    func() *snapshot
	figures []figure

	build    *prometheus.Desc
	success  *prometheus.Desc
	failures *prometheus.Desc
	active   *prometheus.Desc
	version  string
}

func newCollector(version string, last func() *snapshot) *collector {
	const counter, gauge = prometheus.CounterValue, prometheus.GaugeValue
	status := func(read func(monitor.Status) int) func(*snapshot) float64 {
		return func(s *snapshot) float64 { return float64(read(s.status)) }
	}
	return &collector{
		last:    last,
		version: version,

		build:    describe("build_info", "What is running; always 1.", "version", "goversion"),
		success:  describe("feed_last_success_timestamp_seconds", "When a feed was last polled with success, in Unix time; 0: never.", "feed"),
		failures: describe("feed_failures", "Polls of a feed that failed since the last success.", "feed"),
		active:   describe("alert_active", "Shifts toward an actor that a rule holds to be firing or easing; 0 while one is pending.", "actor", "rule"),

		figures: []figure{
			{describe("snapshot_timestamp_seconds", "When the figures of this page were taken, in Unix time."), gauge, func(s *snapshot) float64 { return unix(s.taken) }},
			{describe("articles_total", "Articles kept."), counter, status(func(st monitor.Status) int { return st.Articles })},
			{describe("articles_unread", "Articles kept and not yet read."), gauge, status(func(st monitor.Status) int { return st.Unread })},
			{describe("stories_total", "Stories; copies of one count once."), counter, status(func(st monitor.Status) int { return st.Stories })},
			{describe("readings_total", "Readings: a story's tone toward one actor in one voice."), counter, status(func(st monitor.Status) int { return st.Readings })},
			{describe("jobs_waiting", "Jobs that are due and wait for a worker."), gauge, status(func(st monitor.Status) int { return st.Waiting })},
			{describe("jobs_oldest_seconds", "How long the oldest of the waiting jobs has waited."), gauge, func(s *snapshot) float64 { return since(s.status.Oldest, s.taken).Seconds() }},
			{describe("jobs_failing", "Jobs of which a try failed and which will be tried again."), gauge, status(func(st monitor.Status) int { return st.Failing })},
			{describe("jobs_failed", "Jobs given up."), gauge, status(func(st monitor.Status) int { return st.Failed })},
			{describe("deliveries_told_total", "Deliveries that reached their receiver."), counter, status(func(st monitor.Status) int { return st.Outbox.Told })},
			{describe("outbox_unsent", "Deliveries that do not show the present state of their episode."), gauge, status(func(st monitor.Status) int { return st.Outbox.Unsent })},
			{describe("outbox_oldest_seconds", "How long the oldest unsent delivery has waited."), gauge, func(s *snapshot) float64 { return since(s.status.Outbox.Oldest, s.taken).Seconds() }},
			{describe("outbox_dead", "Deliveries given up."), gauge, status(func(st monitor.Status) int { return st.Outbox.Dead })},
		},
	}
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("tonewatch_"+name, help, labels, nil)
}

// newRegistry holds the collector and those of the Go runtime and the process.
func newRegistry(c *collector) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister( // refuses only a name taken twice, so at the first run or never
		c, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// Describe implements [prometheus.Collector].
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.build, c.success, c.failures, c.active} {
		to <- d
	}
	for _, f := range c.figures {
		to <- f.desc
	}
}

// Collect implements [prometheus.Collector].
func (c *collector) Collect(to chan<- prometheus.Metric) {
	to <- metric(c.build, prometheus.GaugeValue, 1, c.version, runtime.Version())
	s := c.last()
	if s == nil || s.taken.IsZero() {
		return
	}
	for _, f := range c.figures {
		to <- metric(f.desc, f.kind, f.read(s))
	}
	for _, feed := range s.status.Feeds {
		name := feed.Name()
		to <- metric(c.success, prometheus.GaugeValue, unix(feed.Succeeded), name)
		to <- metric(c.failures, prometheus.GaugeValue, float64(feed.Failures), name)
	}
	for at, n := range active(s.status) {
		to <- metric(c.active, prometheus.GaugeValue, float64(n), at.actor, at.rule)
	}
}

type actorRule struct{ actor, rule string }

// active adds up, because one rule may watch an actor in several voices.
func active(st monitor.Status) map[actorRule]int {
	sum := make(map[actorRule]int)
	for _, a := range st.Actors {
		for _, e := range a.Open {
			n := 0
			if e.Phase == monitor.Firing || e.Phase == monitor.Easing {
				n = 1
			}
			sum[actorRule{a.Actor, e.Rule}] += n
		}
	}
	return sum
}

// metric turns a label that is not UTF-8 into an error of the scrape; the
// library's Must form would panic.
func metric(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) prometheus.Metric {
	m, err := prometheus.NewConstMetric(d, kind, value, labels...)
	if err != nil {
		return prometheus.NewInvalidMetric(d, err)
	}
	return m
}

// unix is 0 for the zero time.
func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

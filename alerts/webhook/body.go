package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// body is what is posted. Its keys are Alertmanager's, version 4, see
// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config.
type body struct {
	Version           string            `json:"version"`
	GroupKey          string            `json:"groupKey"` // of the message; of a reply that of its alert
	TruncatedAlerts   int               `json:"truncatedAlerts"`
	Status            string            `json:"status"` // firing while one of the alerts does
	Receiver          string            `json:"receiver"`
	GroupLabels       map[string]string `json:"groupLabels"`
	CommonLabels      map[string]string `json:"commonLabels"`
	CommonAnnotations map[string]string `json:"commonAnnotations"`
	ExternalURL       string            `json:"externalURL"`
	Alerts            []alert           `json:"alerts"`
}

type alert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"` // zero while it fires
	GeneratorURL string            `json:"generatorURL"`
	Fingerprint  string            `json:"fingerprint"`
}

const (
	firing   = "firing"
	resolved = "resolved"
)

// maxAlerts bounds a digest; what is beyond is counted.
const maxAlerts = 100

// maxStories is how many stories are listed in an annotation.
const maxStories = 3

// render puts a message into a body. Strangers' text is made safe to show on one
// line; whoever shows it as HTML has to escape it as any text.
func render(receiver string, m alerts.Message) body {
	b := body{Version: "4", GroupKey: m.Key, Receiver: receiver, Status: resolved, GroupLabels: map[string]string{}}
	switch {
	case m.Alert != nil:
		b.add(*m.Alert, "")
	case m.Reply != nil:
		b.GroupKey = m.Thread.TS
		b.add(m.Reply.Alert, m.Reply.News)
	case m.Digest != nil:
		for _, a := range m.Digest.Alerts {
			b.add(a, "")
		}
	case m.Note != nil:
		b.note(*m.Note)
	}
	b.CommonLabels = common(b.Alerts, func(a alert) map[string]string { return a.Labels })
	b.CommonAnnotations = common(b.Alerts, func(a alert) map[string]string { return a.Annotations })
	if b.Alerts == nil {
		b.Alerts = []alert{}
	}
	return b
}

func (b *body) add(a alerts.Alert, news alerts.News) {
	e := a.Episode
	status := firing
	if e.Phase == monitor.Quiet {
		status = resolved
	} else {
		b.Status = firing
	}
	if len(b.Alerts) == maxAlerts {
		b.TruncatedAlerts++
		return
	}
	// Labels stay as they are for as long as an alert lives.
	labels := map[string]string{
		"alertname": e.Rule, "actor": e.Actor, "voice": e.VoiceName(), "direction": direction(e.Direction),
	}
	annotations := map[string]string{
		"summary": a.Headline(), "description": a.Spoken(), "phase": string(e.Phase), "key": a.Key,
	}
	if news != "" {
		annotations["news"] = string(news)
	}
	if told := stories(a); told != "" {
		annotations["stories"] = told
	}
	b.Alerts = append(b.Alerts, alert{
		Status: status, Labels: labels, Annotations: annotations,
		StartsAt: e.Fired.UTC(), EndsAt: ended(e), GeneratorURL: a.Page, Fingerprint: fingerprint(labels, e.Fired),
	})
}

// note is a message about tonewatch itself: an alert of that moment.
func (b *body) note(n alerts.Note) {
	labels := map[string]string{"alertname": "tonewatch"}
	b.Status = firing
	b.Alerts = []alert{{
		Status: firing, Labels: labels, Annotations: map[string]string{"summary": n.Title, "description": strings.Join(n.Lines, "\n")},
		StartsAt: n.At.UTC(), Fingerprint: fingerprint(labels, n.At),
	}}
}

func direction(d int) string {
	if d < 0 {
		return "down"
	}
	return "up"
}

func ended(e monitor.Episode) time.Time {
	if e.Phase == monitor.Quiet {
		return e.Ended.UTC()
	}
	return time.Time{}
}

// stories are the evidence in short, a line each: title, source and link.
func stories(a alerts.Alert) string {
	list, _ := a.Stories(maxStories)
	var lines []string
	for _, s := range list {
		line := s.Title + " (" + s.Source + ")"
		if s.Link != "" {
			line += " " + s.Link
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// fingerprint names an alert. Other than Alertmanager's it also hangs on when it
// began: the next one under the same rule is another.
func fingerprint(labels map[string]string, began time.Time) string {
	hash := sha256.New()
	for _, name := range []string{"alertname", "actor", "voice", "direction"} {
		hash.Write([]byte(labels[name] + "\x00"))
	}
	hash.Write([]byte(began.UTC().Format(time.RFC3339Nano)))
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// common are the pairs that all alerts have.
func common(list []alert, of func(alert) map[string]string) map[string]string {
	shared := make(map[string]string)
	for i, a := range list {
		if i == 0 {
			for name, value := range of(a) {
				shared[name] = value
			}
		}
		for name, value := range shared {
			if other, has := of(a)[name]; !has || other != value {
				delete(shared, name)
			}
		}
	}
	return shared
}

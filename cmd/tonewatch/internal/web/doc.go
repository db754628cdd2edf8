// Package web tells those who watch the watcher how tonewatch is.
//
// It serves one listener, made for probes, Prometheus and the person on call:
//
//	/livez    200 while the loops beat, else 503: restart me
//	/readyz   200 while the store answers, else 503: send me no work
//	/health   every check with its figures, application/health+json
//	/metrics  the same state for Prometheus
//	/         names these
//
// Nothing is looked up when a request comes. The daemon calls [Server.Refresh]
// at intervals, which takes a snapshot of the store and holds it against the
// checks, and [Server.Beat] from each of its loops; the handlers read what these
// left in memory. A dead database, feed or Slack can therefore make an answer
// bad but never slow, and a liveness probe never restarts tonewatch for the
// fault of another. What the handlers do judge themselves is age: a snapshot or
// a beat that is overdue is a failing check of its own.
//
// Read it in the order of a snapshot's way:
//
//	server.go   takes the snapshot, keeps the beats
//	check.go    what is held against which limit; pure
//	feed.go     when a feed is stale; pure
//	redact.go   what must not be shown: credentials in addresses
//	report.go   findings as draft-inadarei-api-health-check-06
//	metrics.go  the snapshot as Prometheus metrics
//	handler.go  the addresses
//	client.go   asks another tonewatch for its health
//
// Limits: a report lists the 100 worst feeds in trouble, and an error's first
// 500 bytes. The listener has neither TLS nor log-in; it belongs on loopback or
// behind a proxy that has both.
package web

// Package store keeps everything that tonewatch knows in one SQLite file, and
// runs its jobs on River in the same file, so that a step's result and the
// next step's job are one transaction. It is the only package that knows SQL
// or River.
//
// Read it in this order: store.go (open, lock, transactions), migrations (the
// schema), work.go (jobs), sweep.go (what falls due), watched.go (when somebody
// watched), recover.go (after a crash), then one file a noun: feeds.go, hosts.go, articles.go, changes.go (what
// a feed shows again), readings.go, telling.go (with which story), stories.go,
// reread.go (after a change of the engine), episodes.go, limits.go,
// tell.go (what TELL decides), deliveries.go (the outbox), notes.go, acts.go,
// silences.go, status.go; look.go (from outside), with recent.go, learnt.go, history.go and examine.go, and join.go (changes from
// outside); upkeep.go and merge.go throw away what is old.
//
// # Guarantees
//
// A commit is on disk when it returns (synchronous FULL). A job killed at any
// instant is there again at the next start, and a step that had committed is
// not: the commit ended its job. One process owns the file, by a lock beside
// it; others look, and may make a short change ([Join]). Writers never wait for the network: no transaction is held across HTTP.
//
// # Costs
//
// A poll or a reading is one transaction of a few rows; a window is one range
// scan over the hours in it, what has changed of it one over the changes; the
// sweep reads a few partial indexes. A million readings take about half a
// gigabyte with their sentences, until upkeep takes those, once a day, see
// [Keep]: in transactions of a few milliseconds, each of which leaves the file
// right. What stays of an article is a row of some 300 bytes, what stays of a
// day one row an outlet and voice.
package store

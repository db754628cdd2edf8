// Package parse reads feeds: from bytes, as a server sent them, to a
// [monitor.Document].
//
// Every feed is written by strangers. It is decoded, walked and measured before
// a parser sees it, because no parser of feeds survives every feed: small
// hostile ones cost gigabytes, minutes or the whole process.
//
// Read it in the order of a feed's way:
//
//	parse.go    Feed: the pipeline
//	charset.go  bytes to UTF-8; Page does that for web pages
//	scan.go     the walk that measures and defuses an XML feed
//	defuse.go   the prolog, and what is overwritten on the walk
//	entities.go the entities that a document type declares, where they are flat
//	jsonscan.go the same for a JSON Feed
//	item.go     what the parser found, as monitor names it
//	date.go     dates in the forms that feeds use
//	wait.go     how long a feed wants to be left alone
//	text.go     markup to plain text
//
// Limits: CDF, base64 content of Atom 0.3 and feeds in an undeclared East Asian
// charset are not read; an xml:base that is itself relative counts from the root
// of the host.
package parse

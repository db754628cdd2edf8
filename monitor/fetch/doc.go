// Package fetch asks the network for feeds and article pages, and reads feeds.
//
// Everything that arrives is written by strangers. A request is bounded in
// time, bytes, redirects and in the addresses it may reach; a document is
// decoded, walked and measured before a parser sees it, because no parser of
// feeds survives every feed: small hostile ones cost gigabytes, minutes or the
// whole process.
//
// Read it in the order of an answer's way:
//
//	client.go   Client: one bounded request; Feed and Page
//	host.go     how many requests one host gets at once
//	guard.go    which addresses may be reached, which redirects followed
//	header.go   what an answer's headers wish: validators, waiting times
//	charset.go  bytes to UTF-8
//	parse.go    Parse: the pipeline from bytes to a monitor.Document
//	scan.go     the walk that measures and defuses an XML feed
//	defuse.go   the prolog, and what is overwritten on the walk
//	jsonscan.go the same for a JSON Feed
//	item.go     what the parser found, as monitor names it
//	text.go     markup to plain text
//
// Limits: redirects do not count against the target host's share of requests;
// a feed that redirects to another host is asked unconditionally, because its
// validators belong to that other host; CDF, base64 content of Atom 0.3 and
// feeds in an undeclared East Asian charset are not read.
package fetch

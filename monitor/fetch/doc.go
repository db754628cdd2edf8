// Package fetch asks the network for feeds and article pages.
//
// Everything that arrives is written by strangers. A request is bounded in
// time, bytes, redirects and in the addresses it may reach. What the bytes hold
// is read by functions that the client is given, see [Options].
//
// Read it in the order of an answer's way:
//
//	client.go   Client: Feed and Page
//	visit.go    one errand, redirect by redirect, each a bounded request
//	robots.go   which pages a site asks programs to stay away from
//	host.go     whom an address belongs to, and whether it wants to be left alone
//	turn.go     how many requests one host gets at once, and how far apart
//	guard.go    which addresses may be reached
//	body.go     bodies, decompressed and bounded
//	header.go   what an answer's headers wish: validators, waiting times
//	failure.go  what went wrong, classed once
//
// # Manners
//
// A host is a registrable domain: its feeds and pages share its turns and its
// rests. A request that cannot have its turn soon, or whose host asked to be left
// alone (429, or 503 with Retry-After), is put off and not made. Validators go
// back byte for byte to the address that gave them. The same few headers are sent
// always; there are no cookies, no referrer and no tricks.
//
// A robots.txt is obeyed for pages, not for feeds, which are meant for programs;
// its Crawl-delay is, up to half a minute.
//
// Limits: only the first 64 kB of a robots.txt count; one that cannot be had
// puts its site's pages off for ten minutes, and again for an hour at most.
package fetch

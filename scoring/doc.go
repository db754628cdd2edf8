// Package scoring reads texts: text and actors in; mentions, voices and tones
// out. It knows no feeds, no clock and no database.
//
// [Read] is the whole way, and its steps are the order in which to read the
// package:
//
//	Actor     whom to look for                              actor.go
//	Finder    text -> mentions of actors                    find.go, trie.go, word.go
//	Sentences text -> sentences                             sentence.go, abbreviation.go
//	Scorer    sentences -> tones, article -> attributions   scorer.go, tone.go, direction.go, voice.go
//	Read      text -> opinions: mention, voice, tone        read.go
//
// Engines implement [Scorer] in subfolders, each proven by the suite in
// scoretest. [Passage.Check] is the check of their input that they share.
//
// Offsets are bytes. A text is clean: no markup, no wire furniture, paragraphs
// parted by a blank line. Whatever it holds, be it invalid UTF-8 or one
// sentence of a megabyte, finding and splitting take time in proportion to its
// length and do not panic.
//
// Limits: the rules for sentences and case are those of English news. A
// mention is a name, an alias, or a title after a name; pronouns, surnames
// shared by several actors, and "Washington" for the government in it are not
// resolved unless they are listed as aliases. In a headline all in capitals
// "US" may be the pronoun.
package scoring

// Package scoring reads texts: text and actors in; mentions, voices and tones
// out. It knows no feeds, no clock and no database.
//
// [Read] is the whole way, and its steps are the order in which to read the
// package:
//
//	Actor     whom to look for                              actor.go
//	Finder    text -> mentions of actors                    find.go, and below
//	Sentences text -> sentences                             sentence.go, abbreviation.go
//	Scorer    sentences -> tones, article -> attributions   scorer.go, tone.go, direction.go, voice.go
//	Read      text -> opinions: mention, voice, tone        read.go, speaker.go
//
// Finding has two halves. All phrases of all actors stand in one trie, which
// finds them in the text whatever they mean there (trie.go, edges.go,
// vocabulary.go, word.go; what follows from an actor besides its own phrases is
// in profile.go). Then they are resolved in the order of the text:
//
//	names     or what only looks like one                   find.go, lookalike.go
//	surnames  and who bears them                            namesake.go
//	titles    and who holds them                            title.go
//	metonyms  capitals, seats and adjectives of a state     metonym.go
//	pronouns  in the paragraphs that mention a person       pronoun.go, antecedent.go, person.go, quotation.go
//
// All of them look at the words beside a phrase (neighbour.go), the capitals of
// its line (headline.go), and what is known of words (tables.go, tables/).
//
// Engines implement [Scorer] in subfolders, each proven by the suite in
// scoretest. [Passage.Check] is the check of their input that they share.
//
// Offsets are bytes. A text is clean: no markup, no wire furniture, paragraphs
// parted by a blank line. Whatever it holds, be it invalid UTF-8 or one
// sentence of a megabyte, finding and splitting take time in proportion to its
// length and do not panic.
//
// Limits: the rules for sentences, case and mentions are those of English news.
// Where it is not clear whom words mean they are no mention: a wrong one harms a
// series more than a missing one. So a pronoun is followed within its paragraph
// and only where one person can be meant; "it" and "they" never are, though as a
// source they are the voice that spoke last; a name is not followed through
// nicknames or misspellings that are not listed.
package scoring

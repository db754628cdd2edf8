package parse

import (
	"bytes"
	"fmt"
	"html"
	"slices"
)

// What a feed may cost. The greatest values in 200 real feeds are depth 6, 4,191
// tags, 1,046 items, 107 declarations, 194,848 references, 0.6 MB scoped and
// 4.6 MB joined.
const (
	maxBytes    = 8 << 20 // as received, and decoded
	maxText     = 1 << 20 // of one text of an item; those that read it take seconds for more
	maxDepth    = 64
	maxTags     = 100_000
	maxItems    = 5_000
	maxNames    = 2_000     // declarations of namespaces and of xml:base
	maxRefs     = 1_000_000 // "&", escaped markup has many
	maxTagBytes = 64 << 10  // one tag with its attributes
	maxScoped   = 16 << 20  // bytes of declarations in scope, summed over the tags
	maxJoined   = 256 << 20 // bytes copied to join the pieces of an element's text
)

// scan is one walk over an XML feed, before the parser. It goes the way
// encoding/xml goes in its lenient mode, so that nothing can be hidden from it,
// and does three things:
//
// It measures, and gives up at a limit, what the parser pays dearly for. gofeed
// descends by recursion, copies every namespace in scope at each tag, and joins
// an extension's text piece by piece, so that its cost is quadratic in all
// three. Overflowing the stack cannot be recovered from.
//
// It defuses, in place, what would lead the parser elsewhere. Comments and
// processing instructions become blanks: an XML declaration in the middle would
// change the encoding, and with it the meaning of the bytes already walked. The
// namespaces that Atom had before its first version, and misspelt ones, go. The
// types html and xhtml of Atom's texts become others, for which gofeed does not
// build an HTML tree: 24 KB of unclosed formatting elements make a tree of
// 2.5 million nodes.
//
// It notes where the last whole part of the feed ends, so that a feed that breaks
// off can be cut there. The parser is only given what the walk has reached the
// end of.
//
// It also keeps what the parser drops: two attributes, and the ids of Atom as
// they are written.
type scan struct {
	doc   []byte
	at    int    // position of the walk
	root  []byte // name of the root element as written
	open  []element
	sound int // where the last whole part outside of items, or item, ends; 0 before the first

	lang   string      // of the root or the channel
	abouts [2][]string // rdf:about of the items in the channel, and of those beside it
	ids    []string    // of the entries beside it

	tags, items, names int
	refs               int
	scoped, joined     int
}

// element is one open element.
type element struct {
	local []byte // name without prefix
	about []byte // value of the attribute of that name
	scope int    // bytes of declarations in scope
	text  int    // bytes of text directly inside, so far
	inner int    // where it begins inside
}

// tooLarge is a limit exceeded.
type tooLarge string

func (e tooLarge) Error() string { return string(e) }

// broken is the place where XML stops being XML.
type broken struct {
	line int
	what string
}

func (e broken) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.what) }

// walk goes through doc from its root element, which begins at position at, and
// changes it in place. On success the root element ends at s.at. The error is a
// tooLarge or a broken.
func walk(doc []byte, at int) (*scan, error) {
	s := &scan{doc: doc, at: at}
	for s.root == nil || len(s.open) > 0 {
		if err := s.step(); err != nil {
			return s, err
		}
	}
	return s, nil
}

// step walks over one run of text or one piece of markup.
func (s *scan) step() error {
	rest := s.doc[s.at:]
	if len(rest) == 0 {
		return s.broken("the document ends inside <%s>", s.innermost())
	}
	switch {
	case rest[0] != '<':
		return s.text(rest)
	case bytes.HasPrefix(rest, []byte("<!--")):
		return s.blank("<!--", "-->")
	case bytes.HasPrefix(rest, []byte("<?")):
		return s.blank("<?", "?>")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		n := enclosed(rest, "<![CDATA[", "]]>")
		if n < 0 {
			return s.broken("a CDATA section does not end")
		}
		s.at += n
		return s.join(n)
	case bytes.HasPrefix(rest, []byte("<!")):
		return s.broken("a declaration inside the feed")
	case bytes.HasPrefix(rest, []byte("</")):
		return s.endTag()
	case nameLen(rest[1:]) > 0:
		return s.startTag()
	}
	rest[0] = ' ' // a bare "<", as in "a < b"
	return nil
}

// text walks to the next "<".
func (s *scan) text(rest []byte) error {
	end := bytes.IndexByte(rest, '<')
	if end < 0 {
		end = len(rest)
	}
	defuseText(rest[:end])
	if s.refs += bytes.Count(rest[:end], []byte("&")); s.refs > maxRefs {
		return tooLarge(fmt.Sprintf("more than %d references", maxRefs))
	}
	s.at += end
	return s.join(end)
}

// blank overwrites a comment or an instruction.
func (s *scan) blank(start, end string) error {
	rest := s.doc[s.at:]
	n := enclosed(rest, start, end)
	if n < 0 {
		return s.broken("%s without %s", start, end)
	}
	fillBlank(rest[:n])
	s.at += n
	return s.join(n)
}

// join accounts for one more piece of an element's text.
func (s *scan) join(n int) error {
	if len(s.open) == 0 {
		return nil
	}
	in := &s.open[len(s.open)-1]
	in.text += n
	if s.joined += in.text; s.joined > maxJoined {
		return tooLarge("text in too many pieces")
	}
	return nil
}

// startTag walks over the tag at s.at.
func (s *scan) startTag() error {
	start := s.at
	name := s.name(start + 1)
	s.at += 1 + len(name)
	in := element{local: local(name)}
	if len(s.open) > 0 {
		in.scope = s.open[len(s.open)-1].scope
	}
	empty, err := s.attributes(start, &in)
	if err != nil {
		return err
	}
	if s.root == nil {
		s.root = name
	}
	in.inner = s.at
	s.open = append(s.open, in)
	s.tags++
	if isItem(in.local) {
		s.items++
		switch len(s.open) {
		case 2:
			s.abouts[1] = append(s.abouts[1], html.UnescapeString(string(in.about)))
			s.ids = append(s.ids, "")
		case 3:
			s.abouts[0] = append(s.abouts[0], html.UnescapeString(string(in.about)))
		}
	}
	s.scoped += in.scope
	switch {
	case len(s.open) > maxDepth:
		return tooLarge(fmt.Sprintf("elements nested deeper than %d", maxDepth))
	case s.tags > maxTags:
		return tooLarge(fmt.Sprintf("more than %d tags", maxTags))
	case s.items > maxItems:
		return tooLarge(fmt.Sprintf("more than %d items", maxItems))
	case s.names > maxNames:
		return tooLarge(fmt.Sprintf("more than %d namespace or base declarations", maxNames))
	case s.scoped > maxScoped:
		return tooLarge("too many declarations in the scope of too many tags")
	}
	if empty {
		s.pop()
	}
	return nil
}

// attributes walks over the rest of the tag that began at start, to behind its
// ">", and says whether it closes itself. The grammar is that of encoding/xml.
func (s *scan) attributes(start int, in *element) (empty bool, err error) {
	for {
		s.space()
		if s.at-start > maxTagBytes {
			return false, tooLarge(fmt.Sprintf("a tag of more than %d bytes", maxTagBytes))
		}
		switch rest := s.doc[s.at:]; {
		case bytes.HasPrefix(rest, []byte(">")):
			s.at++
			return false, nil
		case bytes.HasPrefix(rest, []byte("/>")):
			s.at += 2
			return true, nil
		}
		name := s.name(s.at)
		if name == nil {
			return false, s.broken("the tag <%s> is malformed", in.local)
		}
		s.at += len(name)
		value, ok := s.value()
		if !ok {
			return false, s.broken("an attribute of <%s> is malformed", in.local)
		}
		switch {
		case bytes.HasPrefix(name, []byte("xmlns")), string(local(name)) == "base":
			s.names++
			in.scope += len(name) + len(value)
			if s.root == nil {
				defuseNamespace(s.name(start+1), name, value)
			}
		case string(local(name)) == "type":
			defuseType(value)
		case string(local(name)) == "about":
			in.about = value
		case string(local(name)) == "lang" && len(s.open) < 2 && s.lang == "":
			s.lang = string(value)
		}
		defuseText(value)
	}
}

// value walks over an attribute's value, if it has one.
func (s *scan) value() (value []byte, ok bool) {
	s.space()
	if !bytes.HasPrefix(s.doc[s.at:], []byte("=")) {
		return nil, true
	}
	s.at++
	s.space()
	rest := s.doc[s.at:]
	if len(rest) == 0 {
		return nil, false
	}
	quote := rest[0]
	if quote != '"' && quote != '\'' {
		return s.unquoted()
	}
	n := bytes.IndexByte(rest[1:], quote)
	if n < 0 || bytes.IndexByte(rest[1:1+n], '<') >= 0 {
		return nil, false
	}
	s.at += n + 2
	return rest[1 : 1+n], true
}

// unquoted walks over a value without quotes, which a lenient parser takes. Not
// every character of it: those at which it would stop, as in version=2.0, are
// overwritten.
func (s *scan) unquoted() (value []byte, ok bool) {
	rest := s.doc[s.at:]
	n := 0
	for n < len(rest) && !isSpace(rest[n]) && rest[n] != '>' && !bytes.HasPrefix(rest[n:], []byte("/>")) {
		if rest[n] == '<' {
			return nil, false
		}
		if !isNameByte(rest[n]) || rest[n] == '.' || rest[n] >= 0x80 {
			rest[n] = '-'
		}
		n++
	}
	s.at += n
	return rest[:n], true
}

// endTag walks over an end tag. As the lenient parser does, it closes whatever
// is open inside the element that it names.
func (s *scan) endTag() error {
	name := s.name(s.at + len("</"))
	if name == nil {
		return s.broken("an end tag is malformed")
	}
	if n := len(s.open); n == 3 && len(s.ids) > 0 && string(name) == "id" && string(s.open[2].local) == "id" && isItem(s.open[1].local) {
		s.ids[len(s.ids)-1] = plain(string(s.doc[s.open[2].inner:s.at]))
	}
	s.at += len("</") + len(name)
	s.space()
	if s.at >= len(s.doc) || s.doc[s.at] != '>' {
		return s.broken("the end tag </%s> is malformed", name)
	}
	s.at++
	for len(s.open) > 0 {
		if closed := s.pop(); bytes.Equal(closed.local, local(name)) {
			return nil
		}
	}
	return s.broken("</%s> closes nothing", name)
}

// pop closes the innermost element.
func (s *scan) pop() element {
	in := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	if len(s.open) <= 2 && !slices.ContainsFunc(s.open, func(e element) bool { return isItem(e.local) }) {
		s.sound = s.at
	}
	return in
}

// cut is the walked document up to its last whole part, with the root closed,
// which closes for a lenient parser whatever is open inside it. It is nil where
// nothing is whole.
func (s *scan) cut() []byte {
	if s.sound == 0 {
		return nil
	}
	return fmt.Appendf(s.doc[:s.sound:s.sound], "</%s>", s.root)
}

func (s *scan) space() {
	for s.at < len(s.doc) && isSpace(s.doc[s.at]) {
		s.at++
	}
}

// name is the name at position at, nil where none is.
func (s *scan) name(at int) []byte {
	n := nameLen(s.doc[at:])
	if n == 0 {
		return nil
	}
	return s.doc[at : at+n : at+n]
}

func (s *scan) innermost() []byte {
	if len(s.open) == 0 {
		return nil
	}
	return s.open[len(s.open)-1].local
}

func (s *scan) broken(format string, args ...any) error {
	at := min(s.at, len(s.doc))
	return broken{line: 1 + bytes.Count(s.doc[:at], []byte("\n")), what: fmt.Sprintf(format, args...)}
}

package scoring

// edges are the edges of a trie, in an open-addressed table by their start and
// label.
type edges struct {
	slots []edge // a power of two of them, at most half taken
	mask  uint32 // their number - 1
	taken int
}

// edge leads from a node to another under a label, neither of them 0.
type edge struct {
	from, label int32
	to          int32 // 0 if there is no edge
	phrase      int32 // the first that ends at to, 0 if none
}

// root is the node that an edge starts from first.
const root = 1

func newEdges() edges { return edges{slots: make([]edge, 1)} }

// find returns the edge from a node under a label, or no edge.
func (e *edges) find(from, label int32) edge { return *e.slot(from, label) }

// slot returns the slot of the edge from a node under a label, or the free one
// to put it in.
func (e *edges) slot(from, label int32) *edge {
	hash := (uint64(uint32(from))<<32 | uint64(uint32(label))) * 0x9e3779b97f4a7c15
	for i := uint32(hash>>32) & e.mask; ; i = (i + 1) & e.mask {
		if s := &e.slots[i]; s.to == 0 || s.from == from && s.label == label {
			return s
		}
	}
}

// add returns the edge from a node under a label, a new one to a new node if
// need be. It is valid until the next is added.
func (e *edges) add(from, label int32) *edge {
	if s := e.slot(from, label); s.to != 0 {
		return s
	}
	e.taken++
	if old := e.slots; 2*e.taken > len(old) {
		*e = edges{slots: make([]edge, 2*len(old)), mask: uint32(2*len(old) - 1), taken: e.taken}
		for _, s := range old {
			if s.to != 0 {
				*e.slot(s.from, s.label) = s
			}
		}
	}
	s := e.slot(from, label)
	*s = edge{from: from, label: label, to: root + int32(e.taken)}
	return s
}

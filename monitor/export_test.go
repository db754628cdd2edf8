package monitor

// For the tests of what no exported call shows alone.
var (
	CountQuantile = countQuantile
	Normal        = normal
	Containment   = containment
)

// The bounds that are stated of a [Sketch].
const (
	MaxSketchBytes = 28 + 4*2*maxWords
	MaxSketchKeys  = maxKeys + 3
)

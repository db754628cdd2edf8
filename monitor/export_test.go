package monitor

// For the tests of what no exported call shows alone.
var (
	CountQuantile = countQuantile
	Normal        = normal
)

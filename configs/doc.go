// Package configs reads tonewatch's configuration file, and says of a bad file
// everything that is wrong with it at once: where, what, and how to mend it.
//
// The file is YAML, strictly read: an unknown key, a value of the wrong type, a
// name that nothing bears, a number out of range and a variable that is not set
// are mistakes, never ignored. A text value may hold ${NAME}, ${NAME:-default}
// and $$ for a dollar sign. They are replaced inside the value after the YAML
// has been read, so that a variable cannot change the structure of the file.
//
// Read in this order: config.go is the schema with its defaults, in the order
// of the pipeline; load.go is the way from bytes to a [Config]: look at the
// text (source.go), parse it (document.go), put variables in (expand.go), fill
// the structs (decode.go), check what they mean (validate.go, rules.go,
// split.go, keep.go, route.go, mute.go, webhook.go, in the words of check.go);
// problem.go is how mistakes are told. [Inspect] (inspect.go) also warns of
// names (advise.go, words.txt), rules (doubt.go) and routes (doubt_routes.go)
// that are sound and yet doubtful.
//
// A field's place in the file is found by the field's address, so a check reads
// like any code on the struct and still points at line and column. A value that
// has one mistake is told once: a bad number does not also appear as out of
// range.
//
// Secrets are of type [Secret], which prints as "<redacted>" everywhere, and the
// lines of the file that hold one are blanked in every excerpt. [LoadWithoutSecrets]
// is for commands that use none, so that they run where the secrets are not.
//
// Limits: a file of 4 MiB, 200,000 values (aliases counted as often as they
// are used), a secret file of 64 KiB. YAML aliases of whole values are
// understood; merge keys and explicit tags are not.
package configs

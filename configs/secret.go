package configs

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "<redacted>"

// Secret is text that must not be seen. Whatever prints it, prints "<redacted>",
// or nothing where it is empty: fmt with any verb, slog, JSON, YAML. Only
// [Secret.Reveal] gives it away.
type Secret struct {
	// A pointer, because fmt reaches into a struct's unexported fields without
	// calling the methods below, and then prints no more than an address.
	value *string
}

// NewSecret hides value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{&value}
}

// Reveal is the secret itself.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero says whether the secret is empty.
func (s Secret) IsZero() bool { return s.value == nil }

// Equal says whether two secrets are the same.
func (s Secret) Equal(other Secret) bool { return s.Reveal() == other.Reveal() }

func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// GoString is for code that calls it directly; fmt calls Format.
func (s Secret) GoString() string { return s.String() }

// Format prints the same for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, s.String()) // as with all of fmt, the writer keeps its error
}

// LogValue is what slog logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is for all other encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON writes a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalYAML writes a YAML string.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// UnmarshalText hides text.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}

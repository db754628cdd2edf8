package monitor

import (
	"fmt"
	"net/url"
)

// Redact takes from an address the parts that may hold credentials: user,
// password, query and fragment.
func Redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "redacted" // no telling what is what in it
	}
	query := u.RawQuery != "" || u.Fragment != ""
	u.User, u.RawQuery, u.Fragment, u.RawFragment = nil, "", "", ""
	if query {
		u.RawQuery = "redacted"
	}
	return u.String()
}

// Name is the feed's address as it may be shown and logged. Where something had to
// be left out the feed's id, if it has one, tells it from others that look the
// same.
func (f Feed) Name() string {
	name := Redact(f.URL)
	if name != f.URL && f.ID != 0 {
		name = fmt.Sprintf("%s#%d", name, f.ID)
	}
	return name
}

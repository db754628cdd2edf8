package configs

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

const (
	maxFile   = 4 << 20  // bytes; ten thousand feeds are about 1.5 MB
	maxSecret = 64 << 10 // bytes
)

// Load reads a configuration file, with variables from the environment and the
// secrets that it names by file. The error is [Problems] where the file can be
// read.
func Load(path string) (*Config, error) {
	_, c, err := load(path)
	return c, err
}

// LoadWithoutSecrets is [Load] for what tells nobody anything: each [Secret] is
// empty, and neither its variable nor its file is asked for. All else must be
// sound.
func LoadWithoutSecrets(path string) (*Config, error) { return LoadWith(path, nil) }

func load(path string) (*file, *Config, error) {
	src, err := readFile(path, maxFile)
	if err != nil {
		return nil, nil, fmt.Errorf("load configuration %q: %w", path, err)
	}
	f := newFile(path, src)
	c := f.parse(os.LookupEnv)
	f.readSecrets(c, filepath.Dir(path))
	c, err = f.result(c)
	return f, c, err
}

// Parse reads a configuration from src; name stands for it in problems. It
// touches neither environment nor files: those that hold secrets are left unread.
// The error is [Problems].
func Parse(name string, src []byte, env func(string) (string, bool)) (*Config, error) {
	f := newFile(name, src)
	return f.result(f.parse(env))
}

// Hash tells one configuration from another: the first eight digits of the
// SHA-256 of its file, without what that takes from the environment.
func (c *Config) Hash() string { return c.hash }

// CheckRun says what a configuration lacks for polling: other commands need
// neither feeds nor rules. The error is [Problems].
func (c *Config) CheckRun() error {
	var ps Problems
	if len(c.Feeds) == 0 {
		ps = append(ps, Problem{File: c.file, Line: 1, Column: 1, Message: "no feeds: nothing would be polled", Hint: `add "feeds:" with a "- url: ..."`})
	}
	if len(c.Rules) == 0 {
		ps = append(ps, Problem{File: c.file, Line: 1, Column: 1, Message: "no rules: nothing would be told", Hint: `add "rules:" with a "- name: ..."`})
	}
	if ps == nil {
		return nil
	}
	return ps
}

// file is a configuration file on its way to a Config.
type file struct {
	name string
	text string
	source

	spare    bool // secrets stay empty
	problems Problems
	told     map[*yaml.Node]bool      // values with a problem, or secrets that are spared
	unsolved map[*yaml.Node][]mistake // values with wrong variables, until decode knows whether they are spared
	written  map[*yaml.Node]string    // values before variables were put in
	places   map[any]place            // by the address of the field they fill
	values   int                      // decoded so far
	open     map[*yaml.Node]bool      // being decoded: an alias of one has no end
	tracked  map[string]bool          // the names of actors
}

// place is where a field of the Config stands in the file.
type place struct {
	name  string     // its key; "key[1]" for the second item of a list
	key   *yaml.Node // nil for the items of a list
	value *yaml.Node
}

func newFile(name string, src []byte) *file {
	text := string(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")))
	return &file{
		name:     name,
		text:     text,
		source:   newSource(text),
		told:     map[*yaml.Node]bool{},
		unsolved: map[*yaml.Node][]mistake{},
		written:  map[*yaml.Node]string{},
		places:   map[any]place{},
		open:     map[*yaml.Node]bool{},
		tracked:  map[string]bool{},
	}
}

// parse collects problems on its way; its result counts only without any.
func (f *file) parse(env func(string) (string, bool)) *Config {
	c := f.blank()
	root := f.document()
	if root == nil {
		return c
	}
	f.expand(root, env)
	f.decode(root, c)
	if f.values <= maxValues {
		f.validate(c)
	}
	return c
}

// blank is the Config before anything is decoded.
func (f *file) blank() *Config {
	return &Config{file: f.name, hash: fmt.Sprintf("%x", sha256.Sum256([]byte(f.text)))[:8]}
}

func (f *file) result(c *Config) (*Config, error) {
	if len(f.problems) == 0 {
		return c, nil
	}
	for i := range f.problems {
		p := &f.problems[i]
		p.Excerpt = f.excerpt(p.Line, p.Column) // only now is known all that must be hidden
	}
	return nil, f.problems.sorted()
}

// tell adds a problem at a node.
func (f *file) tell(n *yaml.Node, hint, format string, args ...any) {
	f.problems = append(f.problems, Problem{
		File: f.name, Line: n.Line, Column: n.Column,
		Message: secretShape.ReplaceAllString(fmt.Sprintf(format, args...), redacted),
		Hint:    secretShape.ReplaceAllString(hint, redacted),
	})
}

// readSecrets fills in the secrets that the file names files for.
func (f *file) readSecrets(c *Config, folder string) {
	f.readSecret(folder, &c.Slack.TokenFile, &c.Slack.Token)
	f.readSecret(folder, &c.Slack.AppTokenFile, &c.Slack.AppToken)
	for i := range c.Webhooks {
		f.readSecret(folder, &c.Webhooks[i].SecretFile, &c.Webhooks[i].Secret)
	}
}

// readSecret fills a secret from the file that a field names, if it does.
func (f *file) readSecret(folder string, field *string, into *Secret) {
	path := *field
	if path == "" || f.broken(field) {
		return
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	text, err := readFile(path, maxSecret)
	secret := strings.TrimSpace(string(text))
	switch {
	case err != nil:
		f.wrong(field, "", "cannot be read: %s", err)
	case secret == "":
		f.wrong(field, "", "is an empty file")
	case !utf8.ValidString(secret) || strings.ContainsFunc(secret, unicode.IsControl):
		f.wrong(field, "", "must hold the secret in one line of text, and nothing else")
	}
	*into = NewSecret(secret)
}

// readFile reads a bounded file. Its error leaves out the path, which the callers
// name or show.
func readFile(path string, limit int64) (_ []byte, err error) {
	defer func() {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
	}()
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("larger than %d bytes", limit)
	}
	return text, nil
}

package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// layers are the folders in the order in which they may know each other: from
// left to right only.
var layers = []string{"cmd", "alerts", "monitor", "scoring"}

// forbidden says why one package may not import another, or "".
func forbidden(from, to string) string {
	fromTop, toTop := top(from), top(to)
	switch {
	case toTop == "configs" && fromTop != "cmd" && fromTop != "configs":
		return "only cmd knows the configuration"
	case fromTop == "configs" && toTop != "configs":
		return "configs is a leaf"
	case toTop == "configs":
		return ""
	case fromTop != toTop && slices.Index(layers, fromTop) > slices.Index(layers, toTop):
		return "imports go from left to right: " + strings.Join(layers, " -> ")
	case strings.HasPrefix(from, to+"/"):
		return "" // a subfolder knows its parent
	case strings.HasPrefix(to, from+"/internal/"):
		return "" // a room knows what it keeps for itself
	case fromTop == toTop && fromTop != "cmd" && from != to:
		return "a subfolder is known to neither its parent nor its siblings"
	case fromTop != "cmd" && fromTop != toTop && to != toTop:
		return "only cmd names subfolders"
	case fromTop == "cmd" && toTop == "cmd" && from != "cmd/tonewatch":
		return "the rooms of cmd do not know each other"
	}
	return ""
}

func top(pkg string) string { return strings.SplitN(pkg, "/", 2)[0] }

func TestForbidden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"cmd/tonewatch", "monitor/store", true},
		{"cmd/tonewatch", "configs", true},
		{"cmd/tonewatch", "cmd/tonewatch/internal/web", true},
		{"cmd/tonewatch/internal/web", "monitor", true},
		{"alerts/slack", "alerts", true},
		{"alerts/slack", "monitor", true},
		{"monitor/store", "scoring", true},
		{"scoring/encoder", "scoring/encoder/internal/kernel", true},
		{"scoring", "scoring/encoder/internal/kernel", false},
		{"monitor", "alerts", false},
		{"monitor", "monitor/store", false},
		{"monitor/fetch", "monitor/extract", false},
		{"alerts", "monitor/store", false},
		{"alerts", "configs", false},
		{"configs", "scoring", false},
		{"cmd/tonewatch/internal/web", "cmd/tonewatch/internal/demo", false},
	} {
		if why := forbidden(c.from, c.to); (why == "") != c.ok {
			t.Errorf("%s -> %s: %q, want allowed = %v", c.from, c.to, why, c.ok)
		}
	}
}

// Every package is read as source: its imports against the rule above, and its
// doc comment.
func TestRooms(t *testing.T) {
	t.Parallel()
	documented := make(map[string]bool)
	var edges int
	for _, file := range goFiles(t) {
		pkg := path.Dir(file)
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		documented[pkg] = documented[pkg] || describes(parsed)
		for _, spec := range parsed.Imports {
			target, _ := strconv.Unquote(spec.Path.Value)
			to, ours := strings.CutPrefix(target, "tonewatch/")
			if !ours {
				continue
			}
			edges++
			if why := forbidden(pkg, to); why != "" {
				t.Errorf("%s imports %s: %s", file, to, why)
			}
		}
	}
	if edges < 10 {
		t.Fatalf("only %d imports among our packages were seen; the test looks in the wrong place", edges)
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("package %s has no doc comment", pkg)
		}
	}
}

func describes(f *ast.File) bool {
	return f.Doc != nil && (strings.HasPrefix(f.Doc.Text(), "Package "+f.Name.Name) || strings.HasPrefix(f.Doc.Text(), "Command "))
}

// goFiles are the sources that are no tests, relative to the root.
func goFiles(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			files = append(files, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestTopLevel(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"cmd", "monitor", "scoring", "alerts", "configs", "testdata", "go.mod", "go.sum", "README.md"}
	ignored := strings.Fields(read(t, ".gitignore"))
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || slices.Contains(allowed, e.Name()) || slices.Contains(ignored, "/"+e.Name()) ||
			slices.ContainsFunc(ignored, func(glob string) bool { ok, _ := path.Match(glob, e.Name()); return ok }) {
			continue
		}
		t.Errorf("%s is at the top level; there is room for: %v", e.Name(), allowed)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

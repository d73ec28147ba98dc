package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// tally counts tests; a subtest counts, as does the test around it.
type tally struct{ passed, failed, skipped int }

func (t *tally) add(u tally) {
	t.passed += u.passed
	t.failed += u.failed
	t.skipped += u.skipped
}

// suite is what one folder's tests did.
type suite struct {
	name    string
	seconds float64
	tally
	broken []string // names and output of what failed or was skipped
}

// event is one line of `go test -json`.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// read folds the events of one `go test -json` into suites. Only the output of
// tests that did not pass is kept.
func read(r io.Reader, packages []string) ([]*suite, error) {
	byName := map[string]*suite{}
	var suites []*suite
	for _, p := range packages {
		name := suiteOf(p)
		if byName[name] == nil {
			byName[name] = &suite{name: name}
			suites = append(suites, byName[name])
		}
	}
	said := map[string]*strings.Builder{} // by package and test
	failed := map[string]int{}            // tests that failed, by package
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<16), 1<<24)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(bytes.TrimSpace(lines.Bytes()), &e); err != nil {
			return nil, fmt.Errorf("go test wrote %q: %w", lines.Text(), err)
		}
		if e.Package == "" {
			e.Package, _, _ = strings.Cut(e.ImportPath, " ") // output of the compiler
		}
		key := e.Package + " " + e.Test
		if e.Output != "" {
			if said[key] == nil {
				said[key] = &strings.Builder{}
			}
			said[key].WriteString(e.Output)
		}
		s := byName[suiteOf(e.Package)]
		if s == nil {
			continue
		}
		s.count(e, said[key], failed)
		if e.Test != "" && (e.Action == "pass" || e.Action == "fail" || e.Action == "skip") {
			delete(said, key)
		}
	}
	return suites, lines.Err()
}

// count takes one event into the tally. A package that failed without a failing
// test did not build, panicked, or ran out of time: that counts as one failure.
func (s *suite) count(e event, said *strings.Builder, failed map[string]int) {
	if e.Test == "" {
		switch e.Action {
		case "fail":
			s.seconds += e.Elapsed
			if failed[e.Package] == 0 {
				s.failed++
				s.keep(e.Package, said)
			}
		case "build-fail":
			s.keep(e.Package+" does not build", said)
		case "pass", "skip": // skip of a package: it has no tests
			s.seconds += e.Elapsed
		}
		return
	}
	switch e.Action {
	case "pass":
		s.passed++
	case "fail":
		s.failed++
		failed[e.Package]++
		s.keep(e.Package+" "+e.Test, said)
	case "skip":
		s.skipped++
		s.keep(e.Package+" "+e.Test+" was skipped", said)
	}
}

func (s *suite) keep(what string, said *strings.Builder) {
	text := "--- " + what
	if said != nil {
		text += "\n" + strings.TrimRight(said.String(), "\n")
	}
	s.broken = append(s.broken, text)
}

func (s *suite) print(w io.Writer) {
	name := s.name
	if name == "." {
		name = "root, layout"
	}
	fmt.Fprintf(w, "%-15s %8.1f %7d %7d %7d\n", name, s.seconds, s.passed, s.failed, s.skipped)
	for _, b := range s.broken {
		fmt.Fprintln(w, b)
	}
}

package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mutant is one way to break the decision code.
type mutant struct {
	Name string // what would be wrong, in a few words
	File string // below the module's root
	Func string // the function that is broken; methods by their name alone
	Old  string // found exactly once in the function
	New  string // stands there instead; empty: the text is taken out
	Line int    // of the list
}

// pack is the folder whose tests are to kill the mutant.
func (m mutant) pack() string { return "./" + filepath.ToSlash(filepath.Dir(m.File)) }

// readList reads mutants, each four lines and an empty one between them:
//
//	NAME
//	FILE FUNC
//	- OLD
//	+ NEW
//
// Lines that begin with # are remarks.
func readList(file string) ([]mutant, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var all []mutant
	var errs []error
	var block []string
	n := 0
	flush := func() {
		if len(block) > 0 {
			m, err := parse(block)
			m.Line = n - len(block)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s:%d: %w", file, m.Line, err))
			}
			all, block = append(all, m), nil
		}
	}
	s := bufio.NewScanner(f)
	for s.Scan() {
		n++
		switch line := s.Text(); {
		case strings.HasPrefix(line, "#"):
		case strings.TrimSpace(line) == "":
			flush()
		default:
			block = append(block, line)
		}
	}
	n++
	flush()
	if err := s.Err(); err != nil { // else the mutants behind it would go untested in silence
		errs = append(errs, fmt.Errorf("%s:%d: %w", file, n, err))
	}
	return all, errors.Join(errs...)
}

func parse(block []string) (mutant, error) {
	if len(block) != 4 || !strings.HasPrefix(block[2], "-") || !strings.HasPrefix(block[3], "+") {
		return mutant{}, errors.New(`write a mutant as four lines: its name, "FILE FUNC", "- OLD", "+ NEW"`)
	}
	where := strings.Fields(block[1])
	if len(where) != 2 {
		return mutant{}, fmt.Errorf("%q names no file and function", block[1])
	}
	m := mutant{Name: block[0], File: where[0], Func: where[1], Old: strings.TrimSpace(block[2][1:]), New: strings.TrimSpace(block[3][1:])}
	if m.Old == "" || m.Old == m.New {
		return mutant{}, errors.New("the mutant changes nothing")
	}
	return m, nil
}

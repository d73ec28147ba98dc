package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// apply returns the source of m's file with m in it.
func (m mutant) apply(root string) ([]byte, error) {
	src, err := os.ReadFile(filepath.Join(root, m.File))
	if err != nil {
		return nil, err
	}
	from, to, err := m.span(src)
	if err != nil {
		return nil, err
	}
	body := string(src[from:to])
	if n := strings.Count(body, m.Old); n != 1 {
		return nil, fmt.Errorf("%q stands %d times in %s, want once; bring the list up to date", m.Old, n, m.Func)
	}
	body = strings.Replace(body, m.Old, m.New, 1)
	return append(append(bytes.Clone(src[:from]), body...), src[to:]...), nil
}

// span is where m's function stands in src.
func (m mutant) span(src []byte) (from, to int, err error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, m.File, src, parser.SkipObjectResolution)
	if err != nil {
		return 0, 0, err
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == m.Func {
			return set.Position(fn.Pos()).Offset, set.Position(fn.End()).Offset, nil
		}
	}
	return 0, 0, fmt.Errorf("%s has no function %s; bring the list up to date", m.File, m.Func)
}

// sound checks, before hours are spent, that every mutant still applies and that
// the tests pass without any: a red test would kill everything.
func sound(ctx context.Context, root string, mutants []mutant) error {
	var errs []error
	packs := map[string]bool{}
	for _, m := range mutants {
		if _, err := m.apply(root); err != nil {
			errs = append(errs, fmt.Errorf("list.txt:%d: %s: %w", m.Line, m.Name, err))
		}
		packs[m.pack()] = true
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for p := range packs {
		if out, err := tests(ctx, root, p, dir, ""); err != nil {
			return fmt.Errorf("the tests of %s fail without a mutant: %w\n%s", p, err, out)
		}
	}
	return nil
}

// passes are the runs a mutant has to survive, the quick and telling one first:
// what a scenario holds should not be left to a random life that must shrink.
var passes = [][]string{
	{"-test.run=^TestScenarios$", "-test.failfast"},
	{"-test.skip=^TestScenarios$", "-test.failfast"},
}

// errBuild says that a mutant is no Go: it proves nothing.
var errBuild = errors.New("does not compile")

// tests builds the tests of a folder, with an overlay if there is one, and runs
// every pass; it returns what the first that fails printed, or nil.
func tests(ctx context.Context, root, pack, dir, overlay string) ([]byte, error) {
	program := filepath.Join(dir, "tests")
	args := []string{"test", "-c", "-o", program}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	build := exec.CommandContext(ctx, "go", append(args, pack)...)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return out, errors.Join(errBuild, ctx.Err())
	}
	quiet := leavesNothing(ctx, program)
	for _, pass := range passes {
		cmd := exec.CommandContext(ctx, program, slices.Concat(quiet, pass)...)
		cmd.Dir = filepath.Join(root, pack)
		if out, err := cmd.CombinedOutput(); err != nil {
			return out, err
		}
	}
	return nil, nil
}

// leavesNothing are the flags with which program writes nothing into its folder.
// Rapid keeps the lives that failed there and begins every later run with them, so
// what killed one mutant would be tried on the next, and on the code as it is. A
// program without rapid does not know the flag.
func leavesNothing(ctx context.Context, program string) []string {
	const flag = "-rapid.nofailfile"
	ask := exec.CommandContext(ctx, program, flag, "-test.list=^$")
	ask.Dir = filepath.Dir(program)
	if ask.Run() != nil {
		return nil
	}
	return []string{flag}
}

// verdict is what became of a mutant.
type verdict struct {
	killed bool
	detail string // the test that killed it, or what went wrong
	took   time.Duration
}

func (v verdict) word() string {
	if v.killed {
		return "killed"
	}
	return "NOT KILLED"
}

var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// test lays the mutant over the build and runs the tests of its folder.
func test(ctx context.Context, root string, m mutant, timeout time.Duration) verdict {
	started := time.Now()
	v, err := lay(ctx, root, m, timeout)
	if err != nil {
		v = verdict{detail: err.Error()}
	}
	v.took = time.Since(started)
	return v
}

func lay(ctx context.Context, root string, m mutant, timeout time.Duration) (verdict, error) {
	src, err := m.apply(root)
	if err != nil {
		return verdict{}, err
	}
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return verdict{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	overlay, err := writeOverlay(dir, root, m.File, src)
	if err != nil {
		return verdict{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := tests(ctx, root, m.pack(), dir, overlay)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return verdict{killed: true, detail: "its tests never end"}, nil
	case ctx.Err() != nil:
		return verdict{}, ctx.Err()
	case err == nil:
		return verdict{detail: fmt.Sprintf("list.txt:%d: %s: %q for %q", m.Line, m.File, m.New, m.Old)}, nil
	case errors.Is(err, errBuild):
		return verdict{}, fmt.Errorf("list.txt:%d: %w:\n%s", m.Line, err, out)
	}
	return verdict{killed: true, detail: "by " + killer(out)}, nil
}

// killer names the innermost test that failed first.
func killer(out []byte) string {
	names := failed.FindAllSubmatch(out, -1)
	switch {
	case len(names) == 0 && bytes.Contains(out, []byte("panic:")):
		return "a panic"
	case len(names) == 0:
		return "its tests"
	case len(names) > 1 && bytes.HasPrefix(names[1][1], append(bytes.Clone(names[0][1]), '/')):
		return string(names[1][1])
	}
	return string(names[0][1])
}

// writeOverlay writes the broken source and the file that lays it over the build.
func writeOverlay(dir, root, file string, src []byte) (string, error) {
	broken := filepath.Join(dir, filepath.Base(file))
	if err := os.WriteFile(broken, src, 0o600); err != nil {
		return "", err
	}
	whole, err := filepath.Abs(filepath.Join(root, file))
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {whole: broken}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, b, 0o600)
}

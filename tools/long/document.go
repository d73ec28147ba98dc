package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

const preamble = `# What the long tests showed

Written by ` + "`go -C tools run ./long -write ../docs/long.md`" + `, which is ` + "`make long`" + `; do not edit. Each row is what its
part showed when it last ran, with the commit that ran; ` + "`-only NAME`" + ` runs one again and leaves the others.
Figures are those that the tests counted or measured, in their words.

| part | what it shows | commit | when (UTC) | minutes | outcome | figures |
|---|---|---|---|---|---|---|
`

// write puts results into the rows of file, and leaves what it says of other parts.
func write(file string, results []result) error {
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(file, []byte(document(string(before), results)), 0o644)
}

// document is the text of before with the rows of results in it: each part of the list
// that ever ran has a row, in the order of the list.
func document(before string, results []result) string {
	rows := map[string]string{} // by part
	for line := range strings.Lines(before) {
		if cells := strings.SplitN(line, " | ", 2); len(cells) == 2 && strings.HasPrefix(line, "| ") {
			rows[strings.TrimPrefix(cells[0], "| ")] = line
		}
	}
	for _, r := range results {
		rows[r.name] = r.row()
	}
	var b strings.Builder
	b.WriteString(preamble)
	for _, p := range parts {
		b.WriteString(rows[p.name])
	}
	return b.String()
}

// row is r as a line of Markdown.
func (r result) row() string {
	outcome := "passed"
	if r.err != nil {
		outcome = "**failed**"
	}
	plain := strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;")
	var figures []string
	for _, f := range r.figures {
		figures = append(figures, plain.Replace(f))
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %.1f | %s | %s |\n", r.name, r.shows, r.commit, r.at.UTC().Format("2006-01-02 15:04"),
		r.took.Minutes(), outcome, strings.Join(figures, "<br>"))
}

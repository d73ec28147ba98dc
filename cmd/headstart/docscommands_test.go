package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// documentedLine is a command of ours as a page has it.
type documentedLine struct {
	where string
	words []string // without "headstart"
	whole bool     // of a block, to be typed as it stands; else named in a sentence
}

// commandLines are the commands of a page, in blocks and in sentences.
func commandLines(p page) (out []documentedLine) {
	for _, m := range fencedBlock.FindAllStringIndex(p.text, -1) {
		block := strings.ReplaceAll(p.text[m[0]:m[1]], "\\\n", "  ")
		for line := range strings.Lines(block) {
			if words := ofOurs(strings.TrimPrefix(strings.TrimSpace(line), "$ ")); words != nil {
				out = append(out, documentedLine{p.at(m[0]), words, true})
			}
		}
	}
	prose := p.prose()
	for _, m := range regexp.MustCompile(`(?m)^    headstart .*$`).FindAllStringIndex(prose, -1) {
		out = append(out, documentedLine{p.at(m[0]), ofOurs(strings.TrimSpace(prose[m[0]:m[1]])), true})
	}
	for _, m := range span.FindAllStringSubmatchIndex(prose, -1) {
		if words := ofOurs(prose[m[2]:m[3]]); words != nil {
			out = append(out, documentedLine{p.at(m[0]), words, false})
		}
	}
	return out
}

// ofOurs are the words of a line that calls this program, up to a comment or what the
// shell does with it; nil: it calls something else.
func ofOurs(line string) []string {
	line = strings.TrimPrefix(line, "bin/")
	if !strings.HasPrefix(line, "headstart ") {
		return nil
	}
	words := []string{}
	for _, m := range regexp.MustCompile(`"([^"]*)"|'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1)[1:] {
		switch {
		case strings.HasPrefix(m[3], "#"), m[3] == ">", m[3] == "<", m[3] == "|", m[3] == "&&", m[3] == "&":
			return words
		case m[3] == "…":
		default:
			words = append(words, m[1]+m[2]+m[3])
		}
	}
	return words
}

// find is the command that words call, with what is left for it; a word or a flag it does
// not know is an error.
func find(words []string) (*cobra.Command, []string, error) {
	cmd, rest, err := (&program{}).root().Find(words)
	if err != nil {
		return nil, nil, err
	}
	cmd.InitDefaultHelpFlag()
	if err := cmd.ParseFlags(rest); err != nil && !strings.HasPrefix(err.Error(), "flag needs an argument") {
		return nil, nil, err
	}
	args := cmd.Flags().Args()
	if cmd.HasSubCommands() && !strings.Contains(cmd.Use, " ") && len(args) > 0 {
		return nil, nil, fmt.Errorf("%s has no command %q", cmd.CommandPath(), args[0])
	}
	for n := range args { // a choice, a|b|c, stands for each
		args[n], _, _ = strings.Cut(args[n], "|")
	}
	return cmd, args, nil
}

// TestDocumentedCommandsExist has every command of the documents read by the real tree of
// commands: its words, its flags, and, where it is to be typed as it stands, its
// arguments.
func TestDocumentedCommandsExist(t *testing.T) {
	t.Parallel()
	found := map[bool]int{}
	for _, p := range documents(t) {
		if p.path == "CHANGELOG.md" {
			continue // tells of what was
		}
		for _, line := range commandLines(p) {
			found[line.whole]++
			cmd, args, err := find(line.words)
			if err == nil && (line.whole || len(args) > 0) {
				err = errors.Join(cmd.ValidateArgs(args), cmd.ValidateRequiredFlags())
			}
			if err != nil {
				t.Errorf("%s: headstart %s: %v", line.where, strings.Join(line.words, " "), err)
			}
		}
	}
	if found[true] < 40 || found[false] < 80 {
		t.Errorf("%d commands in blocks and %d in sentences found; do the patterns still fit?", found[true], found[false])
	}
}

// TestShortCommandsExist: what a sentence calls `store forget` or `--only` exists too.
func TestShortCommandsExist(t *testing.T) {
	t.Parallel()
	var all []*cobra.Command
	groups := map[string]*cobra.Command{}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.InitDefaultHelpFlag()
		all = append(all, cmd)
		if cmd.HasSubCommands() {
			groups[cmd.Name()] = cmd
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk((&program{}).root())
	someHas := func(flag string) bool {
		return slices.ContainsFunc(all, func(c *cobra.Command) bool {
			return c.Flags().Lookup(flag) != nil || c.PersistentFlags().Lookup(flag) != nil
		})
	}
	for _, p := range documents(t) {
		prose := p.prose()
		for _, m := range span.FindAllStringSubmatchIndex(prose, -1) {
			said := prose[m[2]:m[3]]
			words := strings.Fields(said)
			if len(words) == 0 || slices.Contains(ofOthers, said) {
				continue
			}
			if flag, ok := strings.CutPrefix(words[0], "--"); ok && flag != "" {
				if flag, _, _ = strings.Cut(flag, "="); !someHas(flag) {
					t.Errorf("%s: no command has the flag --%s", p.at(m[0]), flag)
				}
			}
			group := groups[words[0]]
			if group == nil || len(words) == 1 || !regexp.MustCompile(`^[a-z][a-z-]+$`).MatchString(words[1]) {
				continue
			}
			if !slices.ContainsFunc(group.Commands(), func(c *cobra.Command) bool { return c.Name() == words[1] }) {
				t.Errorf("%s: %s has no command %q", p.at(m[0]), group.CommandPath(), words[1])
			}
		}
	}
}

// ofOthers is what sentences name of amtool.
var ofOthers = []string{"--alertmanager.url", "--http.config.file", "config routes"}

package main

import (
	"strings"
	"testing"
)

// start is docs/start.md by its second-level headings, in lower case.
func startDocs(t *testing.T) map[string]string {
	t.Helper()
	parts := map[string]string{}
	for n, part := range strings.Split("\n"+readAll(t, "../../docs/start.md"), "\n## ") {
		if n == 0 {
			continue
		}
		title, text, _ := strings.Cut(part, "\n")
		parts[strings.ToLower(title)] = text
	}
	return parts
}

// blocks are the fenced blocks of a language in a text.
func blocks(text, language string) (out []string) {
	for rest := text; ; {
		_, after, ok := strings.Cut(rest, "```"+language+"\n")
		if !ok {
			return out
		}
		block, more, _ := strings.Cut(after, "```")
		out, rest = append(out, block), more
	}
}

// documentedCommands are the commands of a part of docs/start.md, one a line, without
// what stands behind a #.
func documentedCommands(t *testing.T, part string) (commands []string) {
	t.Helper()
	for title, text := range startDocs(t) {
		if !strings.Contains(title, part) {
			continue
		}
		for _, block := range blocks(text, "sh") {
			for line := range strings.Lines(block) {
				line, _, _ = strings.Cut(line, " #")
				if line = strings.TrimSpace(line); line != "" {
					commands = append(commands, line)
				}
			}
		}
	}
	if len(commands) == 0 {
		t.Fatalf("docs/start.md has no commands about %q", part)
	}
	return commands
}

// documented is the block of YAML of docs/start.md that begins with the comment "# name".
func documented(t *testing.T, name string) string {
	t.Helper()
	for _, text := range startDocs(t) {
		for _, block := range blocks(text, "yaml") {
			if rest, ok := strings.CutPrefix(block, "# "+name+"\n"); ok {
				return rest
			}
		}
	}
	t.Fatalf("docs/start.md has no block of %s", name)
	return ""
}

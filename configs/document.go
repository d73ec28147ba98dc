package configs

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Mistake is one thing wrong with the configuration. Text names the key and,
// after a semicolon, the remedy.
type Mistake struct {
	File string // or the variable or flag the value came from
	Line int    // from 1; 0: File has no lines
	Text string

	at    *yaml.Node // the key or list member it is about; nil: none
	meant string     // the key that an unknown one was probably meant to be
}

// String renders m as FILE:LINE: message; remedy.
func (m Mistake) String() string {
	if m.Line == 0 {
		return m.File + ": " + m.Text
	}
	return m.File + ":" + strconv.Itoa(m.Line) + ": " + m.Text
}

// Mistakes are all that is wrong, in the order of the files and their lines.
type Mistakes []Mistake

// Error renders one mistake a line.
func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

// with adds more, except what is said already and the shadows of ms: a value that
// could not be read was taken out, and what is said of its key afterwards follows
// from that. It goes by key, not by line: one line may hold many, {a: 1, b: 2}.
func (ms Mistakes) with(more Mistakes) Mistakes {
	said, texts := map[*yaml.Node]Mistake{}, map[string]bool{}
	for _, m := range ms {
		if m.at != nil {
			said[m.at] = m
		}
		texts[m.String()] = true
	}
	for _, m := range more {
		if _, shadow := said[m.at]; !shadow && !texts[m.String()] && !m.follows(said) {
			ms = append(ms, m)
		}
		texts[m.String()] = true
	}
	return ms
}

// follows reports whether m, said of a whole mapping, speaks of one of its keys that
// a mistake was said of: "nothing to check; set target", after the target was no text
// or was written "tagret".
func (m Mistake) follows(said map[*yaml.Node]Mistake) bool {
	if m.at == nil || m.at.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(m.at.Content); i += 2 {
		k := m.at.Content[i]
		if cause, ok := said[k]; ok && (strings.Contains(m.Text, k.Value) || cause.meant != "" && strings.Contains(m.Text, cause.meant)) {
			return true
		}
	}
	return false
}

// sorted puts the mistakes of one file together, by line, and drops repeats.
func (ms Mistakes) sorted() Mistakes {
	first := map[string]int{}
	for i, m := range ms {
		if _, ok := first[m.File]; !ok {
			first[m.File] = i
		}
	}
	slices.SortStableFunc(ms, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(first[a.File], first[b.File]), cmp.Compare(a.Line, b.Line))
	})
	return slices.CompactFunc(ms, func(a, b Mistake) bool { return a.String() == b.String() })
}

// document is one YAML file as a tree, so that every mistake found later can
// still say on which line it is.
type document struct {
	file string // as the user named it
	root *yaml.Node

	// from says where values came from that no line of the file holds: an
	// environment variable or a flag.
	from map[*yaml.Node]string

	keys map[*yaml.Node]*yaml.Node // of each value; made at the first mistake
}

// maxDocument bounds a configuration file. A catalog of 100,000 devices fits.
const maxDocument = 64 << 20

// readDocument reads one file. An error of the file system is returned as
// such, broken YAML as a Mistakes.
func readDocument(file string) (*document, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxDocument {
		return nil, Mistakes{{File: file, Text: "is larger than 64 MiB; split it over several files of catalog"}}
	}
	return parseDocument(file, data)
}

// parseDocument reads the one YAML document of data; empty data is an empty mapping.
func parseDocument(file string, data []byte) (*document, error) {
	d := &document{file: file, root: &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1}, from: map[*yaml.Node]string{}}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	var n yaml.Node
	switch err := dec.Decode(&n); {
	case errors.Is(err, io.EOF):
		return d, nil
	case err != nil:
		line, text := splitLine(err.Error())
		return nil, Mistakes{{File: file, Line: max(line, 1), Text: text + "; this is not YAML: check the indentation and the quotes of this line"}}
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, Mistakes{{File: file, Line: max(more.Line, 1), Text: "a second document starts here; keep one document in a file"}}
	}
	if len(n.Content) > 0 && n.Content[0].Tag != "!!null" {
		d.root = n.Content[0]
	}
	return d, nil
}

// splitLine takes "yaml: line 3: text" apart.
func splitLine(s string) (int, string) {
	s = strings.TrimPrefix(s, "yaml: ")
	rest, ok := strings.CutPrefix(s, "line ")
	if !ok {
		return 0, s
	}
	number, text, ok := strings.Cut(rest, ": ")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		return 0, s
	}
	return n, text
}

// mistake reports text at node. A text without a remedy gets the general one.
func (d *document) mistake(node *yaml.Node, format string, args ...any) Mistake {
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " ")
	if !strings.Contains(text, "; ") {
		text += "; correct it, `headstart config show --example` shows how"
	}
	if origin := d.from[node]; origin != "" {
		return Mistake{File: origin, Text: text, at: d.keyOf(node)}
	}
	return Mistake{File: d.file, Line: max(node.Line, 1), Text: text, at: d.keyOf(node)}
}

// keyOf returns the key that n is the value of, else n itself.
func (d *document) keyOf(n *yaml.Node) *yaml.Node {
	if d.keys == nil {
		d.keys = map[*yaml.Node]*yaml.Node{}
		d.note(d.root)
	}
	return cmp.Or(d.keys[n], n)
}

func (d *document) note(n *yaml.Node) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 {
			d.keys[c] = n.Content[i-1]
		}
		d.note(c)
	}
}

// field returns the key and value node of a mapping's key, or nil.
func field(n *yaml.Node, key string) (k, v *yaml.Node) {
	if n = dealias(n); n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

func dealias(n *yaml.Node) *yaml.Node {
	for range 10 { // an alias of an alias of ... is not worth following further
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

// locate finds the node a message of a part is about. Parts know no lines: they
// name keys and list members ("core-ping: interval is 0s; ..."). The words
// before the remedy are followed down the tree as far as they lead.
func (d *document) locate(message string) *yaml.Node {
	about, _, _ := strings.Cut(message, "; ")
	words := strings.FieldsFunc(about, func(r rune) bool { return strings.ContainsRune(" .:,[]\"'`(){}=", r) })
	at, within := d.root, d.root
	for _, w := range words[:min(len(words), 12)] {
		k, v := step(within, w)
		if v == nil && within == d.root {
			k, v = step(within, w+"s") // "probe core-ping: ..." stands in the list probes
		}
		if v != nil {
			at, within = k, v
			if d.from[v] != "" {
				at = v
			}
		}
	}
	return at
}

// step goes from a mapping to its key word, or from a list to the member that
// word numbers or names.
func step(n *yaml.Node, word string) (at, within *yaml.Node) {
	n = dealias(n)
	if n == nil {
		return nil, nil
	}
	if n.Kind == yaml.MappingNode {
		return field(n, word)
	}
	if n.Kind != yaml.SequenceNode {
		return nil, nil
	}
	for _, item := range n.Content {
		for _, key := range []string{"name", "id"} {
			if _, v := field(item, key); v != nil && v.Value == word {
				return item, item
			}
		}
	}
	if i, err := strconv.Atoi(word); err == nil && i >= 0 && i < len(n.Content) {
		return n.Content[i], n.Content[i]
	}
	return nil, nil
}

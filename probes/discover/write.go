package discover

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"headstart"
)

// Catalog renders what is proposed as a catalog file: about stands above it, one
// comment a line.
func (p *Proposal) Catalog(about []string) ([]byte, error) {
	root := mapping()
	root.HeadComment = comment(about)
	list(root, "locations", p.Locations, "", func(l Location) *yaml.Node { return noted(locationNode(&l), l.Said) })
	list(root, "services", p.Services, "What people use. Say in depends_on what each needs.", func(s headstart.Service) *yaml.Node { return serviceNode(&s) })
	list(root, "devices", p.Devices, "", func(d Device) *yaml.Node { return noted(deviceNode(&d.Device), d.Said) })
	out := []byte(comment(append(about, "Nothing is new.")) + "\n")
	if len(root.Content) > 0 {
		var err error
		if out, err = render(root); err != nil {
			return nil, err
		}
	}
	return append(out, p.remarks()...), nil
}

// Settings renders the probes as a headstart.yml of their own that names the catalogs
// given, so that it can be checked and run as it stands. Modules the probes ask by are
// in a file of their own beside it.
func (p *Proposal) Settings(about, catalogs []string) ([]byte, error) {
	root := mapping()
	root.HeadComment = comment(about)
	files := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, c := range catalogs {
		files.Content = append(files.Content, text(c))
	}
	put(root, "catalog", files)
	if len(p.Modules) > 0 {
		put(root, "blackbox", text(ModulesFile))
	}
	list(root, "probes", p.Probes, "", func(q Probe) *yaml.Node { return noted(q.node(), q.Said) })
	return render(root)
}

// remarks are what the catalog cannot hold: what was seen and is not proposed, what
// changed, what is gone. They are comments, so that the file loads as it is.
func (p *Proposal) remarks() []byte {
	var b bytes.Buffer
	section := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		fmt.Fprintf(&b, "\n# %s\n", title)
		for _, l := range lines {
			fmt.Fprintf(&b, "# - %s\n", plainLine(l))
		}
	}
	section("Changed: the catalog says otherwise. Nothing of it was altered.", p.Changed)
	section("Gone: in the catalog, asked, and silent. Switched off for the night is not gone.", p.Vanished)
	var unsure []string
	for i := range p.Unsure {
		d := &p.Unsure[i]
		node := deviceNode(&d.Device)
		out, err := render(&yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{node}})
		if err != nil {
			continue // never: a node of ours
		}
		line := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(out)), "["), "]")
		unsure = append(unsure, line+"  # "+sentence(d.Said))
	}
	section("Seen and not proposed. What belongs in the catalog: take the line over, without its mark, to devices.", unsure)
	return b.Bytes()
}

// plainLine keeps a comment on one line, of any length.
func plainLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }), " ")
}

func render(root *yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, fmt.Errorf("write what was found: %w", err)
	}
	return b.Bytes(), nil
}

func locationNode(l *Location) *yaml.Node {
	n := flow()
	put(n, "id", text(l.ID))
	names(n, l.Name)
	texts(n, "aliases", l.Aliases)
	some(n, "parent", l.Parent)
	texts(n, "networks", l.Networks)
	return n
}

func serviceNode(s *headstart.Service) *yaml.Node {
	n := flow()
	put(n, "id", text(s.ID))
	names(n, s.Name)
	some(n, "kind", string(s.Kind))
	dependsOn(n, s.DependsOn)
	return n
}

func deviceNode(d *headstart.Device) *yaml.Node {
	n := flow()
	put(n, "id", text(d.ID))
	some(n, "kind", d.Kind)
	names(n, d.Name)
	some(n, "location", d.Location)
	if d.Floor != nil {
		put(n, "floor", number(*d.Floor))
	}
	some(n, "address", d.Address)
	texts(n, "services", d.Services)
	dependsOn(n, d.DependsOn)
	texts(n, "aliases", d.Aliases)
	if d.People > 0 {
		put(n, "people", number(d.People))
	}
	some(n, "expires", d.Expires)
	return n
}

func dependsOn(n *yaml.Node, groups headstart.Dependencies) {
	if len(groups) == 0 {
		return
	}
	on := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, group := range groups {
		if len(group) == 1 {
			on.Content = append(on.Content, text(group[0]))
			continue
		}
		on.Content = append(on.Content, sequence(group))
	}
	put(n, "depends_on", on)
}

func (p *Probe) node() *yaml.Node {
	n := flow()
	put(n, "name", text(p.Name))
	put(n, "kind", text(p.Kind))
	some(n, "module", p.Module)
	some(n, "target", p.Target)
	some(n, "asset", p.Asset)
	if p.OfKind != "" {
		of := flow()
		put(of, "kind", text(p.OfKind))
		put(n, "assets", of)
	}
	some(n, "query", p.Query)
	if p.Port != 0 {
		put(n, "port", number(p.Port))
	}
	if p.Protocol != "" {
		put(n, "protocol", sequence([]string{p.Protocol}))
	}
	some(n, "community_file", p.CommunityFile)
	if p.OID != "" {
		one := flow()
		put(one, "name", text(p.Name))
		put(one, "oid", text(p.OID))
		put(n, "oids", &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{one}})
	}
	some(n, "interval", p.Interval)
	some(n, "timeout", p.Timeout)
	if p.Fails != 0 {
		put(n, "fails", number(p.Fails))
	}
	if p.Successes != 0 {
		put(n, "successes", number(p.Successes))
	}
	return n
}

// list adds a list, if there is anything in it.
func list[T any](root *yaml.Node, key string, members []T, said string, node func(T) *yaml.Node) {
	if len(members) == 0 {
		return
	}
	seq := &yaml.Node{Kind: yaml.SequenceNode}
	for _, m := range members {
		seq.Content = append(seq.Content, node(m))
	}
	put(root, key, seq)
	if said != "" {
		root.Content[len(root.Content)-2].HeadComment = comment([]string{said})
	}
}

// noted puts what is to be said of a member above it.
func noted(n *yaml.Node, said []string) *yaml.Node {
	if len(said) > 0 {
		n.HeadComment = comment([]string{sentence(said)})
	}
	return n
}

// sentence joins what is to be said of one thing; what ends in a colon announces the
// rest.
func sentence(said []string) string {
	line := said[0]
	for _, s := range said[1:] {
		if !strings.HasSuffix(line, ":") {
			line += ";"
		}
		line += " " + s
	}
	return strings.TrimSuffix(line, ":")
}

func comment(lines []string) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight("# "+plainLine(l), " ")
	}
	return strings.Join(out, "\n")
}

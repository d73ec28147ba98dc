package configs

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"headstart"
)

// catalog is a merged catalog that still knows where everything stands.
type catalog struct {
	headstart.Catalog
	at       map[string]entry // by list and number: "devices/3"
	mistakes Mistakes
}

// entry is where one member of a list was read.
type entry struct {
	d    *document
	node *yaml.Node
}

// loadCatalog reads and merges files, then checks the whole. settings is the
// document that names them; a missing file is a mistake if it does so itself.
// There is no catalog if one of them was not read: references into it would all
// look wrong.
func loadCatalog(settings *document, files []string, named bool) (*headstart.Catalog, Mistakes) {
	c := &catalog{at: map[string]entry{}}
	unread := false
	for _, file := range files {
		err := c.read(file)
		switch {
		case err == nil:
		case errors.Is(err, os.ErrNotExist) && !named:
		default:
			unread = true
			if ms := (Mistakes{}); errors.As(err, &ms) {
				c.mistakes = append(c.mistakes, ms...)
				continue
			}
			c.mistakes = append(c.mistakes, settings.mistake(settings.locate("catalog"), "catalog: %v; create the file or correct its name", err))
		}
	}
	if unread {
		return nil, c.mistakes
	}
	read := c.mistakes
	c.mistakes = nil
	c.check()
	c.mistakes = read.with(c.mistakes)
	c.fill()
	found := c.Catalog // by itself: c holds the text of all files, for as long as the service runs
	return &found, c.mistakes
}

// read adds one file: CSV by its ending, else YAML.
func (c *catalog) read(file string) error {
	if strings.EqualFold(filepath.Ext(file), ".csv") {
		return c.readCSV(file)
	}
	d, err := readDocument(file)
	if err != nil {
		return err
	}
	return c.add(d)
}

// add merges one catalog document.
func (c *catalog) add(d *document) error {
	ms := strict(d, reflect.TypeFor[headstart.Catalog]())
	var more headstart.Catalog
	switch err := d.root.Decode(&more); {
	case err != nil && len(ms) > 0: // strict knows the reason
		return ms
	case err != nil:
		return Mistakes{d.mistake(d.root, "%v; correct the value", err)}
	}
	c.mistakes = append(c.mistakes, ms...)
	for _, once := range []struct {
		key       string
		have, say *string
	}{{"organisation", &c.Organisation, &more.Organisation}, {"timezone", &c.Timezone, &more.Timezone}} {
		if *once.have != "" && *once.say != "" && *once.have != *once.say {
			k, _ := field(d.root, once.key)
			c.mistakes = append(c.mistakes, d.mistake(k, "%s is %q, another file says %q; keep it in one of the two", once.key, *once.say, *once.have))
		}
		if *once.say != "" {
			*once.have = *once.say
		}
	}
	c.place(d, "locations", len(c.Locations))
	c.place(d, "departments", len(c.Departments))
	c.place(d, "services", len(c.Services))
	c.place(d, "devices", len(c.Devices))
	c.place(d, "parts", len(c.Parts))
	c.place(d, "known_errors", len(c.KnownErrors))
	c.Locations = append(c.Locations, more.Locations...)
	c.Departments = append(c.Departments, more.Departments...)
	c.Services = append(c.Services, more.Services...)
	c.Devices = append(c.Devices, more.Devices...)
	c.Parts = append(c.Parts, more.Parts...)
	c.KnownErrors = append(c.KnownErrors, more.KnownErrors...)
	return nil
}

// place remembers where the members of list stand; from is the number of the first.
func (c *catalog) place(d *document, list string, from int) {
	_, v := field(d.root, list)
	if v = dealias(v); v == nil {
		return
	}
	for i, n := range v.Content {
		c.at[placeKey(list, from+i)] = entry{d, dealias(n)}
	}
}

func placeKey(list string, i int) string { return fmt.Sprintf("%s/%d", list, i) }

// say reports a mistake at key of member i of list.
func (c *catalog) say(list string, i int, key, format string, args ...any) {
	e := c.at[placeKey(list, i)]
	node := e.node
	if k, _ := field(node, key); k != nil {
		node = k
	}
	c.mistakes = append(c.mistakes, e.d.mistake(node, format, args...))
}

// fill puts in what may be left out: a name is the id, a kind is guessed.
func (c *catalog) fill() {
	named := func(n *headstart.Names, id string) {
		if len(*n) == 0 {
			*n = headstart.Names{"": id}
		}
	}
	for i := range c.Locations {
		named(&c.Locations[i].Name, c.Locations[i].ID)
	}
	for i := range c.Departments {
		named(&c.Departments[i].Name, c.Departments[i].ID)
	}
	for i := range c.Services {
		s := &c.Services[i]
		named(&s.Name, s.ID)
		if s.Kind == "" {
			s.Kind = guessKind(s)
		}
		if s.Criticality == "" {
			s.Criticality = headstart.Normal
		}
	}
	for i := range c.Devices {
		named(&c.Devices[i].Name, c.Devices[i].ID)
	}
}

// sortedMap ranges over m in the order of its keys.
func sortedMap[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// oneOf is the remedy for a name that is none of list.
func oneOf(name string, list []string) string {
	switch near := nearest(name, list); {
	case near != "":
		return "did you mean " + quote(near) + "?"
	case len(list) == 0:
		return "the catalog has none yet: add it, or remove this"
	case len(list) > 8:
		return "add it, or name one of " + strings.Join(list[:8], ", ") + ", …"
	default:
		return "add it, or name one of " + strings.Join(list, ", ")
	}
}

func serviceIDs(c *headstart.Catalog) []string {
	ids := make([]string, len(c.Services))
	for i := range c.Services {
		ids[i] = c.Services[i].ID
	}
	return ids
}

func locationIDs(c *headstart.Catalog) []string {
	ids := make([]string, len(c.Locations))
	for i := range c.Locations {
		ids[i] = c.Locations[i].ID
	}
	return ids
}

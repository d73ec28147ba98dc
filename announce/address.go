package announce

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"

	"headstart"
)

// Addresses are the ways our Dutch speaks to a reader: announce.address.
var Addresses = []string{"u", "je"}

//go:embed templates-je.yaml
var templatesJeYAML []byte

// templatesJe are the templates with the Dutch of templates-je.yaml, made once.
var templatesJe = sync.OnceValue(func() *book {
	b := templates().clone()
	if err := b.speakJe(templatesJeYAML); err != nil {
		panic("announce: templates-je.yaml: " + err.Error()) // a programmer's error
	}
	return b
})

// shipped returns our templates for an address; one nobody knows is u.
func shipped(address string) *book {
	if address == "je" {
		return templatesJe()
	}
	return templates()
}

// dutch is the Dutch half of a book.
type dutch struct {
	Labels map[string]string
	Phases map[headstart.Phase]phaseText
	Kinds  map[headstart.ServiceKind]kindText
	Phone  phoneText
	Digest digestText
}

// speakJe replaces the Dutch half of b, all of it.
func (b *book) speakJe(raw []byte) error {
	var d dutch
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&d); err != nil {
		return err
	}
	for name, p := range b.Phases {
		je, has := d.Phases[name]
		if !has {
			return fmt.Errorf("phase %s is missing", name)
		}
		p.NL = je
		b.Phases[name] = p
	}
	for name, k := range b.Kinds {
		je, has := d.Kinds[name]
		if !has {
			return fmt.Errorf("kind %s is missing", name)
		}
		k.NL = je
		b.Kinds[name] = k
	}
	b.Address, b.Labels["nl"], b.Phone.NL, b.Digest.NL = "je", d.Labels, d.Phone, d.Digest
	return b.check()
}

// clone returns a copy of b whose words can be replaced; variables, forms and
// gate, which nobody replaces, are shared.
func (b *book) clone() *book {
	c := *b
	c.Labels = map[string]map[string]string{}
	for lang, labels := range b.Labels {
		c.Labels[lang] = maps.Clone(labels)
	}
	c.Phases = maps.Clone(b.Phases)
	for name, p := range c.Phases {
		p.NL.Body, p.EN.Body = slices.Clone(p.NL.Body), slices.Clone(p.EN.Body)
		c.Phases[name] = p
	}
	c.Kinds = maps.Clone(b.Kinds)
	for name, k := range c.Kinds {
		for _, t := range []*kindText{&k.NL, &k.EN} {
			t.Title, t.Notice = maps.Clone(t.Title), maps.Clone(t.Notice)
		}
		c.Kinds[name] = k
	}
	return &c
}

package announce

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"headstart"
)

// needles are the internal names of a catalog: ids, addresses and machine-like
// aliases of devices, unless they are what users call the thing.
type needles map[string]bool

// newNeedles takes every device of cat. Two kinds of name are let through: the
// public ones (a printer that bears its id on a sticker), and words our own
// texts use: a device called "mail" must not stop every message about mail.
func newNeedles(b *book, cat *headstart.Catalog) needles {
	n := needles{}
	if cat == nil {
		return n
	}
	public := publicNames(cat)
	for i := range cat.Devices {
		d := &cat.Devices[i]
		n.add(d.ID)
		n.add(d.Address)
		if host, _, ok := strings.Cut(d.Address, "."); ok && machineLike(d.Address) && strings.ContainsFunc(host, unicode.IsLetter) {
			n.add(host)
		}
		for _, a := range d.Aliases {
			if machineLike(a) { // "printer bij de trap" is what people say
				n.add(a)
			}
		}
	}
	for name := range public {
		delete(n, name)
	}
	for _, word := range strings.FieldsFunc(b.ownWords(), notName) {
		delete(n, strings.Trim(word, ".:-"))
	}
	return n
}

// newPeople are who cat says looks after its services, where that is the name of a
// person or a group: two words, or a login name. A plain word such as "Netwerk" is
// one that users write too.
func newPeople(b *book, cat *headstart.Catalog) []blocked {
	if cat == nil {
		return nil
	}
	public, ours := publicNames(cat), b.ownWords()
	var out []blocked
	for _, s := range cat.Services {
		name := strings.ToLower(clean(s.SupportGroup))
		if (!strings.Contains(name, " ") && !machineLike(name)) || name == "" || public[name] || strings.Contains(ours, name) {
			continue
		}
		out = append(out, blocked{word: name, find: name})
	}
	slices.SortFunc(out, func(a, b blocked) int { return strings.Compare(a.find, b.find) })
	return slices.CompactFunc(out, func(a, b blocked) bool { return a.find == b.find })
}

func (n needles) add(name string) {
	if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
		n[name] = true
	}
}

// publicNames are what the organisation calls things for its users, folded.
func publicNames(cat *headstart.Catalog) map[string]bool {
	public := needles{}
	names := func(list ...headstart.Names) {
		for _, ns := range list {
			for _, name := range ns {
				public.add(name)
			}
		}
	}
	for _, l := range cat.Locations {
		names(l.Name)
	}
	for _, d := range cat.Departments {
		names(d.Name)
	}
	for _, s := range cat.Services {
		names(s.Name)
	}
	for _, d := range cat.Devices {
		if d.Kind == "printer" { // only printers bear names people read
			names(d.Name)
		}
	}
	return public
}

// machineLike reports whether a name was made for machines: one word with a
// digit, a dot, a dash or an underscore.
func machineLike(s string) bool {
	return !strings.ContainsFunc(s, unicode.IsSpace) && strings.ContainsAny(s, "0123456789.-_")
}

// in returns the needles that text, in lower case, holds as whole words, sorted.
func (n needles) in(lower string) []string {
	if len(n) == 0 {
		return nil
	}
	found := map[string]bool{}
	for _, word := range strings.FieldsFunc(lower, notName) {
		word = strings.Trim(word, ".:-")
		host, _, _ := strings.Cut(word, ".")
		noPort, _, _ := strings.Cut(word, ":")
		for _, w := range []string{word, host, noPort} {
			if n[w] {
				found[w] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// notName separates words: whatever cannot stand in an id or an address.
func notName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_:", r)
}

// ownWords is what our templates say, in both languages, folded.
func (b *book) ownWords() string {
	var all []string
	add := func(texts ...text) {
		for _, t := range texts {
			all = append(all, t.src)
		}
	}
	for _, p := range b.Phases {
		for _, pt := range []phaseText{p.NL, p.EN} {
			add(pt.Title, pt.Short)
			for _, l := range pt.Body {
				add(l.Text)
			}
		}
	}
	for _, k := range b.Kinds {
		for _, kt := range []kindText{k.NL, k.EN} {
			add(kt.Subject, kt.Still, kt.Doing, kt.Dont, kt.Works, kt.After, kt.MaintTitle, kt.MaintNotice, kt.Prepare)
			add(slices.Collect(maps.Values(kt.Title))...)
			add(slices.Collect(maps.Values(kt.Notice))...)
			all = append(all, kt.Workarounds...)
		}
	}
	return strings.ToLower(strings.Join(all, "\n"))
}

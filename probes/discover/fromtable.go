package discover

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"headstart"
	"headstart/probes/discover/table"
)

// FromTable reads a list of devices. kind is that of every row that names none; empty:
// guessed from the name of the file, if that says. The mistakes are of rows left out.
func FromTable(name string, data []byte, kind string) (records []Record, mistakes []Mistake, err error) {
	t, err := table.Read(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	place := func(line int) string { return fmt.Sprintf("%s:%d", name, line) }
	for _, m := range t.Mistakes {
		mistakes = append(mistakes, Mistake{place(m.Line), m.Text})
	}
	if len(t.Unread) > 0 {
		mistakes = append(mistakes, Mistake{name, fmt.Sprintf("columns %q are not known and were not read; rename them if they matter", t.Unread)})
	}
	if guess, ok := kindOf(name); kind == "" && ok {
		kind = guess
	}
	models := !typesAreKinds(t.Rows)
	for _, row := range t.Rows {
		r, err := fromRow(row.Cells, models)
		if err != nil {
			mistakes = append(mistakes, Mistake{place(row.Line), err.Error()})
			continue
		}
		r.Source, r.Likely, r.Usual = place(row.Line), kind, true
		records = append(records, r)
	}
	return records, mistakes, nil
}

// typesAreKinds reports whether a column "type" holds kinds of device rather than
// what their makers call them.
func typesAreKinds(rows []table.Row) bool {
	kinds, all := 0, 0
	for _, r := range rows {
		t := r.Cells[table.Type]
		if t == "" || r.Cells[table.Kind] != "" {
			continue
		}
		all++
		if _, ok := kindOf(t); ok && !strings.ContainsFunc(t, func(c rune) bool { return '0' <= c && c <= '9' }) {
			kinds++
		}
	}
	return 2*kinds > all
}

// fromRow reads the cells of one row, or says what is wrong with them.
func fromRow(cells map[table.Column]string, models bool) (Record, error) {
	r := Record{ID: cells[table.ID], Name: plain(cells[table.Name])}
	if err := r.reach(cells[table.Address]); err != nil {
		return Record{}, err
	}
	if err := r.reach(cells[table.Host]); err != nil {
		return Record{}, err
	}
	if len(r.Hosts) == 0 && len(r.Addrs) == 0 && r.Name == "" && r.ID == "" {
		return Record{}, fmt.Errorf("has no name and no address; fill one in, or remove the row")
	}
	kind, model := cells[table.Kind], cells[table.Model]
	if models {
		model = strings.TrimSpace(model + " " + cells[table.Type])
	} else {
		kind = cmp.Or(kind, cells[table.Type])
	}
	if kind != "" {
		r.Kind, _ = kindOf(kind)
	}
	r.place(cells)
	var err error
	if r.Floor, err = floor(cells[table.Floor]); err != nil {
		return Record{}, err
	}
	if text := cells[table.People]; text != "" {
		if r.People, err = strconv.Atoi(text); err != nil || r.People < 0 || r.People > 10_000_000 {
			return Record{}, fmt.Errorf("people is %q; write a whole number", text)
		}
	}
	if r.Expires, err = date(cells[table.Expires]); err != nil {
		return Record{}, err
	}
	if serial := cells[table.Serial]; serial != "" {
		r.Keys = []string{"serial " + serial}
	}
	r.Services, r.Aliases = split(cells[table.Services]), split(cells[table.Aliases])
	for _, on := range split(cells[table.DependsOn]) {
		r.DependsOn = append(r.DependsOn, strings.Split(on, "|"))
	}
	r.say("", strings.TrimSpace(cells[table.Maker]+" "+model))
	r.say("room ", cells[table.Room])
	r.say("", cells[table.Note])
	return r, nil
}

func (r *Record) say(before, text string) {
	if text != "" {
		r.Said = add(r.Said, before+text)
	}
}

// place reads where a row's device is. A list with buildings and locations means by a
// location a spot in the building; one with locations only means the building.
func (r *Record) place(cells map[table.Column]string) {
	building, location, site := cells[table.Building], cells[table.Location], cells[table.Site]
	switch {
	case building != "":
		r.Place = Place{Name: plain(building), Site: plain(site)}
		r.say("at ", location)
	case location != "":
		r.Place = Place{Name: plain(location), Site: plain(site)}
	default:
		r.Place = Place{Name: plain(site)}
	}
	if fold(r.Place.Site) == fold(r.Place.Name) {
		r.Place.Site = ""
	}
}

// split takes several values of one cell apart.
func split(cell string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(cell, func(c rune) bool { return c == ';' || c == ',' || c == '/' }) {
		out = add(out, strings.TrimSpace(part))
	}
	return out
}

// reach reads where a device can be reached: an address, a host name, or the host of
// a URL. Ports and the length of the network are left out.
func (r *Record) reach(cell string) error {
	for word := range strings.FieldsFuncSeq(cell, func(c rune) bool { return c == ' ' || c == ';' }) {
		host := headstart.CanonicalHost(strings.TrimSuffix(word, "/"))
		if before, bits, ok := strings.Cut(host, "/"); ok {
			if _, err := strconv.Atoi(bits); err != nil {
				return fmt.Errorf("address is %q; write an IP address or a host name", cell)
			}
			host = before
		}
		a, err := netip.ParseAddr(host)
		switch {
		case err == nil:
			r.Addrs = append(r.Addrs, a.Unmap().WithZone(""))
		case digitsOnly.MatchString(host):
			return fmt.Errorf("address is %q, which a spreadsheet made of an address it took for a number; make the column text and type it again", cell)
		case dotted.MatchString(host):
			return fmt.Errorf("address is %q, which is no IP address; write four numbers from 0 to 255", cell)
		case !hostName.MatchString(host) || len(host) > 253:
			return fmt.Errorf("address is %q; write an IP address such as 10.1.2.4, or a host name", cell)
		default:
			r.Hosts = add(r.Hosts, host)
		}
	}
	return nil
}

var (
	digitsOnly = regexp.MustCompile(`^\d+([.,]\d+)?(e\+?\d+)?$`)
	dotted     = regexp.MustCompile(`^\d+([.,]\d+){1,}$`)
	hostName   = regexp.MustCompile(`^[\pL\p{Nd}_]([\pL\p{Nd}_.-]*[\pL\p{Nd}_])?$`)
	floorIs    = regexp.MustCompile(`^(?:(?:verdieping|etage|floor|level|bouwlaag|v|e)\s*)?(-?\d{1,3})(?:[.,]0)?(?:\s*(?:e|de|ste|st|nd|rd|th)?\s*(?:verdieping|etage|floor|bouwlaag)?)$`)
)

// floor reads a floor as people write it: 2, 2e, verdieping 2, begane grond, kelder.
func floor(cell string) (*int, error) {
	text := fold(cell)
	if strings.HasPrefix(strings.TrimSpace(cell), "-") {
		text = "-" + text
	}
	n := 0
	switch text {
	case "":
		return nil, nil //nolint:nilnil // no floor is no mistake, and 0 is the ground
	case "bg", "begane grond", "begane", "parterre", "ground", "ground floor", "gf", "p":
	case "kelder", "souterrain", "basement":
		n = -1
	default:
		m := floorIs.FindStringSubmatch(text)
		if m == nil {
			return nil, fmt.Errorf("floor is %q; write a whole number, 0 for the ground floor", cell)
		}
		n, _ = strconv.Atoi(m[1]) // three digits
	}
	return &n, nil
}

// date reads a day as Dutch and English lists write it.
func date(cell string) (string, error) {
	if cell == "" {
		return "", nil
	}
	for _, layout := range []string{time.DateOnly, "02-01-2006", "2-1-2006", "02/01/2006", "2/1/2006", "2.1.2006", "2006/01/02", "2-1-2006 15:04", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, cell); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf("expires is %q; write a date as 2027-03-01", cell)
}

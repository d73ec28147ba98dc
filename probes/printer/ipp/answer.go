package ipp

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/OpenPrinting/goipp"
)

// Answer is what a printer said. Texts are as they came, and may hold anything.
type Answer struct {
	Place Place // where it answered

	State    int // printer-state: 3 idle, 4 processing, 5 stopped
	Reasons  []string
	Message  string
	Refuses  bool // it takes no jobs
	Queued   int  // jobs that wait
	Supplies []Supply
	Trays    []Tray
	Alerts   []Alert
}

// Supply is something the printer uses up. Negative levels are those of the Printer
// MIB: -1 unrestricted, -2 unknown, -3 some.
type Supply struct {
	Name       string
	Type       string // toner, wasteToner, opc, ...
	Max, Level int
}

// Tray is a place for paper, in sheets.
type Tray struct {
	Name       string
	Max, Level int
}

// Alert is a row of the printer's alert table.
type Alert struct {
	Code     string // as the Printer MIB names it: jam, coverOpen, ...
	Critical bool
	Text     string
}

// wanted are the attributes asked for.
var wanted = []string{
	"printer-state", "printer-state-reasons", "printer-state-message", "printer-is-accepting-jobs", "queued-job-count",
	"marker-names", "marker-levels", "marker-types", "printer-supply", "printer-supply-description", "printer-input-tray",
	"printer-alert", "printer-alert-description",
}

// request renders Get-Printer-Attributes for the printer at p.
func request(p Place) ([]byte, error) { return render(p, goipp.OpGetPrinterAttributes, wanted) }

// render makes a request for attributes of the printer at p.
func render(p Place, op goipp.Op, attributes []string) ([]byte, error) {
	u, err := url.Parse(p.URL)
	if err != nil {
		return nil, err
	}
	u.Scheme = map[string]string{"http": "ipp", "https": "ipps"}[u.Scheme]
	m := goipp.NewRequest(p.Version, op, 1)
	m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	m.Operation.Add(goipp.MakeAttribute("printer-uri", goipp.TagURI, goipp.String(u.String())))
	var names goipp.Values
	for _, name := range attributes {
		names.Add(goipp.TagKeyword, goipp.String(name))
	}
	m.Operation.Add(goipp.Attribute{Name: "requested-attributes", Values: names})
	return m.EncodeBytes()
}

// mostValues of one attribute are read; a printer has some thirty supplies.
const mostValues = 128

// attributes are those of a printer, by name.
type attributes map[string]goipp.Values

// answer reads the attributes of a printer. What has another type than it should is
// as if it were not there.
func answer(list goipp.Attributes) Answer {
	all := attributes{}
	for _, a := range list {
		if _, twice := all[a.Name]; !twice && slices.Contains(wanted, a.Name) {
			all[a.Name] = a.Values[:min(len(a.Values), mostValues)]
		}
	}
	a := Answer{Reasons: all.texts("printer-state-reasons"), Message: first(all.texts("printer-state-message"))}
	a.State, _ = all.number("printer-state")
	a.Queued, _ = all.number("queued-job-count")
	for _, v := range all["printer-is-accepting-jobs"] {
		takes, ok := v.V.(goipp.Boolean)
		a.Refuses = ok && !bool(takes)
	}
	a.Supplies = all.supplies()
	for _, f := range all.fields("printer-input-tray") {
		a.Trays = append(a.Trays, Tray{Name: f["name"], Max: f.number("maxcapacity"), Level: f.number("level")})
	}
	texts := all.texts("printer-alert-description")
	for i, f := range all.fields("printer-alert") {
		alert := Alert{Code: f["code"], Critical: f["severity"] == "critical"}
		if i < len(texts) {
			alert.Text = texts[i]
		}
		a.Alerts = append(a.Alerts, alert)
	}
	return a
}

// supplies are those of printer-supply, else of the older marker attributes, whose
// levels are percents.
func (all attributes) supplies() []Supply {
	var list []Supply
	names := all.texts("printer-supply-description")
	for i, f := range all.fields("printer-supply") {
		s := Supply{Name: f["colorantname"], Type: f["type"], Max: f.number("maxcapacity"), Level: f.number("level")}
		if i < len(names) {
			s.Name = names[i]
		}
		list = append(list, s)
	}
	if list != nil {
		return list
	}
	names, types := all.texts("marker-names"), all.texts("marker-types")
	for i, v := range all["marker-levels"] {
		level, ok := v.V.(goipp.Integer)
		if !ok || i >= len(names) {
			continue
		}
		s := Supply{Name: names[i], Max: 100, Level: int(level)}
		if i < len(types) {
			s.Type = types[i]
		}
		list = append(list, s)
	}
	return list
}

func (all attributes) number(name string) (int, bool) {
	for _, v := range all[name] {
		if n, ok := v.V.(goipp.Integer); ok {
			return int(n), true
		}
	}
	return 0, false
}

func (all attributes) texts(name string) []string {
	var list []string
	for _, v := range all[name] {
		list = append(list, text(v.V))
	}
	return list
}

func text(v goipp.Value) string {
	switch v := v.(type) {
	case goipp.String:
		return string(v)
	case goipp.TextWithLang:
		return v.Text
	case goipp.Binary: // the library's own String is hexadecimal
		return string(v)
	}
	return ""
}

// fields are KEY=VALUE;KEY=VALUE; as PWG 5100.13 packs rows of the MIB into one
// value.
type fields map[string]string

func (all attributes) fields(name string) []fields {
	var list []fields
	for _, row := range all.texts(name) {
		f := fields{}
		for pair := range strings.SplitSeq(row, ";") {
			key, value, _ := strings.Cut(pair, "=")
			f[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
		}
		list = append(list, f)
	}
	return list
}

// number of a field; -2, unknown, where there is none.
func (f fields) number(key string) int {
	n, err := strconv.ParseInt(f[key], 10, 32)
	if err != nil {
		return -2
	}
	return int(n)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

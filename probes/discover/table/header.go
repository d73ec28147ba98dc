package table

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Column is what the cells below a header are about.
type Column string

// The columns that are read.
const (
	ID        Column = "id"
	Name      Column = "name"
	Address   Column = "address" // IP address, host name or URL
	Host      Column = "host"
	Kind      Column = "kind"
	Type      Column = "type"     // a kind, or the maker's type: the cells tell
	Site      Column = "site"     // holds buildings
	Building  Column = "building" // holds devices
	Location  Column = "location" // a building, or where the list has those too, a spot in one
	Floor     Column = "floor"
	Room      Column = "room"
	Maker     Column = "maker"
	Model     Column = "model"
	Serial    Column = "serial"
	Services  Column = "services"
	DependsOn Column = "depends_on"
	Aliases   Column = "aliases"
	People    Column = "people"
	Expires   Column = "expires"
	Note      Column = "note"
)

// headers are the words people write above a column, in letters and digits alone.
var headers = map[Column][]string{
	ID:        {"id", "assetid", "deviceid", "code"},
	Name:      {"name", "naam", "printer", "printernaam", "printername", "apparaat", "apparaatnaam", "device", "devicename", "asset", "assetnaam", "queue", "wachtrij", "printqueue"},
	Address:   {"address", "adres", "ip", "ipadres", "ipaddress", "ipaddr", "ipv4", "ipv4adres", "ipv6", "netwerkadres", "target", "instance", "url"},
	Host:      {"host", "hostname", "hostnaam", "dns", "dnsnaam", "dnsname", "fqdn", "computernaam", "servernaam"},
	Kind:      {"kind", "soort", "categorie", "category", "apparaattype", "devicetype", "soortapparaat", "rol", "role"},
	Type:      {"type"},
	Site:      {"site", "vestiging", "campus", "terrein", "regio", "plaats", "stad", "city"},
	Building:  {"building", "gebouw", "pand", "gebouwnaam", "buildingname"},
	Location:  {"location", "locatie", "lokatie", "standplaats", "plek"},
	Floor:     {"floor", "verdieping", "etage", "bouwlaag", "level", "vloer"},
	Room:      {"room", "kamer", "ruimte", "lokaal", "kamernummer", "ruimtenummer", "roomnumber", "kamernr", "lokaalnummer"},
	Maker:     {"make", "maker", "merk", "fabrikant", "leverancier", "manufacturer", "vendor", "brand"},
	Model:     {"model", "modelnaam", "typenummer", "modeltype", "merktype", "makeandmodel", "productnaam"},
	Serial:    {"serial", "serienummer", "serialnumber", "serienr", "serialno", "sn"},
	Services:  {"service", "services", "dienst", "diensten"},
	DependsOn: {"dependson", "hangtaf", "hangtafvan", "afhankelijkvan", "afhankelijkheid", "uplink", "switch", "parent", "aangeslotenop"},
	Aliases:   {"alias", "aliases", "aliassen", "ooknaam", "bijnaam", "andernaam", "roepnaam"},
	People:    {"people", "personen", "mensen", "gebruikers", "aantalgebruikers", "aantalpersonen", "users"},
	Expires:   {"expires", "verloopt", "einddatum", "garantietot", "garantie", "warranty", "warrantyuntil", "expirydate", "leasetot"},
	Note:      {"note", "notes", "notitie", "opmerking", "opmerkingen", "omschrijving", "beschrijving", "description", "comment", "comments", "toelichting"},
}

// readHeader finds the line that names the columns: lists often have a title above.
func (r *reader) readHeader() error {
	r.resume(0)
	r.columns = nil
	for range titleRows {
		_, cells, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		columns, unread, identity := recognise(cells)
		if known := len(columns) - len(unread); !identity || known < 2 && len(columns) > 1 {
			continue
		}
		if len(columns) > mostColumns {
			return fmt.Errorf("the list has %d columns, more than %d; remove those nobody needs", len(columns), mostColumns)
		}
		r.columns, r.table.Unread = columns, unread
		return nil
	}
	return errors.New("no line names the columns; put a first line above the list with at least one of name, address, host (or naam, ip-adres, hostnaam)," +
		" and where you have them kind, building, floor, room (soort, gebouw, verdieping, kamer)")
}

// recognise names the columns of a header; identity reports whether one of them
// says which device a row is about. The empty columns at its end are not counted.
func recognise(cells []string) (columns []Column, unread []string, identity bool) {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	columns = make([]Column, len(cells))
	for i, cell := range cells {
		c := columnOf(cell)
		if c == "" || slices.Contains(columns[:i], c) {
			unread = append(unread, cell)
			continue
		}
		columns[i] = c
		identity = identity || c == ID || c == Name || c == Address || c == Host
	}
	return columns, unread, identity
}

// columnOf returns the column a header names, what stands in brackets aside; empty
// if it names none.
func columnOf(header string) Column {
	before, _, _ := strings.Cut(header, "(")
	word := strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) && c < 128 || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, norm.NFD.String(before))
	for c, words := range headers {
		if slices.Contains(words, word) {
			return c
		}
	}
	return ""
}

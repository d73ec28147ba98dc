package ipp

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/OpenPrinting/goipp"
)

// Description is how a printer or a print queue introduces itself. Texts are as they
// came, and may hold anything.
type Description struct {
	Path     string // at which it answers: /ipp/print
	Name     string // printer-dns-sd-name, else printer-name
	Info     string // printer-info: what people are to call it
	Location string // printer-location: where people are to find it
	Model    string // printer-make-and-model
	UUID     string // printer-uuid; empty if it has none
}

// described are the attributes a printer introduces itself with (RFC 8011, section
// 5.4; PWG 5100.13 for the two last).
var described = []string{
	"printer-name", "printer-info", "printer-location", "printer-make-and-model", "printer-uri-supported", "printer-uuid", "printer-dns-sd-name",
}

// mostQueues of a print server are read.
const mostQueues = 500

// Describe asks a host who it is. A printer is one description; a print server has
// none of its own and tells its queues instead. Errors are those of Ask.
func Describe(ctx context.Context, q Question) (printer *Description, queues []Description, err error) {
	client := q.client()
	defer client.CloseIdleConnections()
	places, err := q.places()
	if err != nil {
		return nil, nil, err
	}
	for _, p := range places {
		var m goipp.Message
		m, p, err = exchange(ctx, client, p, func(p Place) ([]byte, error) { return render(p, goipp.OpGetPrinterAttributes, described) })
		if err == nil && len(m.Printer) > 0 {
			d := describe(m.Printer, p)
			return &d, nil, nil
		}
		if err == nil {
			err = ErrNoIPP
		}
		if !moved(err) {
			return nil, nil, err
		}
	}
	if more := queuesAt(ctx, client, places[0]); len(more) > 0 {
		return nil, more, nil
	}
	return nil, nil, err
}

// queuesAt asks a print server for its queues (CUPS-Get-Printers, an operation of
// CUPS that others adopted); none if it knows no such question.
func queuesAt(ctx context.Context, client *http.Client, p Place) []Description {
	u, err := url.Parse(p.URL)
	if err != nil {
		return nil
	}
	u.Path = "/"
	p.URL = u.String()
	m, p, err := exchange(ctx, client, p, func(p Place) ([]byte, error) { return render(p, goipp.OpCupsGetPrinters, described) })
	if err != nil {
		return nil
	}
	var list []Description
	for _, g := range m.Groups {
		if g.Tag == goipp.TagPrinterGroup && len(list) < mostQueues {
			if d := describe(g.Attrs, p); d.Path != "/" {
				list = append(list, d)
			}
		}
	}
	return list
}

// describe reads the attributes of one printer that answered at p. Of the places it
// says it has, only the path is believed: the host is the one that was asked.
func describe(list goipp.Attributes, p Place) Description {
	all := attributes{}
	for _, a := range list {
		if _, twice := all[a.Name]; !twice {
			all[a.Name] = a.Values[:min(len(a.Values), mostValues)]
		}
	}
	d := Description{
		Name: first(all.texts("printer-dns-sd-name")), Info: first(all.texts("printer-info")), Location: first(all.texts("printer-location")),
		Model: first(all.texts("printer-make-and-model")), UUID: strings.TrimPrefix(first(all.texts("printer-uuid")), "urn:uuid:"),
	}
	if d.Name == "" {
		d.Name = first(all.texts("printer-name"))
	}
	if u, err := url.Parse(p.URL); err == nil {
		d.Path = u.Path
	}
	if d.Path != "/" {
		return d
	}
	for _, uri := range all.texts("printer-uri-supported") {
		if u, err := url.Parse(uri); err == nil && u.Path != "" {
			d.Path = u.Path
			break
		}
	}
	return d
}

package sweep

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// ippService is how printers announce themselves (RFC 6763; Bonjour Printing 1.2).
const ippService = "_ipp._tcp.local."

// mdns asks the host itself, not everybody, which printers it has (RFC 6762, section
// 5.5): nothing leaves the networks that may be asked. Hosts on another link do not
// answer (section 11).
func (v *visit) mdns(ctx context.Context) {
	question, err := ask(ippService, dnsmessage.TypePTR)
	if err != nil {
		return
	}
	ctx, cancel := v.within(ctx, 2)
	defer cancel()
	for _, p := range announced(v.exchange(ctx, "mdns", question)) {
		path := "/" + strings.TrimPrefix(p.Path, "/")
		if strings.HasPrefix(path, "/printers/") || strings.HasPrefix(path, "/classes/") {
			if len(v.host.Queues) < mostAnnounced {
				v.host.Queues = append(v.host.Queues, Queue{Path: path, Name: p.Name, Location: p.Location, Model: p.Model})
			}
			continue
		}
		if v.host.Printer == nil {
			p.Path = path
			v.host.Printer = &p
		}
	}
}

// mostAnnounced records of an answer are read.
const mostAnnounced = 500

// announced reads the printers of an mDNS answer: a name from PTR, the rest from TXT.
// What cannot be read is left out.
func announced(answer []byte) []Printer {
	var p dnsmessage.Parser
	h, err := p.Start(answer)
	if err != nil || !h.Response || p.SkipAllQuestions() != nil {
		return nil
	}
	var order []string
	texts := map[string][]string{}
	for _, r := range resources(&p) {
		switch body := r.Body.(type) {
		case *dnsmessage.PTRResource:
			if strings.EqualFold(r.Header.Name.String(), ippService) {
				order = append(order, body.PTR.String())
			}
		case *dnsmessage.TXTResource:
			texts[strings.ToLower(r.Header.Name.String())] = body.TXT
		}
	}
	var list []Printer
	for _, name := range order {
		list = append(list, fromTexts(name, texts[strings.ToLower(name)]))
	}
	return list
}

// resources returns the records of all sections, up to the first that is none.
func resources(p *dnsmessage.Parser) []dnsmessage.Resource {
	var list []dnsmessage.Resource
	for _, next := range []func() (dnsmessage.Resource, error){p.Answer, p.Authority, p.Additional} {
		r, err := next()
		for ; err == nil && len(list) < mostAnnounced; r, err = next() {
			list = append(list, r)
		}
		if !errors.Is(err, dnsmessage.ErrSectionDone) {
			break
		}
	}
	return list
}

// fromTexts reads the TXT record of a printer (Bonjour Printing 1.2, section 9.2).
func fromTexts(name string, texts []string) Printer {
	p := Printer{Name: instance(name), Announced: true}
	for _, t := range texts {
		switch key, value, _ := strings.Cut(t, "="); strings.ToLower(key) {
		case "ty":
			p.Model = value
		case "note":
			p.Location = value
		case "rp":
			p.Path = value
		case "uuid":
			p.UUID = value
		}
	}
	return p
}

// instance is the name before the service: its first label, in which a full stop is
// part of the name.
func instance(name string) string {
	i := strings.LastIndex(strings.ToLower(name), "."+ippService)
	if i < 0 {
		return ""
	}
	return name[:i]
}

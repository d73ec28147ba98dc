package sweep

import (
	"context"
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
	next, section := []func() (dnsmessage.Resource, error){p.Answer, p.Authority, p.Additional}, 0
	for range mostAnnounced {
		r, err := next[section]()
		if err == dnsmessage.ErrSectionDone { //nolint:errorlint // the parser returns it bare
			if section++; section == len(next) {
				break
			}
			continue
		}
		if err != nil {
			break
		}
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
		pr := Printer{Name: instance(name), Announced: true}
		for _, t := range texts[strings.ToLower(name)] {
			switch key, value, _ := strings.Cut(t, "="); strings.ToLower(key) {
			case "ty":
				pr.Model = value
			case "note":
				pr.Location = value
			case "rp":
				pr.Path = value
			case "uuid":
				pr.UUID = value
			}
		}
		list = append(list, pr)
	}
	return list
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

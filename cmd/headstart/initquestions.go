package main

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"headstart/probes/discover"
	"headstart/tickets"
	"headstart/tickets/systems"
)

// answers are what init learned.
type answers struct {
	system       string // what the terminal speaks: nl or en
	language     string
	organisation string
	buildings    []string
	printers     string // file
	tickets      ticketAnswer
	mail         *mailAnswer // nil: messages stand on the status page alone
	host         string      // that others open pages at; empty: this machine alone
	port         string
	password     string // of admin; empty: one is made
	ca           string // file with the authority of the mail server of tickets
}

// ticketAnswer is where users report.
type ticketAnswer struct {
	kind   string // none webhook imap rt zammad
	url    string // without the user
	user   string // of a mailbox
	box    string // its address
	secret string
}

// mailAnswer is how messages are mailed.
type mailAnswer struct{ smarthost, from, to string }

// question is one of at most eight.
type question struct {
	key    string
	nl, en string
	help   string // of the flag
	secret bool
	when   func(a *answers) bool // nil: always
	take   func(a *answers, text string) error
}

func (q *question) text(language string) string {
	if language == "en" {
		return q.en
	}
	return q.nl
}

// hear takes an answer, if it is text: what a terminal or a shell in Latin-1 sends would make
// files that nobody can read.
func (q *question) hear(a *answers, text string) error {
	if !utf8.ValidString(text) {
		return errors.New("this is not UTF-8; set the terminal to UTF-8 and answer again")
	}
	return q.take(a, text)
}

const secretOfTickets = "tickets-secret"

// questions in the order in which they are asked.
var questions = []question{
	{
		key: "language", nl: "Taal / language: nl of/or en [nl]", en: "Taal / language: nl of/or en [en]", help: "of pages and messages: nl or en",
		take: takeLanguage,
	},
	{
		key: "organisation", nl: "Hoe heet uw organisatie? [Onze organisatie]", en: "What is your organisation called? [Our organisation]", help: "its name",
		take: func(a *answers, text string) error {
			a.organisation = text
			if text == "" {
				a.organisation = map[bool]string{true: "Our organisation", false: "Onze organisatie"}[a.language == "en"]
			}
			return oneLine(text)
		},
	},
	{
		key: "buildings", nl: "Welke gebouwen zijn er? Met komma's: Noord, Midden, Zuid [Hoofdgebouw]", en: "Which buildings are there? With commas: North, Main, South [Main building]", help: "names, with commas between them",
		take: takeBuildings,
	},
	{
		key: "printers", nl: "Heeft u een lijst van printers als CSV? Naam van het bestand [geen]", en: "Do you have a list of printers as CSV? Name of the file [none]", help: "`file`: a list of printers as CSV",
		take: func(a *answers, text string) error {
			if a.printers = text; text == "" {
				return nil
			}
			_, err := os.Stat(text)
			return err
		},
	},
	{
		key: "tickets", help: "where users report: imaps://NAME@HOST, rt URL, zammad URL, webhook, or empty",
		nl:   "Waar melden gebruikers? imaps://servicedesk@mail.example.org, rt https://…, zammad https://…, webhook [nog nergens]",
		en:   "Where do users report? imaps://servicedesk@mail.example.org, rt https://…, zammad https://…, webhook [nowhere yet]",
		take: takeTickets,
	},
	{
		key: secretOfTickets, nl: "Het wachtwoord of token daarvan (wordt niet getoond)", en: "The password or token of that (it is not shown)", secret: true,
		when: func(a *answers) bool { return a.tickets.kind != "" && a.tickets.kind != "webhook" },
		take: func(a *answers, text string) error {
			if a.tickets.secret = text; text == "" {
				return fmt.Errorf("a password or token is needed; give it, or --%s-file", secretOfTickets)
			}
			return oneLine(text)
		},
	},
	{
		key: "mail", help: "how messages to users are mailed: HOST:PORT FROM TO, or empty for the status page alone",
		nl:   "Hoe mailen wij gebruikers? mailserver:poort afzender ontvanger [niet: alleen de statuspagina]",
		en:   "How do we mail users? server:port sender recipient [not: the status page alone]",
		take: takeMail,
	},
	{
		key: "address", help: "https://NAME[:PORT] that others open the pages at; empty: this machine alone",
		nl:   "Op welk adres openen anderen de pagina's? https://headstart.example.org:8480 [alleen op deze computer]",
		en:   "At which address do others open the pages? https://headstart.example.org:8480 [on this machine alone]",
		take: takeAddress,
	},
}

func questionOf(key string) *question {
	if i := slices.IndexFunc(questions, func(q question) bool { return q.key == key }); i >= 0 {
		return &questions[i]
	}
	return nil
}

func questionKeys() string {
	var keys []string
	for _, q := range questions {
		keys = append(keys, q.key)
	}
	return strings.Join(keys, ", ")
}

func takeLanguage(a *answers, text string) error {
	switch strings.ToLower(text) {
	case "":
		a.language = a.system
	case "nl", "en":
		a.language = strings.ToLower(text)
	default:
		return errors.New("write nl or en")
	}
	return nil
}

func takeBuildings(a *answers, text string) error {
	if text == "" {
		text = map[bool]string{true: "Main building", false: "Hoofdgebouw"}[a.language == "en"]
	}
	a.buildings = nil
	seen := map[string]string{}
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		id := discover.PlaceID(name)
		switch {
		case name == "":
			continue
		case id == "":
			return fmt.Errorf("%q has no letters to make an id of; write a name", name)
		case seen[id] != "":
			return fmt.Errorf("%q and %q are one building here; write each once", seen[id], name)
		}
		seen[id] = name
		a.buildings = append(a.buildings, name)
	}
	if len(a.buildings) == 0 {
		return errors.New("write at least one name")
	}
	return oneLine(text)
}

// takeTickets reads where users report.
func takeTickets(a *answers, text string) error {
	a.tickets = ticketAnswer{}
	kind, address, _ := strings.Cut(text, " ")
	switch {
	case text == "" || text == "none" || text == "geen":
		return nil
	case text == "webhook":
		a.tickets.kind = text
		return nil
	case kind == "rt" || kind == "zammad":
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return fmt.Errorf("%q is no address; write %s https://%s.example.org", address, kind, kind)
		}
		a.tickets.kind, a.tickets.url = kind, u.String()
		return a.tickets.check()
	case strings.HasPrefix(text, "imaps://"), strings.HasPrefix(text, "imap://"):
		return takeMailbox(a, text)
	}
	return fmt.Errorf("%q is not known here; write imaps://NAME@HOST, rt URL, zammad URL or webhook. Other systems: leave it empty and see docs/tickets", text)
}

// takeMailbox reads imaps://NAME@HOST; the name may be a whole address itself.
func takeMailbox(a *answers, text string) error {
	scheme, rest, _ := strings.Cut(text, "://")
	at := strings.LastIndex(rest, "@")
	bad := fmt.Errorf("%q names no mailbox; write imaps://servicedesk@mail.example.org", text)
	if at < 1 {
		return bad
	}
	user, host := rest[:at], strings.TrimRight(rest[at+1:], "/")
	u, err := url.Parse(scheme + "://" + host)
	if err != nil || u.Host == "" || u.Path != "" {
		return bad
	}
	box := user
	if !strings.Contains(user, "@") {
		domain := u.Hostname()
		if _, above, ok := strings.Cut(domain, "."); ok && net.ParseIP(domain) == nil && strings.Contains(above, ".") {
			domain = above // mail.example.org keeps the mail of example.org
		}
		box = user + "@" + domain
	}
	if _, err := mail.ParseAddress(box); err != nil {
		return fmt.Errorf("%q is no address of a mailbox; write imaps://servicedesk@example.org@mail.example.org", box)
	}
	a.tickets = ticketAnswer{kind: "imap", url: u.String(), user: user, box: box}
	return a.tickets.check()
}

// check asks those who will read the source what is wrong with it.
func (t ticketAnswer) check() error {
	s := tickets.Source{Name: t.kind, Type: t.kind, Settings: systems.Settings{URL: t.url, TokenFile: ticketsFile}}
	if t.kind == "imap" {
		s.Settings = systems.Settings{URL: t.url, Username: t.user, Mailbox: t.box, PasswordFile: ticketsFile, Domains: []string{t.domain()}}
	}
	return errors.Join(oneLine(t.url+t.user+t.box), tickets.Config{Sources: []tickets.Source{s}}.Validate())
}

// domain is that of the mailbox, and so of the organisation's people.
func (t ticketAnswer) domain() string {
	_, domain, _ := strings.Cut(t.box, "@")
	return domain
}

func takeMail(a *answers, text string) error {
	a.mail = nil
	if text == "" {
		return nil
	}
	words := strings.Fields(text)
	if len(words) != 3 {
		return errors.New("write three words: mail.example.org:25 storing@example.org medewerkers@example.org")
	}
	if _, port, err := net.SplitHostPort(words[0]); err != nil || port == "" {
		return fmt.Errorf("%q is no server with a port; write mail.example.org:25", words[0])
	}
	for _, address := range words[1:] {
		if at, err := mail.ParseAddress(address); err != nil || at.Address != address {
			return fmt.Errorf("%q is no mail address", address)
		}
	}
	a.mail = &mailAnswer{words[0], words[1], words[2]}
	return nil
}

func takeAddress(a *answers, text string) error {
	a.host, a.port = "", "8480"
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.User != nil {
		return fmt.Errorf("%q is no address of ours; write https://headstart.example.org:8480: what others reach goes over TLS", text)
	}
	a.host, a.port = u.Hostname(), u.Port()
	if a.port == "" {
		a.port = "443"
	}
	return nil
}

func oneLine(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) || len(text) > 1000 {
		return errors.New("write one line of at most 1000 letters")
	}
	return nil
}

package letters

import (
	"regexp"
	"strings"
)

// Trust says whose word counts for who wrote a mail. A header From proves nothing
// by itself: anybody can write one.
type Trust struct {
	Domains []string // of our own people, in small letters

	// Server is the authserv-id of our own mail server (RFC 8601 section 2.5),
	// which takes such lines of others off. Exchange says that our Exchange does the
	// same with what it knows of senders of its own organisation.
	Server   string
	Exchange bool
}

// Proved reports whether the mail is of one of our own people, as our own mail
// server saw it.
func (h *Head) Proved(t Trust) bool {
	_, domain, ok := strings.Cut(h.From, "@")
	if !ok || !within(domain, t.Domains) {
		return false
	}
	if t.Exchange && strings.EqualFold(h.fields.first("x-ms-exchange-organization-authas"), "Internal") {
		return true
	}
	if t.Server == "" {
		return false
	}
	for _, line := range h.fields.all("authentication-results") {
		server, results, _ := strings.Cut(comments.ReplaceAllString(line, " "), ";")
		if id := strings.Fields(server); len(id) == 0 || !strings.EqualFold(id[0], t.Server) {
			continue
		}
		return passes(results, domain) // only the first: ours is on top
	}
	return false
}

// comments of a header, without others in them.
var comments = regexp.MustCompile(`\([^()]*\)`)

// passes reads results such as "dmarc=pass header.from=x; dkim=pass header.d=x".
// DMARC and a log-in prove the author's domain; DKIM only that of its signer.
func passes(results, domain string) bool {
	for result := range strings.SplitSeq(strings.ToLower(results), ";") {
		words := strings.Fields(result)
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "dmarc=pass", "auth=pass":
			return true
		case "dkim=pass":
			for _, w := range words[1:] {
				if signer, ok := strings.CutPrefix(w, "header.d="); ok && within(domain, []string{signer}) {
					return true
				}
			}
		}
	}
	return false
}

// within reports whether domain is one of domains or below one.
func within(domain string, domains []string) bool {
	for _, d := range domains {
		if d = strings.ToLower(strings.TrimSpace(d)); d != "" && (domain == d || strings.HasSuffix(domain, "."+d)) {
			return true
		}
	}
	return false
}

package letters

import "strings"

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
		server, results, _ := strings.Cut(bare(line), ";")
		if id := strings.Fields(server); len(id) == 0 || !strings.EqualFold(id[0], t.Server) {
			continue
		}
		return passes(results, domain) // only the first: ours is on top
	}
	return false
}

// bare is a line without its comments, and with "" for what stands between quotes:
// both may hold words of the sender's choosing, such as the address of the envelope.
// A line in which they cannot be told from the rest says nothing.
func bare(line string) string {
	var out strings.Builder
	comments, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\':
			i++ // what follows is meant as it stands
		case c == '"' && comments > 0: // to some programs a quote hides the end of a comment
			return ""
		case c == '"':
			quoted = !quoted
			out.WriteByte(c)
		case quoted:
		case c == '(':
			comments++
			out.WriteByte(' ')
		case c == ')' && comments == 0:
			return ""
		case c == ')':
			comments--
		case comments == 0:
			out.WriteByte(c)
		}
	}
	if quoted || comments > 0 {
		return ""
	}
	return out.String()
}

// passes reads results such as "dmarc=pass header.from=x; dkim=pass header.d=x".
// DMARC and a log-in prove the author's domain, which DMARC names if it is another than
// we read; DKIM proves only that of its signer.
func passes(results, domain string) bool {
	for result := range strings.SplitSeq(strings.ToLower(results), ";") {
		words := strings.Fields(result)
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "auth=pass":
			return true
		case "dmarc=pass":
			if author, named := property(words, "header.from"); !named || within(domain, []string{author}) {
				return true
			}
		case "dkim=pass":
			if signer, _ := property(words, "header.d"); within(domain, []string{signer}) {
				return true
			}
		}
	}
	return false
}

// property is the value of the first property of a result with a name.
func property(words []string, name string) (value string, named bool) {
	for _, w := range words[1:] {
		if value, named = strings.CutPrefix(w, name+"="); named {
			return strings.TrimSuffix(value, "."), true
		}
	}
	return "", false
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

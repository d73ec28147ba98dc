package discover

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// secretWords are what a name holds whose value is nobody else's business.
var secretWords = []string{
	"pass", "pwd", "secret", "token", "apikey", "api_key", "api-key", "key", "auth", "credential", "signature", "sig", "session", "cookie", "community", "wachtwoord", "sleutel",
}

// secretName reports whether what is called so is likely a secret: a parameter, a
// header, a macro.
func secretName(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(secretWords, func(w string) bool { return strings.Contains(name, w) })
}

// secretValue reports whether text looks made by a machine to be hard to guess: long,
// of one piece, letters and digits mixed.
func secretValue(text string) bool {
	if len(text) < 20 {
		return false
	}
	letters, digits := 0, 0
	for _, c := range text {
		switch {
		case unicode.IsDigit(c):
			digits++
		case unicode.IsLetter(c):
			letters++
		case !strings.ContainsRune("-_=+/", c):
			return false
		}
	}
	return letters >= 6 && digits >= 4
}

// secretPart names the part of a URL that looks like a secret, without its value; empty
// if none does. User and password are another matter: a module has keys for them.
func secretPart(u *url.URL) string {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "?…" // who knows what the part holds that cannot be read
	}
	for _, name := range sortedKeys(query) {
		if secretName(name) || slices.ContainsFunc(query[name], secretValue) {
			return "?" + name + "="
		}
	}
	for _, part := range strings.FieldsFunc(u.EscapedPath(), func(c rune) bool { return c == '/' || c == ';' }) {
		name, value, named := strings.Cut(part, "=") // /page;jsessionid=…
		if secretValue(part) || named && (secretName(name) || secretValue(value)) {
			return "/…"
		}
	}
	if u.Fragment != "" && (secretName(u.Fragment) || secretValue(u.Fragment)) {
		return "#…"
	}
	return ""
}

// remark takes free text over, unless it speaks of something secret, as descriptions
// do that hold a password nobody should have written there.
func (r *Record) remark(s *subject, text string) {
	if secretName(text) || slices.ContainsFunc(strings.Fields(text), secretValue) {
		s.less("remark", "")
		return
	}
	r.say("", plain(text))
}

// harmlessHeaders hold nothing that opens anything, whoever sends them.
var harmlessHeaders = []string{"accept", "accept-language", "accept-charset", "cache-control", "content-type", "host", "origin", "pragma", "user-agent"}

// harmless reports whether a header may stand in a file for review with its value.
func harmless(header, value string) bool {
	return slices.Contains(harmlessHeaders, strings.ToLower(header)) && !secretValue(value) && !strings.Contains(value, "@")
}

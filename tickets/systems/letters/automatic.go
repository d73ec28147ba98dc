package letters

import (
	"mime"
	"slices"
	"strings"
)

// Ours reports whether we sent the mail: an announcement, or a reply to a user.
func (h *Head) Ours() bool {
	return h.fields.first("x-headstart-incident") != "" || ours.MatchString(h.ID)
}

// Automatic says why no person wrote this mail for the desk; empty: one did. box
// is the desk's own address: a list that it is the address of is no list to it.
func (h *Head) Automatic(box string) string {
	f := h.fields
	switch auto, _, _ := strings.Cut(strings.ToLower(f.first("auto-submitted")), ";"); strings.TrimSpace(auto) {
	case "", "no":
	default:
		return "Auto-Submitted" // RFC 3834 section 5
	}
	if kind, params, _ := mime.ParseMediaType(f.first("content-type")); kind == "multipart/report" || kind == "message/delivery-status" {
		return "report " + params["report-type"] // RFC 6522: bounces, receipts
	}
	local, _, _ := strings.Cut(h.From, "@")
	switch {
	case f.first("return-path") == "<>":
		return "null sender" // RFC 5321 section 4.5.5
	case local == "mailer-daemon" || local == "postmaster":
		return "mailer-daemon"
	case f.first("x-failed-recipients") != "" || f.first("x-autoreply") != "" || f.first("x-autorespond") != "":
		return "auto-reply"
	case slices.ContainsFunc(absent, func(p string) bool { return strings.HasPrefix(strings.ToLower(h.Subject), p) }):
		return "out of office"
	}
	if h.list(box) {
		return "list"
	}
	return ""
}

// absent is how Exchange begins the subject of an absence notice, in the languages
// of our users. Inside an organisation the notice may bear no Auto-Submitted.
var absent = []string{"automatic reply:", "automatisch antwoord:", "out of office:", "afwezig:", "réponse automatique", "automatische antwort:"}

// list reports whether the mail came through a mailing list or is a newsletter
// (RFC 2919, RFC 2369; Precedence of older programs).
func (h *Head) list(box string) bool {
	f := h.fields
	if box != "" && strings.Contains(strings.ToLower(f.first("list-post")), "mailto:"+strings.ToLower(box)) {
		return false // the desk's address is itself a list
	}
	switch strings.ToLower(f.first("precedence")) {
	case "bulk", "list", "junk":
		return true
	}
	return f.first("list-id") != "" || f.first("list-unsubscribe") != ""
}

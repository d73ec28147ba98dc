package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"headstart"
	"headstart/lang"
)

// auditPage is what people did, for whoever has to account for it.
type auditPage struct {
	frame
	Lines   []auditLine
	Count   int // that the filter keeps
	Filter  auditFilter
	Reports []choice // what was done, to choose from
	Older   string   // link to the page after this one; empty: this was the last
	CSV     string   // link to all of it
}

type auditLine struct {
	At, By, Do, On string
	Link           string // to what it was done to; empty: no page of its own
	Refused        bool
}

const auditShown = 100 // lines of a page

func (s *Site) serveAudit(w http.ResponseWriter, r *http.Request) {
	if !s.ready(w, r) {
		return
	}
	say, q := s.say(r), r.URL.Query()
	f, wrong := auditFilterOf(q)
	page, more := pageOf("", q.Get("cursor"))
	if len(wrong)+len(more) > 0 {
		s.message(w, r, http.StatusBadRequest, say.Say("page.form"), say.Say("audit.form"))
		return
	}
	all := s.o.View.Audit(f.keeps)
	p := auditPage{frame: s.frame(r, "audit", say.Say("audit.title")), Count: len(all), Filter: f}
	page.limit = auditShown
	shown, next := cut(all, page)
	for n := range shown {
		p.Lines = append(p.Lines, describeAct(&shown[n], say))
	}
	for _, do := range auditKinds {
		p.Reports = append(p.Reports, choice{do, say.Say("audit.do." + do)})
	}
	q.Del("did")
	q.Del("cursor")
	p.CSV = "/api/v1/audit?" + with(q, "format", "csv")
	if next != "" {
		p.Older = "/audit?" + with(q, "cursor", next)
	}
	s.render(w, r, http.StatusOK, "audit", p)
}

func with(q url.Values, key, value string) string {
	out := url.Values{key: {value}}
	for k, v := range q {
		if k != key && k != "lang" {
			out[k] = v
		}
	}
	return out.Encode()
}

// auditKinds are acts beside those on incidents that the page offers to choose from.
var auditKinds = []string{
	"login", "login-failed", "logout", "login-link", "reload", "channel-test", "export", "forget", "hush", "silence", "silence-end", "maintenance", "maintenance-cancel",
}

func describeAct(e *headstart.AuditEntry, say *lang.Words) auditLine {
	l := auditLine{At: say.Stamp(e.At), By: e.By, Do: say.SayOr("audit.do.", cmp.Or(actOf[e.Do], e.Do), e.Do), On: e.On, Refused: e.Refused}
	if n, ok := strings.CutPrefix(e.On, "HS-"); ok {
		if _, err := strconv.Atoi(n); err == nil {
			l.Link = "/i/" + e.On
		}
	}
	return l
}

// actOf is the command behind what a timeline says came of it.
var actOf = map[string]string{
	"opened_by_hand":      "open",
	"acked":               "ack",
	"acked_by_mail":       "ack",
	"assigned":            "assign",
	"noted":               "note",
	"merged_by_hand":      "merge",
	"split_by_hand":       "split",
	"pinned":              "pin",
	"resolved_by_hand":    "resolve",
	"reopened_by_hand":    "reopen",
	"linked":              "link",
	"unlinked":            "unlink",
	"link_confirmed":      "confirm-link",
	"link_rejected":       "reject-link",
	"published":           "announce",
	"pushed":              "approve",
	"discarded":           "discard",
	"draft_discarded":     "discard",
	"draft_edited":        "edit",
	"scheduled":           "schedule",
	"covered":             "cover",
	"covers":              "cover",
	"uncovered":           "uncover",
	"uncovers":            "uncover",
	"eta_set":             "set-eta",
	"made_confidential":   "confidential",
	"made_public":         "confidential",
	"confirmed":           "confirm",
	"caller_taken_back":   "confirm",
	"lead_left_out":       "lead",
	"lead_counted":        "lead",
	"still_fails":         "confirm",
	"known_made":          "make-known",
	"known_used":          "helped",
	"known_helped":        "helped",
	"known_failed":        "helped",
	"edit_known":          "edit-known",
	"retire_known":        "retire-known",
	"message_sent_again":  "resend",
	"message_dismissed":   "dismiss",
	"desk_done":           "todo-done",
	"desk_undone":         "todo-done",
	"desk_handover":       "handover",
	"desk_todo":           "todo",
	"desk_notice":         "notice",
	"page_state":          "page-state",
	"page_state_released": "page-state",
	"hushed":              "hush",
	"hushed_all":          "hush",
}

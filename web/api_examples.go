package web

import (
	"encoding/json"
	"strings"
)

// examples are what a caller may send, by the pattern of the operation: a JSON body, a
// list as CSV, or for a GET what its query must hold. openapi.json shows them, and a test
// sends each to the whole service. An operation that takes something has a line here.
var examples = map[string]string{
	"POST /api/v1/incidents": `{"title": "Printen werkt niet in Gebouw Noord", "services": ["print"], "locations": ["noord"], "severity": "major"}`,

	"POST /api/v1/incidents/{id}/ack":          `{}`,
	"POST /api/v1/incidents/{id}/assign":       `{"owner": "joris"}`,
	"POST /api/v1/incidents/{id}/note":         `{"text": "Leverancier gebeld, komt om 10:00"}`,
	"POST /api/v1/incidents/{id}/merge":        `{"into": "HS-12", "text": "dezelfde switch"}`,
	"POST /api/v1/incidents/{id}/split":        `{"assets": ["prn-n2-04"], "text": "de printer zelf is stuk"}`,
	"POST /api/v1/incidents/{id}/resolve":      `{"cause": "Voeding van de switch defect", "solution": "Voeding vervangen", "prevention": "Reservevoeding op voorraad"}`,
	"POST /api/v1/incidents/{id}/reopen":       `{}`,
	"POST /api/v1/incidents/{id}/link":         `{"source": "portal", "ticket": "T-1042"}`,
	"POST /api/v1/incidents/{id}/unlink":       `{"source": "portal", "ticket": "T-1042"}`,
	"POST /api/v1/incidents/{id}/confirm-link": `{"source": "portal", "ticket": "T-1042"}`,
	"POST /api/v1/incidents/{id}/reject-link":  `{"source": "portal", "ticket": "T-1042"}`,
	"POST /api/v1/incidents/{id}/announce":     `{"phase": "investigating"}`,
	"POST /api/v1/incidents/{id}/set-eta":      `{"eta": "2026-11-23T12:00:00+01:00", "text": "de voeding komt om elf uur"}`,
	"POST /api/v1/incidents/{id}/pin":          `{"value": true}`,
	"POST /api/v1/incidents/{id}/confidential": `{"value": true}`,
	"POST /api/v1/incidents/{id}/confirm":      `{"channel": "phone"}`,
	"POST /api/v1/incidents/{id}/lead":         `{"value": false, "text": "het eerste bericht ging over iets anders"}`,
	"POST /api/v1/incidents/{id}/helped":       `{"known_error": "KE-7", "value": true}`,

	"POST /api/v1/announcements/{id}/approve":  `{}`,
	"POST /api/v1/announcements/{id}/discard":  `{}`,
	"POST /api/v1/announcements/{id}/withdraw": `{}`,
	"POST /api/v1/announcements/{id}/edit":     `{"variables": {"Workaround.nl": "Print op de begane grond.", "Workaround.en": "Print on the ground floor."}}`,
	"POST /api/v1/announcements/{id}/schedule": `{"at": "2026-11-23T08:00:00+01:00"}`,
	"POST /api/v1/announcements/{id}/cover":    `{"incidents": ["HS-12"]}`,
	"POST /api/v1/announcements/{id}/uncover":  `{"incidents": ["HS-12"]}`,
	"POST /api/v1/announcements/{id}/preview":  `{"variables": {"Workaround.nl": "Print op de begane grond."}}`,

	"POST /api/v1/known-errors":             `{"title": {"nl": "Papierstoring na onderhoud"}, "services": ["print"], "symptoms": {"nl": ["papier loopt vast"]}, "cause": "Rol verkeerd om", "fix": "Rol omdraaien", "review_by": "2027-01-01"}`,
	"POST /api/v1/known-errors/{id}/edit":   `{"fix": "Rol omdraaien en papierlade uitblazen"}`,
	"POST /api/v1/known-errors/{id}/retire": `{"why": "de printers zijn vervangen"}`,

	"POST /api/v1/desk/handover":  `{"text": "De monteur belt om elf uur terug", "for": "samira", "until": "2026-11-24T12:00:00+01:00"}`,
	"POST /api/v1/desk/todo":      `{"text": "Toner bestellen", "due": "2026-11-24T12:00:00+01:00"}`,
	"POST /api/v1/desk/notice":    `{"text": "Vandaag één persoon aan de balie", "until": "2026-11-23T17:30:00+01:00"}`,
	"POST /api/v1/desk/todo-done": `{"ref": "note-1"}`,

	"POST /api/v1/hush":                 `{"for": "2h", "text": "storing bij de leverancier"}`,
	"POST /api/v1/page-state":           `{"ref": "", "kind": "partly", "until": "2026-11-23T12:00:00+01:00", "text": "telefonie valt weg bij een leverancier"}`,
	"POST /api/v1/dead-letters/resend":  `{"message": "9f2c1e0b7a6d5c48/noord/1/mail-all"}`,
	"POST /api/v1/dead-letters/dismiss": `{"message": "9f2c1e0b7a6d5c48/noord/1/mail-all"}`,
	"POST /api/v1/aliases/{id}/reject":  `{}`,
	"POST /api/v1/checks/run":           `{"kind": ["push"], "location": ["noord"]}`,
	"POST /api/v1/morning/seen":         `{}`,
	"POST /api/v1/morning/send":         `{}`,
	"POST /api/v1/forget":               `{"ticket": "portal/T-1042"}`,
	"POST /api/v1/telephone":            "from,to,calls,answered,abandoned,mean wait\n2026-11-20 08:00,2026-11-20 09:00,24,20,4,75\n",

	"POST /api/v1/maintenance":               `{"assets": ["sw-n-2"], "starts_at": "2026-11-24T18:00:00+01:00", "ends_at": "2026-11-24T20:00:00+01:00", "summary": {"nl": "Nieuwe switch", "en": "A new switch"}}`,
	"POST /api/v1/maintenance/{id}/move":     `{"ends_at": "2026-11-24T21:00:00+01:00"}`,
	"POST /api/v1/maintenance/{id}/announce": `{"phase": "maintenance_announced"}`,

	"GET /api/v1/explain":      "of=prn-n2-04",
	"GET /api/v1/whatif":       "asset=sw-n-2",
	"GET /api/v1/kpis/problem": "asset=sw-n-2",
}

// exampleOf is an example as openapi.json holds it: a JSON value, or text.
func exampleOf(text string) any {
	if strings.HasPrefix(text, "{") {
		return json.RawMessage(text)
	}
	return text
}

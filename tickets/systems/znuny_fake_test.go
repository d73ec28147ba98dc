package systems

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// znunyDesk is a fake that answers as the Generic Interface does through our web
// service: POST only, the session in the body, errors with status 200, ids alone
// from a search, one ticket out of sight spoiling a whole TicketGet.
type znunyDesk struct {
	sessions int
	open     map[string]bool
	zone     *time.Location
	fields   []string // dynamic fields there are
	hidden   map[string]bool
	history  map[string][]map[string]any
	state    [2]string // name and type of every ticket's
	first    string
	calls    map[string]int
	off      time.Duration // its clock, from ours
}

func newZnunyDesk() *znunyDesk {
	return &znunyDesk{
		open: map[string]bool{}, zone: time.UTC, fields: []string{"HeadstartID", "HeadstartParent", "HeadstartPage", "Locatie"},
		hidden: map[string]bool{}, history: map[string][]map[string]any{}, state: [2]string{"Nieuw", "new"}, calls: map[string]int{},
	}
}

func znunyError(f *fake, w http.ResponseWriter, operation, word string) {
	f.answer(w, http.StatusOK, map[string]any{"Error": map[string]string{"ErrorCode": operation + "." + word, "ErrorMessage": "planted-word"}})
}

// znunyParams are the keys of each operation that the connector may use.
var znunyParams = map[string][]string{
	"SessionCreate":    {"UserLogin", "Password"},
	"TicketSearch":     {"TicketLastChangeTimeNewerDate", "TicketLastChangeTimeNewerMinutes", "StateType", "Queues", "TicketID", "SortBy", "OrderBy", "Limit", "DynamicField_HeadstartID"},
	"TicketGet":        {"TicketID", "DynamicFields", "Extended", "AllArticles", "ArticleLimit", "ArticleOrder", "ArticleSenderType", "Attachments"},
	"TicketHistoryGet": {"TicketID"},
	"TicketUpdate":     {"TicketID", "Article", "DynamicField"},
	"TicketCreate":     {"Ticket", "Article", "DynamicField"},
}

func (d *znunyDesk) handle(f *fake, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", d.clock().UTC().Format(http.TimeFormat))
	operation := strings.TrimPrefix(r.URL.Path, "/znuny/nph-genericinterface.pl/Webservice/headstart/")
	known, ok := znunyParams[operation]
	if !ok || r.Method != http.MethodPost || r.URL.RawQuery != "" {
		http.Error(w, "Error while determine Operation", http.StatusInternalServerError)
		return
	}
	in := map[string]any{}
	b, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(b, &in)
	}
	if err != nil {
		f.t.Error(err)
	}
	session, _ := in["SessionID"].(string)
	delete(in, "SessionID")
	for key := range in {
		if !slices.Contains(known, key) {
			f.t.Errorf("%s: key %q is not documented", operation, key)
		}
	}
	d.calls[operation]++
	switch {
	case operation == "SessionCreate" && (in["UserLogin"] != "robot" || in["Password"] != "token-of-the-tests"):
		znunyError(f, w, operation, "AuthFail")
	case operation == "SessionCreate":
		d.sessions++
		id := fmt.Sprintf("session-%d", d.sessions)
		d.open[id] = true
		f.answer(w, http.StatusOK, map[string]string{"SessionID": id})
	case !d.open[session]:
		znunyError(f, w, operation, "AuthFail")
	case operation == "TicketSearch":
		d.search(f, w, in)
	case operation == "TicketCreate":
		d.create(f, w, in)
	default:
		d.of(f, w, operation, in)
	}
}

func (d *znunyDesk) search(f *fake, w http.ResponseWriter, in map[string]any) {
	var rows []*fakeTicket
	for _, x := range f.tickets {
		if !x.deleted && d.fits(x, in) {
			rows = append(rows, x)
		}
	}
	slices.SortStableFunc(rows, func(a, b *fakeTicket) int { return cmp.Compare(d.at(a.updated), d.at(b.updated)) })
	if in["OrderBy"] == "Down" {
		slices.Reverse(rows)
	}
	limit, _ := in["Limit"].(float64)
	out := map[string]any{} // empty where nothing is found
	if rows = rows[:min(int(limit), len(rows))]; len(rows) > 0 {
		var ids []string
		for _, x := range rows {
			ids = append(ids, x.id)
		}
		out["TicketID"] = ids
	}
	f.answer(w, http.StatusOK, out)
}

func (d *znunyDesk) clock() time.Time { return time.Now().Add(d.off) }

func (d *znunyDesk) at(t time.Time) string { return t.In(d.zone).Format(wallClock) }

func (d *znunyDesk) fits(x *fakeTicket, in map[string]any) bool {
	if since, ok := in["TicketLastChangeTimeNewerDate"].(string); ok && (d.at(x.updated) < since || since > d.at(d.clock())) {
		return false // a date to come finds nothing
	}
	if minutes, ok := in["TicketLastChangeTimeNewerMinutes"].(float64); ok && d.clock().Sub(x.updated) > time.Duration(minutes)*time.Minute {
		return false
	}
	if ids, ok := in["TicketID"].([]any); ok && !slices.Contains(ids, any(x.id)) {
		return false
	}
	if key, ok := in["DynamicField_HeadstartID"].(map[string]any); ok && slices.Contains(d.fields, "HeadstartID") && x.mark != key["Equals"] {
		return false
	}
	return true
}

// of are the operations on tickets that are named.
func (d *znunyDesk) of(f *fake, w http.ResponseWriter, operation string, in map[string]any) {
	var tickets []*fakeTicket
	for id := range strings.SplitSeq(in["TicketID"].(string), ",") {
		x := f.get(id)
		if x == nil || x.deleted || d.hidden[id] {
			znunyError(f, w, operation, "AccessDenied")
			return
		}
		tickets = append(tickets, x)
	}
	list := []map[string]any{}
	switch operation {
	case "TicketGet":
		for _, x := range tickets {
			list = append(list, d.ticket(x, in))
		}
		f.answer(w, http.StatusOK, map[string]any{"Ticket": list})
	case "TicketHistoryGet":
		for _, x := range tickets {
			list = append(list, map[string]any{"TicketID": x.id, "History": append([]map[string]any{{"HistoryType": "NewTicket", "Name": "%%Karin Bakker"}}, d.history[x.id]...)})
		}
		f.answer(w, http.StatusOK, map[string]any{"TicketHistory": list})
	case "TicketUpdate":
		d.update(f, w, in, tickets[0])
	}
}

func (d *znunyDesk) ticket(x *fakeTicket, in map[string]any) map[string]any {
	out := map[string]any{
		"TicketID": x.id, "TicketNumber": "20261122" + x.id[12:], "Title": x.title, "State": d.state[0], "StateType": d.state[1], "Priority": "4 high", "Queue": "Servicedesk",
		"CustomerUserID": x.person, "CustomerID": "voorbeeld", "Service": "Printen", "Type": "Incident", "Owner": "bakker", "Age": 60,
		"Created": d.at(x.created), "Changed": d.at(x.updated), "FirstResponse": d.first,
	}
	if x.into != "" {
		out["State"], out["StateType"] = "merged", "merged"
	}
	values := map[string]any{"HeadstartID": x.mark, "HeadstartParent": x.parent, "HeadstartPage": strings.Join(x.related, ""), "Locatie": []string{"Gebouw Noord"}}
	fields := []map[string]any{}
	for _, name := range d.fields {
		fields = append(fields, map[string]any{"Name": name, "Value": values[name]})
	}
	out["DynamicField"] = fields
	if in["AllArticles"] != 1.0 {
		return out
	}
	articles := []map[string]any{{
		"ArticleID": 1, "From": `"Karin Bakker" <k.bakker@voorbeeld.example>`, "Subject": x.title, "Body": fakeBody, "ContentType": "text/plain; charset=utf-8", "SenderType": "customer",
		"CommunicationChannelID": 2, "IsVisibleForCustomer": 1, "CreateTime": d.at(x.created),
	}}
	if in["ArticleSenderType"] != nil {
		articles = nil
	}
	for n, note := range x.notes {
		if in["ArticleSenderType"] != nil || in["ArticleOrder"] == nil && n == 0 && len(articles) == 0 {
			articles = append(articles, map[string]any{"Body": note.text, "SenderType": "agent", "IsVisibleForCustomer": fmt.Sprint(map[bool]int{true: 1}[note.public]), "CreateTime": d.at(f0.Add(time.Duration(n) * time.Minute))})
		}
	}
	if in["ArticleOrder"] == "DESC" {
		slices.Reverse(articles)
	}
	limit, _ := in["ArticleLimit"].(float64)
	out["Article"] = articles[:min(int(limit), len(articles))]
	return out
}

func (d *znunyDesk) update(f *fake, w http.ResponseWriter, in map[string]any, x *fakeTicket) {
	if a, ok := in["Article"].(map[string]any); ok {
		for _, needed := range []string{"Subject", "Body", "ContentType", "CommunicationChannel", "SenderType"} {
			if a[needed] == "" || a[needed] == nil {
				znunyError(f, w, "TicketUpdate", "MissingParameter")
				return
			}
		}
		x.notes = append(x.notes, fakeNote{a["Body"].(string), a["IsVisibleForCustomer"] == 1.0})
	}
	list, _ := in["DynamicField"].([]any)
	for _, v := range list {
		name, value := at(v, "Name").(string), at(v, "Value").(string)
		if !slices.Contains(d.fields, name) {
			znunyError(f, w, "TicketUpdate", "InvalidParameter")
			return
		}
		switch name {
		case "HeadstartParent":
			x.parent = value
		case "HeadstartPage":
			x.related = []string{value}
		}
	}
	x.updated = f.tick()
	f.answer(w, http.StatusOK, map[string]any{"TicketID": x.id, "ArticleID": 12})
}

func (d *znunyDesk) create(f *fake, w http.ResponseWriter, in map[string]any) {
	for _, needed := range []string{"Title", "CustomerUser", "Queue", "State", "Priority"} {
		if v, _ := at(in["Ticket"], needed).(string); v == "" {
			f.t.Errorf("TicketCreate without %s", needed)
			znunyError(f, w, "TicketCreate", "MissingParameter")
			return
		}
	}
	list, _ := in["DynamicField"].([]any)
	x := f.add(&fakeTicket{title: say(at(in["Ticket"], "Title")), mark: say(at(list[0], "Value"))})
	f.answer(w, http.StatusOK, map[string]any{"TicketID": jsonDigits(x.id), "TicketNumber": "2026112210000017", "ArticleID": 9})
}

func newZnuny(t *testing.T, change func(*Settings)) (*fake, *znunyDesk, func(t *testing.T) System) {
	t.Helper()
	d := newZnunyDesk()
	f := newFake(t, 5, func(*http.Request) bool { return true }, d.handle)
	f.reads = func(r *http.Request) bool {
		return !strings.HasSuffix(r.URL.Path, "TicketUpdate") && !strings.HasSuffix(r.URL.Path, "TicketCreate")
	}
	return f, d, func(t *testing.T) System {
		s := mustOpen(t, "znuny", f.settingsFor(func(s *Settings) {
			s.URL += "/znuny/nph-genericinterface.pl/Webservice/headstart"
			s.Username, s.PasswordFile, s.TokenFile = "robot", s.TokenFile, ""
			s.CreateIn, s.Fields = "Storingen", map[string]string{"customer": "headstart", "location": "Locatie", "department": "CustomerID"}
			s.HookSecretFile = secretFile(t, "a secret of sixteen bytes")
			if change != nil {
				change(s)
			}
		}))
		s.(*znuny).rows, s.(*znuny).Zone = f.rows, d.zone
		return s
	}
}

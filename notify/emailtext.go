package notify

import (
	"bytes"
	"cmp"
	"html/template"
	"strings"

	"github.com/wneessen/go-mail"

	"headstart"
)

// message renders n as one mail to everybody the channel names.
func (e *email) message(n *headstart.Notice, id, root string, to []string) (*mail.Msg, error) {
	m, err := e.compose(n, id, root, "")
	if err != nil {
		return nil, err
	}
	if len(to) == 1 && len(e.cfg.To) == 1 {
		return m, m.To(to[0])
	}
	// Nobody learns who else is told, and nobody can answer all.
	m.SetGenHeaderPreformatted("To", "undisclosed-recipients:;")
	return m, m.Bcc(to...)
}

// compose renders n as one mail to nobody yet: every language of the audience in one,
// its first language first and in the subject (ruling 31). leave is where the reader
// unsubscribes; empty: nowhere.
func (e *email) compose(n *headstart.Notice, id, root, leave string) (*mail.Msg, error) {
	page := letterOf(n)
	page.Leave = leave
	if n.Plane == headstart.PlaneDesk && e.ack != nil {
		page.Act = e.ack(n)
	}
	m, err := e.envelope(page, subject(n), id)
	if err != nil {
		return nil, err
	}
	if id != root {
		m.SetGenHeader(mail.HeaderInReplyTo, "<"+root+">")
		m.SetGenHeader(mail.HeaderReferences, "<"+root+">")
	}
	m.SetDateWithValue(n.At)
	m.SetGenHeader(ownMail, n.UID)
	return m, nil
}

// ownMail is the header by which our own connectors know our own mail.
const ownMail = "X-Headstart-Incident"

// personal renders a letter to one person.
func (e *email) personal(l headstart.Letter) (*mail.Msg, error) {
	text := l.Text
	text.Body = bodyOf(text.Lines)
	page := letter{URL: webAddress(l.Link), Parts: []letterPart{{Lang: l.Language, Text: text, More: l.LinkText}}}
	m, err := e.envelope(page, text.Subject, l.ID+"@"+e.host)
	if err != nil {
		return nil, err
	}
	m.SetDate()
	m.SetGenHeader(ownMail, "none")
	return m, m.To(l.To)
}

// bodyOf is lines as plain text.
func bodyOf(lines []headstart.TextLine) string {
	var parts []string
	for _, l := range lines {
		parts = append(parts, strings.TrimPrefix(l.Label+"\n"+l.Text, "\n"))
	}
	return strings.Join(parts, "\n\n")
}

// envelope is a mail with the words of page, and what all our mails say of themselves.
func (e *email) envelope(page letter, subject, id string) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := m.From(e.cfg.From); err != nil {
		return nil, err
	}
	m.SetMessageIDWithValue(id)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation replies
	m.SetGenHeader("List-Id", "<outages."+e.host+">")  // RFC 2919: filters
	m.SetGenHeader(mail.HeaderPrecedence, "bulk")      // older responders
	m.SetGenHeader("X-Auto-Response-Suppress", "All")  // Exchange
	m.Subject(subject)
	var html bytes.Buffer
	if err := mailHTML.Execute(&html, page); err != nil {
		return nil, err
	}
	m.SetBodyString(mail.TypeTextPlain, page.plain())
	m.AddAlternativeString(mail.TypeTextHTML, html.String())
	return m, nil
}

// subject is the same for the whole incident, so that programs that thread by
// subject keep it together.
func subject(n *headstart.Notice) string {
	for _, lang := range languages(n) {
		if t := n.Text[lang]; t.Subject != "" {
			return t.Subject
		} else if t.Title != "" {
			return t.Title
		}
	}
	return cmp.Or(string(n.Incident), n.Ref)
}

// mailHTML is one column of questions and answers: no image, no script, nothing
// to load. Each language is marked, so that it is read aloud as such.
var mailHTML = template.Must(template.New("mail").Parse(`<!doctype html>
<html{{with .Parts}} lang="{{(index . 0).Lang}}"{{end}}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#1a1a1a;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5">
{{- range $i, $p := .Parts}}
<div lang="{{$p.Lang}}" style="max-width:600px{{if $i}};margin-top:32px;padding-top:24px;border-top:1px solid #767676{{end}}">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">{{$p.Text.Title}}</h1>
{{- range $p.Text.Lines}}
{{- if .Label}}
<h2 style="margin:16px 0 0;font-size:16px">{{.Label}}</h2>
{{- end}}
<p style="margin:{{if .Label}}0{{else}}16px{{end}} 0 0">{{.Text}}</p>
{{- end}}
{{- if $.URL}}
<p style="margin:24px 0 0"><a href="{{$.URL}}" style="color:#0b5394">{{$p.More}}</a></p>
{{- end}}
{{- if $.Act}}
<p style="margin:24px 0 0"><a href="{{$.Act}}" style="color:#0b5394">{{$p.Take}}</a></p>
{{- end}}
{{- if $.Leave}}
<p style="margin:24px 0 0;font-size:14px"><a href="{{$.Leave}}" style="color:#0b5394">{{$p.Stop}}</a></p>
{{- end}}
</div>
{{- end}}
</body>
</html>
`))

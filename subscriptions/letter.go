package subscriptions

import (
	"regexp"
	"strings"

	"headstart"
	"headstart/lang"
)

// letter is the question at w in words. Nothing in it was typed by whoever asked.
func (r *Register) letter(w *row, t token) headstart.Letter {
	q := w.Question
	say := r.words[q.Wish.Language]
	title := r.title(q.Wish.Page, say)
	text := headstart.Text{Title: say.Say("sub.mail.title", "page", title)}
	line := func(label, value string) {
		text.Lines = append(text.Lines, headstart.TextLine{Label: label, Text: value})
	}
	link := say.Say("sub.mail.link")
	if q.Purpose == toRenew {
		text.Title, link = say.Say("sub.renew.title", "page", title), say.Say("sub.renew.link")
		line("", say.Say("sub.renew.why", "date", say.Date(q.Until)))
	} else {
		line("", say.Say("sub.mail.why", "page", title))
		line(say.Say("sub.services"), r.named(q.Wish.Services, say, "sub.all.services", r.o.Catalog.ServiceName))
		line(say.Say("sub.locations"), r.named(q.Wish.Locations, say, "sub.all.locations", r.o.Catalog.LocationName))
		line(say.Say("sub.mail.not.label"), say.Say("sub.mail.not"))
	}
	text.Subject = text.Title
	return headstart.Letter{
		To: w.Address, Language: q.Wish.Language, ID: "ask." + strings.TrimPrefix(t.row(), rowKey) + "." + q.Tried.UTC().Format("20060102150405"),
		Text: text, Link: r.pageURL(q.Wish.Page, q.Wish.Language) + "subscribe/" + t.String(), LinkText: link,
	}
}

// title is what a page calls itself.
func (r *Register) title(page string, say *lang.Words) string {
	if p := r.page(page); p != nil && p.Title != "" {
		return p.Title
	}
	if r.o.Catalog.Organisation != "" {
		return r.o.Catalog.Organisation
	}
	return say.Say("pub.title")
}

// named lists what was chosen as people call it.
func (r *Register) named(ids []string, say *lang.Words, all string, name func(id, language string) string) string {
	if len(ids) == 0 {
		return say.Say(all)
	}
	names := make([]string, len(ids))
	for n, id := range ids {
		names[n] = name(id, say.Lang)
	}
	return strings.Join(names, ", ")
}

// anAddress is one in a text.
var anAddress = regexp.MustCompile(`[^\s<>"'(),:;]+@[^\s<>"'(),:;]+`)

// withoutAddresses is what an error says, for a log: mail servers quote addresses.
func withoutAddresses(err error) string { return anAddress.ReplaceAllString(err.Error(), "…") }

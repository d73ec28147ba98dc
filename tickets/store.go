package tickets

import (
	"context"
	"time"

	"headstart"
)

// storeTimeout bounds an append.
const storeTimeout = 8 * time.Second

// keep makes tickets durable: evidence in one record, their text beside it. It
// clears the text of what it was handed, and leaves out what was forgotten.
func (in *Inbox) keep(ctx context.Context, now time.Time, tickets []headstart.Ticket) error {
	tickets = in.wanted(tickets)
	if len(tickets) == 0 {
		return nil
	}
	reader, _ := in.prepared()
	lines := make([]headstart.Line, len(tickets))
	var texts []headstart.SideText
	for i := range tickets {
		t := &tickets[i]
		texts = append(texts, in.texts(t, now)...)
		reader.Fill(t)
		lines[i] = headstart.Line{Ticket: t}
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	// First the texts: if the record fails to be stored, all of this comes again.
	if err := in.dropDeleted(ctx, tickets); err != nil {
		return err
	}
	_, err := in.append(ctx, headstart.Append{Data: headstart.NewRecord(now, lines...).Encode(), Text: texts})
	return err
}

// The kinds of text beside the log.
const (
	KindTitle = "title"
	KindText  = "text"
)

// texts returns what lies beside the log for t. A deleted ticket leaves none.
func (in *Inbox) texts(t *headstart.Ticket, now time.Time) []headstart.SideText {
	var out []headstart.SideText
	if t.Status == "deleted" {
		return nil
	}
	if t.Title != "" {
		out = append(out, headstart.SideText{Kind: KindTitle, Key: t.Key(), Value: []byte(t.Title), Until: until(now, in.retention.Titles)})
	}
	if t.Body != "" {
		out = append(out, headstart.SideText{Kind: KindText, Key: t.Key(), Value: []byte(t.Body), Until: until(now, in.retention.Text)})
	}
	return out
}

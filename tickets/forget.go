package tickets

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"headstart"
)

// Pseudonym is the keyed hash of a requester as a source names them: 16 hex digits.
// It is the ID of headstart.Requester.
func Pseudonym(key []byte, source, id string) string {
	return keyed(key, "requester\x00"+source+"\x00"+id)
}

// Mark is the keyed hash of a ticket's key, by which it is known that it was forgotten
// and must not be read again.
func Mark(key []byte, ticket string) string { return keyed(key, "forgotten\x00"+ticket) }

func keyed(key []byte, what string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(what))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// wanted are those of tickets that nobody had forgotten.
func (in *Inbox) wanted(tickets []headstart.Ticket) []headstart.Ticket {
	forgotten := in.view.Forgotten()
	if len(forgotten) == 0 {
		return tickets
	}
	out := make([]headstart.Ticket, 0, len(tickets))
	for _, t := range tickets {
		if !forgotten[Mark(in.key, t.Key())] {
			out = append(out, t)
		}
	}
	return out
}

// dropDeleted deletes the texts of the deleted ones of tickets at once: their ticket
// system does not show them any more, or not to us.
func (in *Inbox) dropDeleted(ctx context.Context, tickets []headstart.Ticket) error {
	var keys []string
	for i := range tickets {
		if tickets[i].Status == "deleted" {
			keys = append(keys, tickets[i].Key())
		}
	}
	if in.drop == nil || len(keys) == 0 {
		return nil
	}
	return in.drop(ctx, keys)
}

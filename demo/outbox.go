package demo

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"headstart"
)

// Outbox takes the messages to users instead of a mail server, as any program that a
// webhook channel posts to. Nothing leaves this machine. The zero Outbox is empty.
type Outbox struct {
	mu   sync.Mutex
	list []Message
}

// Message is one message as users would have got it.
type Message struct {
	ID       string                    `json:"id"`
	At       time.Time                 `json:"at"`
	Incident string                    `json:"incident"`
	Audience string                    `json:"audience"`
	Phase    headstart.Phase           `json:"phase"`
	Silent   bool                      `json:"silent"`
	Text     map[string]headstart.Text `json:"text"`
}

const (
	mostMessages = 200     // kept; the oldest give way
	mostMessage  = 1 << 20 // bytes of one
)

// ServeHTTP takes one message. The same id twice is the same message.
func (o *Outbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var m Message
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostMessage)).Decode(&m); err != nil || m.ID == "" {
		http.Error(w, "this is no message of a webhook channel", http.StatusBadRequest)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, x := range o.list {
		if x.ID == m.ID {
			return
		}
	}
	if len(o.list) == mostMessages {
		o.list = o.list[1:]
	}
	o.list = append(o.list, m)
}

// Messages are what came, oldest first.
func (o *Outbox) Messages() []Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Message(nil), o.list...)
}

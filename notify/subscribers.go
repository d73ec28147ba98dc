package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"headstart"
)

// SubscriberList is who asked on a status page to be mailed, and what each has got. It
// survives a restart: a message that was half sent goes on where it stopped.
type SubscriberList interface {
	// Untold returns who is to get n and has not got it, in a fixed order.
	Untold(ctx context.Context, n *headstart.Notice) ([]headstart.Subscriber, error)
	// Told notes that s needs n no more.
	Told(ctx context.Context, n *headstart.Notice, s headstart.Subscriber) error
}

// subscribers mails each subscriber by himself: in his language, with a link that ends
// it. The log learns how many were mailed, never who.
type subscribers struct {
	name string
	mail *email
	list SubscriberList
}

// fanTurn is how long one attempt mails; then the place asks for another, so that a
// newer message need not wait for the last address of this one.
const fanTurn = 2 * time.Minute

// fanRest is how long it waits for that other attempt. It is said, since nobody is asked to
// slow down: without it every turn of a long list would wait twice as long as the last.
const fanRest = 5 * time.Second

// fanLook is after how many mails the list is looked at again: whoever unsubscribed
// meanwhile gets none.
const fanLook = 100

// fanCount is what a message to subscribers came to, for the log.
type fanCount struct {
	Mailed  int `json:"mailed"`            // in the last attempt
	Refused int `json:"refused,omitempty"` // by the mail server, for good
}

// Name implements Channel.
func (s *subscribers) Name() string { return s.name }

func (s *subscribers) timeout() time.Duration { return fanTurn + s.mail.cfg.timeout() + 5*time.Second }

// Caps implements Channel.
func (s *subscribers) Caps() Caps { return emailCaps }

// Post implements Channel.
func (s *subscribers) Post(ctx context.Context, n *headstart.Notice) (Handle, error) {
	if s.list == nil {
		return nil, permanentf("this channel has no addresses of its own; subscribe on the status page to try it")
	}
	count, err := s.tellAll(ctx, n)
	if err != nil {
		return nil, err
	}
	return json.Marshal(count)
}

// Update implements Channel; a mail cannot be edited, so it is never called.
func (s *subscribers) Update(_ context.Context, h Handle, _ *headstart.Notice) (Handle, error) {
	return h, nil
}

// Reply implements Channel.
func (s *subscribers) Reply(ctx context.Context, _ Handle, n *headstart.Notice) error {
	_, err := s.Post(ctx, n)
	return err
}

// tellAll mails n to everybody it is for. One address that is refused, or that the
// server does not take now, keeps nobody else uninformed.
func (s *subscribers) tellAll(ctx context.Context, n *headstart.Notice) (count fanCount, err error) {
	until := time.Now().Add(fanTurn)
	later := map[string]error{} // who is to be tried another time
	line := &line{mail: s.mail}
	defer line.hangUp()
	for {
		left, err := s.left(ctx, n, later)
		if err != nil {
			return count, err
		}
		if len(left) == 0 {
			break
		}
		for _, to := range left[:min(len(left), fanLook)] {
			if time.Now().After(until) {
				return count, &RateLimited{After: fanRest, Err: fmt.Errorf("%d subscribers mailed, about %d to go", count.Mailed, len(left))}
			}
			switch err := s.tellOne(ctx, line, n, to); {
			case err == nil:
				count.Mailed++
			case line.down || ctx.Err() != nil:
				return count, nameless(err, to)
			case refusedForGood(err):
				count.Refused++
			default:
				later[to.Key] = nameless(err, to)
			}
		}
	}
	for _, err := range later {
		return count, fmt.Errorf("%d subscribers not mailed yet, one of them: %w", len(later), err)
	}
	return count, nil
}

// left are those to be mailed in this attempt.
func (s *subscribers) left(ctx context.Context, n *headstart.Notice, later map[string]error) ([]headstart.Subscriber, error) {
	all, err := s.list.Untold(ctx, n)
	if err != nil {
		return nil, err
	}
	left := all[:0]
	for _, to := range all {
		if later[to.Key] == nil {
			left = append(left, to)
		}
	}
	return left, nil
}

// tellOne mails one subscriber, and notes it before anything else happens: a crash in
// between costs one repeat, with the same id.
func (s *subscribers) tellOne(ctx context.Context, l *line, n *headstart.Notice, to headstart.Subscriber) error {
	m, err := s.message(n, to)
	if err != nil {
		return &Permanent{err}
	}
	sent := l.send(ctx, m)
	if sent != nil && !refusedForGood(sent) {
		return sent
	}
	noted, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.list.Told(noted, n, to); err != nil {
		return fmt.Errorf("mailed, but not noted: %w", err)
	}
	return sent
}

// message is n as one subscriber reads it.
func (s *subscribers) message(n *headstart.Notice, to headstart.Subscriber) (*mail.Msg, error) {
	own := *n
	own.StatusURL = to.Page
	if text, ok := n.Text[to.Language]; ok {
		own.Languages, own.Text = []string{to.Language}, map[string]headstart.Text{to.Language: text}
	}
	first := n.N
	if to.Heard {
		first = to.First
	}
	m, err := s.mail.compose(&own, s.id(n, to, n.N), s.id(n, to, first), to.Unsubscribe)
	if err != nil {
		return nil, err
	}
	m.SetGenHeaderPreformatted("List-Unsubscribe", "<"+to.Unsubscribe+">")            // RFC 2369
	m.SetGenHeaderPreformatted("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") // RFC 8058
	return m, m.To(to.Address)
}

// id names the mail about update number to one subscriber, without brackets.
func (s *subscribers) id(n *headstart.Notice, to headstart.Subscriber, number int) string {
	return n.UID + "." + to.Key + "." + strconv.Itoa(number) + "@" + s.mail.host
}

// Mail sends a letter to one person, past every queue.
func (s *subscribers) Mail(ctx context.Context, l headstart.Letter) error {
	m, err := s.mail.personal(l)
	if err != nil {
		return &Permanent{err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.mail.cfg.timeout())
	defer cancel()
	return s.mail.hand(ctx, m)
}

// LetterBox is a channel that also sends letters to one person.
type LetterBox interface {
	Mail(ctx context.Context, l headstart.Letter) error
}

// ToSubscribers returns the channel of a configuration that mails subscribers; nil:
// it has none.
func ToSubscribers(channels []Channel) LetterBox {
	for _, c := range channels {
		if box, ok := c.(LetterBox); ok {
			return box
		}
	}
	return nil
}

// nameless is err without the address it is about: it goes into the log.
func nameless(err error, to headstart.Subscriber) error {
	text := mailAddress.ReplaceAllString(strings.ReplaceAll(err.Error(), to.Address, "…"), "…")
	if _, ok := errors.AsType[*Permanent](err); ok {
		return permanentf("%s", text)
	}
	if limited, ok := errors.AsType[*RateLimited](err); ok {
		return &RateLimited{After: limited.After, Err: errors.New(text)}
	}
	return errors.New(text)
}

package tickets

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"headstart"
)

// MaxBody is the largest body taken, in bytes.
const MaxBody = 1 << 20

// maxTickets is how many tickets one request may carry.
const maxTickets = 200

// hook answers POST /hooks/tickets/{source} of a sender with a token.
func (in *Inbox) hook(w http.ResponseWriter, r *http.Request) {
	s := in.sources[r.PathValue("source")]
	if s == nil || s.system == nil && (s.Type != TypeWebhook || s.Auth == AuthHMAC) {
		refuse(w, http.StatusNotFound, "no source that takes hooks has this name; see tickets.sources")
		return
	}
	if other := in.sources[headstart.IdentityFrom(r.Context()).Name]; other != nil && other != s {
		refuse(w, http.StatusForbidden, "this token belongs to source "+other.Name)
		return
	}
	if s.system != nil {
		in.hintHook(w, r, s, true)
		return
	}
	if body, ok := in.body(w, r, s); ok {
		in.deliver(w, r, s, body, "")
	}
}

// signedHook answers for a source with auth hmac.
func (in *Inbox) signedHook(w http.ResponseWriter, r *http.Request, s *source) {
	body, ok := in.body(w, r, s)
	if !ok {
		return
	}
	signature, err := verify(r.Header, body, s.secret, in.now())
	if err != nil {
		in.metrics.refused.WithLabelValues(s.Name).Inc()
		in.logger.Warn("ticket hook refused", "source", s.Name, "err", err)
		refuse(w, http.StatusUnauthorized, err.Error())
		return
	}
	in.deliver(w, r, s, body, signature)
}

// body reads a body of bounded size.
func (in *Inbox) body(w http.ResponseWriter, r *http.Request, s *source) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		in.metrics.refused.WithLabelValues(s.Name).Inc()
		refuse(w, http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB; send fewer tickets in one request")
		return nil, false
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "the body could not be read")
		return nil, false
	}
	return body, true
}

// deliver stores the tickets of a body whose sender is known. All are stored or
// none; 202 means that they are durable. A signed body that was stored already
// is not stored again.
func (in *Inbox) deliver(w http.ResponseWriter, r *http.Request, s *source, body []byte, signature string) {
	now := in.now()
	wire, err := decode(body, s.Name)
	if err != nil {
		in.metrics.refused.WithLabelValues(s.Name).Inc()
		in.logger.Warn("ticket hook refused", "source", s.Name, "err", err)
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if signature == "" || !s.replay.seen(signature) {
		_, to := in.prepared()
		var tickets []headstart.Ticket
		for i := range wire {
			t := in.ticket(&wire[i], s, to)
			if old, ok := in.view.Ticket(t.Key()); !ok || !stale(&t, &old.Ticket) {
				tickets = append(tickets, t)
			}
		}
		if err := in.keep(r.Context(), now, tickets); err != nil {
			in.metrics.up.WithLabelValues(s.Name).Set(0)
			in.logger.Error("tickets not stored; the sender was told to send them again", "source", s.Name, "tickets", len(tickets), "err", err)
			w.Header().Set("Retry-After", "5")
			refuse(w, http.StatusServiceUnavailable, "not stored; send it again")
			return
		}
		s.replay.keep(signature, now)
		in.metrics.received.WithLabelValues(s.Name).Add(float64(len(tickets)))
	}
	in.metrics.up.WithLabelValues(s.Name).Set(1)
	in.ears.Hear(s.Name, now, 0)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = fmt.Fprintf(w, "{\"accepted\":%d}\n", len(wire))
}

// decode reads a ticket, {"ticket": a ticket}, or a list of either. An unknown
// key is an error that names it: a misspelt one would lose what it says.
func decode(body []byte, source string) ([]wireTicket, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("the body is not UTF-8")
	}
	elements := []json.RawMessage{body}
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		if err := json.Unmarshal(body, &elements); err != nil {
			return nil, fmt.Errorf("the body is no JSON: %w", err)
		}
	}
	if len(elements) == 0 || len(elements) > maxTickets {
		return nil, fmt.Errorf("the list has %d tickets; send 1 to %d", len(elements), maxTickets)
	}
	out := make([]wireTicket, len(elements))
	var errs []error
	for i, e := range elements {
		err := decodeOne(e, &out[i])
		if err == nil {
			err = out[i].check(source)
		}
		if err != nil && len(elements) > 1 {
			err = fmt.Errorf("ticket %d: %w", i, err)
		}
		errs = append(errs, err)
	}
	return out, errors.Join(errs...)
}

func decodeOne(data []byte, t *wireTicket) error {
	var wrapped struct {
		Ticket json.RawMessage `json:"ticket"`
	}
	if json.Unmarshal(data, &wrapped) == nil && wrapped.Ticket != nil {
		if err := strict(data, &wrapped); err != nil {
			return err
		}
		data = wrapped.Ticket
	}
	if string(bytes.TrimSpace(data)) == "null" {
		return errors.New("it is null; send a ticket")
	}
	return strict(data, t)
}

func strict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return plain(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the ticket; send one object, or a list")
	}
	return nil
}

// plain says in our words what encoding/json found, without quoting values.
func plain(err error) error {
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return fmt.Errorf("%s is a %s, which does not fit", wrong.Field, strings.Fields(wrong.Value)[0])
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("unknown key %s", name)
	}
	if bad := new(time.ParseError); errors.As(err, &bad) {
		return errors.New("a time is not RFC 3339; write 2026-11-23T08:00:00+01:00")
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the body is no JSON: it ends too early")
	}
	return fmt.Errorf("the body is no JSON: %w", err)
}

// window is how far a signature's time may lie from ours.
const window = 5 * time.Minute

// verify checks the signature of body: header X-Headstart-Signature is
// "sha256=" and the hex HMAC-SHA256 over X-Headstart-Timestamp (Unix seconds),
// a dot, and the body. It returns the signature.
func verify(h http.Header, body, secret []byte, now time.Time) (string, error) {
	stamp := h.Get("X-Headstart-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return "", errors.New("X-Headstart-Timestamp is missing or no Unix time in seconds")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > window || age < -window {
		return "", errors.New("X-Headstart-Timestamp is more than 5 minutes from our time; sign anew, and see that both clocks are right")
	}
	given, err := hex.DecodeString(strings.TrimPrefix(h.Get("X-Headstart-Signature"), "sha256="))
	if err != nil || len(given) != sha256.Size || !strings.HasPrefix(h.Get("X-Headstart-Signature"), "sha256=") {
		return "", errors.New("X-Headstart-Signature is missing or not sha256=HEX")
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	if !hmac.Equal(given, mac.Sum(nil)) {
		return "", errors.New("the signature does not fit; is the secret the one in token_file?")
	}
	return string(given), nil
}

// replays remembers signatures of stored bodies while their time is valid, so
// that a body caught on the way and sent again is stored once.
type replays struct {
	mu     sync.Mutex
	stored map[string]time.Time
}

func (r *replays) seen(signature string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.stored[signature]
	return ok
}

func (r *replays) keep(signature string, now time.Time) {
	if signature == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stored == nil {
		r.stored = map[string]time.Time{}
	}
	for s, at := range r.stored {
		if now.Sub(at) > 2*window {
			delete(r.stored, s)
		}
	}
	r.stored[signature] = now
}

// refuse answers problem+json (RFC 9457).
func refuse(w http.ResponseWriter, status int, detail string) {
	b, err := json.Marshal(map[string]any{"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail})
	if err != nil {
		panic("tickets: encode answer: " + err.Error()) // only types of ours
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // the client is gone: nothing is lost
}

package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"time"

	"headstart"
	"headstart/credentials"
)

// sms tells users by text message through the HTTP interface of any gateway: one
// request for each number, made of the operator's templates. Each text is the
// short form of every language, in the alphabet of GSM.
type sms struct {
	cfg      ChannelConfig
	url      *template.Template
	body     *template.Template
	headers  map[string]*template.Template
	secret   string
	caller   *caller
	progress ledger
}

// SMSRequest is what the templates url, headers and body know.
type SMSRequest struct {
	To     string // a number, as configured: +31612345678
	Text   string // at most 160 characters a language
	ID     string // the same at every attempt for this number, for gateways that tell repeats
	Secret string // what secret_file holds
}

// smsMost bounds what a template makes, in bytes.
const smsMost = 16 << 10

func newSMS(cfg ChannelConfig, o ChannelOptions) (Channel, error) {
	s := &sms{cfg: cfg, headers: map[string]*template.Template{}}
	address, err := secretURL(cfg)
	if err != nil {
		return nil, err
	}
	if s.url, err = smsTemplate("url", address); err != nil {
		return nil, err
	}
	if s.body, err = smsTemplate("body", cfg.Body); err != nil {
		return nil, err
	}
	for name, value := range cfg.Headers {
		if s.headers[name], err = smsTemplate("headers", value); err != nil {
			return nil, err
		}
	}
	if cfg.SecretFile != "" {
		if s.secret, err = credentials.Secret("secret_file", cfg.SecretFile); err != nil {
			return nil, err
		}
	}
	s.caller, err = newCaller("sms", address, cfg, o)
	return s, err
}

// smsTemplate reads one template. It may hold values and conditions: without
// loops, templates within templates and `call` it ends soon (ruling 45). Errors
// show nothing of it, since it may hold a secret.
func smsTemplate(key, text string) (*template.Template, error) {
	if len(text) > maxTemplateBytes {
		return nil, fmt.Errorf("%s has %d bytes; at most %d are read", key, len(text), maxTemplateBytes)
	}
	t, err := template.New(key).Option("missingkey=error").Funcs(template.FuncMap{"json": jsonText}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s is no template; write values as {{json .Text}} or {{urlquery .Text}}", key)
	}
	if len(t.Templates()) > 1 || noCall(key, text) != nil || t.Tree != nil && loops(t.Root) {
		return nil, fmt.Errorf("%s uses range, define, template or call, which are not allowed; write the values themselves", key)
	}
	return t, nil
}

// loops looks for what could make a template run long.
func loops(n parse.Node) bool {
	switch n := n.(type) {
	case *parse.ListNode:
		return n != nil && slices.ContainsFunc(n.Nodes, loops)
	case *parse.IfNode:
		return loops(n.List) || loops(n.ElseList)
	case *parse.WithNode:
		return loops(n.List) || loops(n.ElseList)
	case *parse.RangeNode, *parse.TemplateNode:
		return true
	}
	return false
}

// jsonText writes s as a string of JSON.
func jsonText(s string) (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

// Name implements Channel.
func (s *sms) Name() string { return s.cfg.Name }

// timeout leaves each number its own.
func (s *sms) timeout() time.Duration {
	return min(s.caller.limit()*time.Duration(len(s.cfg.To)), 5*time.Minute)
}

// Caps implements Channel.
func (s *sms) Caps() Caps { return postCaps }

// Post implements Channel. A number that is refused does not keep the others
// uninformed, and who has the message does not get it again.
func (s *sms) Post(ctx context.Context, n *headstart.Notice) (Handle, error) {
	p := s.progress.of(n.Key)
	var again, refusals []error
	limited := false
	for _, to := range p.left(s.cfg.To) {
		if limited || ctx.Err() != nil {
			break // the rest waits too: something is left in again
		}
		err := s.send(ctx, n, to)
		_, limited = errors.AsType[*RateLimited](err)
		_, permanent := errors.AsType[*Permanent](err)
		switch {
		case err == nil:
			p.told[to] = true
		case permanent:
			p.refused[to] = true
			refusals = append(refusals, err)
		default:
			again = append(again, err)
		}
	}
	if err := ctx.Err(); err != nil && len(again) == 0 {
		again = append(again, err)
	}
	if len(again) > 0 {
		return nil, errors.Join(again...)
	}
	s.progress.forget(n.Key)
	if len(p.told) == 0 {
		return nil, errors.Join(refusals...)
	}
	return Handle(`{}`), nil
}

// Update implements Channel; a text message cannot be edited, so it is never called.
func (s *sms) Update(_ context.Context, h Handle, _ *headstart.Notice) (Handle, error) {
	return h, nil
}

// Reply implements Channel; there are no threads, so it is never called.
func (s *sms) Reply(ctx context.Context, _ Handle, n *headstart.Notice) error {
	_, err := s.Post(ctx, n)
	return err
}

func (s *sms) send(ctx context.Context, n *headstart.Notice, to string) error {
	r := SMSRequest{To: to, Text: smsText(n), ID: n.Key + "/" + to, Secret: s.secret}
	address, err := r.fill(s.url)
	if err != nil {
		return &Permanent{err}
	}
	body, err := r.fill(s.body)
	if err != nil {
		return &Permanent{err}
	}
	header := map[string]string{}
	for name, t := range s.headers {
		if header[name], err = r.fill(t); err != nil {
			return &Permanent{err}
		}
	}
	method := s.cfg.Method
	if method == "" {
		method = http.MethodPost
	}
	_, err = s.caller.call(ctx, method, address, header, []byte(body))
	return err
}

// fill writes r by a template; errors show no value.
func (r SMSRequest) fill(t *template.Template) (string, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, r); err != nil {
		return "", fmt.Errorf("sms: %s cannot be filled in; it knows .To .Text .ID .Secret", t.Name())
	}
	if b.Len() > smsMost {
		return "", fmt.Errorf("sms: %s became %d bytes; at most %d are sent", t.Name(), b.Len(), smsMost)
	}
	return b.String(), nil
}

// smsText is the short form in every language, the audience's first language first.
func smsText(n *headstart.Notice) string {
	var out []string
	for _, part := range letterOf(n).Parts {
		if part.Text.Short != "" {
			out = append(out, part.Text.Short)
		}
	}
	return strings.Join(out, "\n")
}

// examine connects, and no more.
func (s *sms) examine(ctx context.Context) (string, error) {
	u, err := url.Parse(s.caller.address)
	if err != nil {
		return "", errors.New("url cannot be read")
	}
	return "its server takes connections; whether it sends only a message shows", s.caller.reach(ctx, u.Scheme+"://"+u.Host)
}

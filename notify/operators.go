package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/config/receiver"
	amnotify "github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"
	commoncfg "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v3"

	"headstart"
)

// OperatorsConfig is the paging of operators in Alertmanager's own words.
type OperatorsConfig struct {
	Receivers   string   // the receivers block as YAML; empty: nobody is paged
	File        string   // the alertmanager.yml it is from, with its globals; empty: none
	Route       string   // the route as YAML; only checked here
	Templates   []string // files, globs allowed
	ExternalURL string   // where the desk is; links in pages lead there

	// AckLink is where whoever reads a mail about a page says that he is on it; empty:
	// nowhere. Nil: mails have no such link.
	AckLink func(*headstart.Notice) string
}

// Operators pages people through Alertmanager's receivers. Each integration
// stands behind a watchdog of its own and is built once.
type Operators struct {
	receivers map[string][]*integration
	names     []string
	dialer    *headstart.Dialer
}

// integration is one way of one receiver: its second webhook, its mail.
type integration struct {
	amnotify.Integration

	id     string // "slack/0", the same as long as the configuration is
	cfg    any    // its own part of the configuration, for dry rendering
	tmpl   *template.Template
	dog    *watchdog
	dialer *headstart.Dialer
	mailTo string                         // host:port of a mail integration, which dials by itself
	ack    func(*headstart.Notice) string // of a mail integration; nil: none
	logger *slog.Logger
}

// pageLimit bounds one call of an integration.
const pageLimit = 30 * time.Second

// LoadOperators builds every integration and renders every template once,
// firing and resolved, so that a mistake shows now and not in an outage.
func LoadOperators(c OperatorsConfig, logger *slog.Logger, dialer *headstart.Dialer) (*Operators, error) {
	o := &Operators{receivers: map[string][]*integration{}, dialer: dialer}
	if strings.TrimSpace(c.Receivers) == "" {
		return o, checkNames(c.Route, nil)
	}
	startLibrary()
	cfg, err := c.load()
	if err != nil {
		return nil, fmt.Errorf("receivers: %w", err)
	}
	tmpl, err := loadTemplates(c.Templates, c.ExternalURL)
	if err != nil {
		return nil, err
	}
	logger = logger.With("component", "notify")
	var errs []error
	for _, r := range cfg.Receivers {
		built, err := receiver.BuildReceiverIntegrations(r, tmpl, logger, commoncfg.WithDialContextFunc(dialer.DialContext))
		if err != nil {
			errs = append(errs, fmt.Errorf("receiver %s: %s", r.Name, scrub(err.Error())))
			continue
		}
		o.names = append(o.names, r.Name)
		for _, b := range built {
			i := newIntegration(b, r, tmpl, logger, dialer)
			if i.mailTo != "" {
				i.ack = c.AckLink
			}
			o.receivers[r.Name] = append(o.receivers[r.Name], i)
		}
		if err := dryRender(r, tmpl); err != nil {
			errs = append(errs, err)
		}
	}
	slices.Sort(o.names)
	errs = append(errs, checkNames(c.Route, o.names))
	return o, errors.Join(errs...)
}

// load lets the library read the receivers, from their own file if they have one.
func (c OperatorsConfig) load() (*config.Config, error) {
	if c.File == "" {
		return loadReceivers(c.Receivers)
	}
	cfg, err := loadFile(c.File)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.File, err)
	}
	return cfg, nil
}

// loadReceivers lets the library read the block, which fills in its defaults. It
// insists on a route, so one is made up; it routes nothing.
func loadReceivers(block string) (*config.Config, error) {
	var list []struct {
		Name string `yaml:"name"`
	}
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(block), &node); err != nil {
		return nil, err
	}
	if err := node.Decode(&list); err != nil {
		return nil, fmt.Errorf("%w; write a list of receivers, each with a name", err)
	}
	if len(list) == 0 || len(node.Content) == 0 {
		return nil, errors.New("the list is empty; name a receiver or remove the key")
	}
	doc, err := yaml.Marshal(map[string]any{"receivers": node.Content[0], "route": map[string]string{"receiver": list[0].Name}})
	if err != nil {
		return nil, err
	}
	return config.Load(string(doc))
}

// checkNames holds the route to receivers that exist.
func checkNames(route string, names []string) error {
	r, err := NewRouter(route)
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range r.Named() {
		if !slices.Contains(names, n) {
			errs = append(errs, fmt.Errorf("route: no receiver is named %q; add it to receivers or correct the name", n))
		}
	}
	return errors.Join(errs...)
}

func newIntegration(b amnotify.Integration, r config.Receiver, tmpl *template.Template, logger *slog.Logger, dialer *headstart.Dialer) *integration {
	id := b.Name() + "/" + strconv.Itoa(b.Index())
	i := &integration{
		Integration: b, id: id, tmpl: tmpl, logger: logger, dialer: dialer,
		dog: newWatchdog(r.Name+"/"+id, pageLimit),
	}
	if b.Name() == "email" {
		mail := r.EmailConfigs[b.Index()]
		i.cfg, i.mailTo = mail, mail.Smarthost.String()
	}
	return i
}

// Names returns the receivers, sorted.
func (o *Operators) Names() []string { return slices.Clone(o.names) }

func newReceiverPlace(o *Operators, name string) *place {
	return &place{name: "receiver/" + name, send: func(ctx context.Context, n *headstart.Notice, h Handle) (Handle, error) {
		return o.page(ctx, name, n, h)
	}}
}

// progress is how far a page to a receiver with several integrations got. It
// is the page's handle, so that a retry disturbs nobody twice.
type progress struct {
	Done   []string          `json:"done,omitempty"`
	Failed map[string]string `json:"failed,omitempty"` // for good, and why
}

// page tells every integration of a receiver, at the same time: a mail server
// that hangs must not delay the chat message.
func (o *Operators) page(ctx context.Context, name string, n *headstart.Notice, h Handle) (Handle, error) {
	var p progress
	if len(h) > 0 {
		_ = json.Unmarshal(h, &p) // unreadable: nobody counts as told
	}
	if p.Failed == nil { // null in the handle
		p.Failed = map[string]string{}
	}
	var left []*integration
	for _, i := range o.receivers[name] {
		if !slices.Contains(p.Done, i.id) && p.Failed[i.id] == "" {
			left = append(left, i)
		}
	}
	errs := make([]error, len(left))
	var all sync.WaitGroup
	for k, i := range left {
		all.Go(func() { errs[k] = i.tell(ctx, name, n) })
	}
	all.Wait()
	again := p.note(left, errs)
	h, err := json.Marshal(p)
	switch {
	case err != nil:
		return nil, err
	case again != nil:
		return h, again
	case len(p.Failed) > 0:
		return h, p.failure()
	}
	return h, nil
}

// note takes in the answers, and returns what is to be tried again. Only if all
// of that asked to be left alone, so does the receiver.
func (p *progress) note(told []*integration, errs []error) error {
	var again []error
	limited := true
	for k, i := range told {
		var permanent *Permanent
		var wait *RateLimited
		switch err := errs[k]; {
		case err == nil:
			p.Done = append(p.Done, i.id)
		case errors.As(err, &permanent):
			p.Failed[i.id] = err.Error()
		default:
			again = append(again, err)
			limited = limited && errors.As(err, &wait)
		}
	}
	if len(again) > 0 && limited {
		return &RateLimited{Err: errors.Join(again...)}
	}
	return errors.Join(again...)
}

func (p progress) failure() error {
	var parts []string
	for _, why := range p.Failed {
		parts = append(parts, why)
	}
	slices.Sort(parts)
	return permanentf("%s", strings.Join(parts, "; "))
}

// tell makes one call and sorts its answer.
func (i *integration) tell(ctx context.Context, receiver string, n *headstart.Notice) error {
	alerts := pageAlerts(n, i.Name(), time.Now())
	if !i.SendResolved() {
		alerts = firing(alerts)
	}
	if len(alerts) == 0 {
		return nil // this integration is not told that something is over
	}
	if i.ack != nil && !n.Resolved {
		addAckLink(alerts, i.ack(n))
	}
	ctx = pageContext(ctx, receiver, n, i.Name())
	if i.mailTo != "" {
		// A template that fails halfway a mail has already sent its headers.
		if err := i.checkMail(ctx, alerts); err != nil {
			return err
		}
	}
	err := i.dog.do(ctx, func(ctx context.Context) error {
		again, err := i.Notify(ctx, alerts...)
		if err == nil {
			return nil
		}
		return asked{again, err}
	})
	if err == nil {
		return nil
	}
	var permanent *Permanent
	retry := !errors.As(err, &permanent) // abandoned: yes; a panic: no
	if a, ok := errors.AsType[asked](err); ok {
		retry, err = a.retry, a.err
	}
	said := fmt.Errorf("%s: %s", i.dog.name, scrub(err.Error()))
	// Most integrations do not ask for a retry when they are told to slow down.
	var why *amnotify.ErrorWithReason
	switch {
	case errors.As(err, &why) && why.Reason == amnotify.RateLimitedReason:
		return &RateLimited{Err: said}
	case retry:
		return said
	}
	return &Permanent{said}
}

// asked is an answer of the library: an error and whether to try again.
type asked struct {
	retry bool
	err   error
}

func (a asked) Error() string { return a.err.Error() }

// checkMail does what the library's mail does not: it renders first, and asks
// the dialer whether the server may be reached.
func (i *integration) checkMail(ctx context.Context, alerts []*amAlert) error {
	data := amnotify.GetTemplateData(ctx, i.tmpl, alerts, i.logger)
	if err := renderAll(i.cfg, i.dog.name, i.tmpl, data); err != nil {
		return &Permanent{err}
	}
	host, port, err := net.SplitHostPort(i.mailTo)
	if err != nil {
		return permanentf("%s: smarthost: %w", i.dog.name, err)
	}
	number, err := net.LookupPort("tcp", port)
	if err != nil {
		return permanentf("%s: smarthost: %w", i.dog.name, err)
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return fmt.Errorf("%s: %w", i.dog.name, err)
	}
	for _, a := range addrs {
		if err := i.dialer.Check(netip.AddrPortFrom(a, uint16(number))); err != nil {
			return permanentf("%s: %w", i.dog.name, err)
		}
	}
	return nil
}

// address is a URL in a text: its scheme and host, and the rest.
var address = regexp.MustCompile(`([a-z][a-z0-9+.-]*://)([^/\s"'?#]*)[^\s"']*`)

// scrub takes from an error of the library what may be a secret: of an address
// only scheme and host remain. It also keeps it short; servers answer with pages.
func scrub(s string) string {
	s = address.ReplaceAllStringFunc(strings.ToValidUTF8(s, ""), func(a string) string {
		part := address.FindStringSubmatch(a)
		if strings.Contains(part[2], "@") {
			part[2] = "…"
		}
		return part[1] + part[2] + "/…"
	})
	const most = 300
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/lang"
	"headstart/notify"
	"headstart/report/column"
	"headstart/store"
	"headstart/subscriptions"
	"headstart/web/public"
)

// subscriptionsOf returns the register of subscribers; nil: nobody can subscribe and
// nobody ever did. Letters go through box, once it has a channel.
func subscriptionsOf(ctx context.Context, cfg *configs.Config, st store.Store, box *letterBox, leading func() bool, logger *slog.Logger, reg prometheus.Registerer) (*subscriptions.Register, error) {
	file := filepath.Join(cfg.DataDir, subscriptions.KeyFile)
	if _, err := os.Stat(file); len(cfg.Publish.SubscribeDomains) == 0 && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	keys, err := subscriptions.OpenKeys(ctx, st, file)
	if err != nil {
		return nil, err
	}
	o := subscriptions.Options{
		Shelf: st, Keys: keys, Leading: leading, Catalog: cfg.Catalog, Keep: wholeDays(time.Duration(cfg.Retention.Subscriptions)),
		URL: cfg.PublicURL(), Zone: zoneOf(cfg), Elsewhere: elsewhere(cfg), Logger: logger, Registerer: reg,
	}
	if cfg.Notify.MailsSubscribers() {
		o.Mailer = box
	}
	for _, d := range cfg.Publish.SubscribeDomains {
		domain, err := subscriptions.Domain(d)
		if err != nil {
			return nil, fmt.Errorf("publish.subscribe_domains: %w", err)
		}
		o.Domains = append(o.Domains, domain)
	}
	for _, p := range cfg.Publish.Published(cfg.Language, cfg.Contact) {
		o.Pages = append(o.Pages, subscriptions.Page{ID: p.ID, Title: p.Title, Services: p.Services, Locations: p.Locations, Languages: p.Languages, Linked: p.Access == "link"})
	}
	return subscriptions.New(o), nil
}

// countingAll counts the subscriptions to all pages; nil: nobody can subscribe.
func countingAll(r *subscriptions.Register) func(context.Context) (int, error) {
	if r == nil {
		return nil
	}
	return func(ctx context.Context) (n int, err error) {
		counts, err := r.Count(ctx)
		for _, of := range counts {
			n += of
		}
		return n, err
	}
}

// letterBox passes letters to the channel that mails subscribers, which is made after
// whoever writes them.
type letterBox struct{ to notify.LetterBox }

// Mail implements subscriptions.Mailer.
func (b *letterBox) Mail(ctx context.Context, l headstart.Letter) error {
	if b.to == nil {
		return errors.New("no channel mails subscribers")
	}
	return b.to.Mail(ctx, l)
}

// subscriberList is r for a channel; an interface that holds no register is none.
func subscriberList(r *subscriptions.Register) notify.SubscriberList {
	if r == nil {
		return nil
	}
	return r
}

// subscribing is r for the status pages.
func subscribing(r *subscriptions.Register) public.Subscriptions {
	if r == nil {
		return nil
	}
	return r
}

// elsewhere knows the addresses that channels mail literally: who is told there needs no
// second mail (ruling 29). Who is behind the address of a list is not to be known.
func elsewhere(cfg *configs.Config) func(audience, address string) bool {
	of := map[string][]string{} // audiences by address; an empty name is all of them
	for _, c := range cfg.Notify.Channels {
		if c.Type != "email" && c.Type != "graph" {
			continue
		}
		audiences := c.Audiences
		if len(audiences) == 0 {
			audiences = []string{""}
		}
		for _, to := range c.To {
			if a, err := mail.ParseAddress(to); err == nil {
				of[strings.ToLower(a.Address)] = append(of[strings.ToLower(a.Address)], audiences...)
			}
		}
	}
	return func(audience, address string) bool {
		in := of[strings.ToLower(address)]
		return slices.Contains(in, "") || slices.Contains(in, audience)
	}
}

// subscribersCommand counts who gets mail.
func (p *program) subscribersCommand() *cobra.Command {
	var flags clientFlags
	cmd := p.shows(&cobra.Command{
		Use:   "subscribers",
		Short: "how many subscribed to each status page",
		Long: `Counts the confirmed subscriptions of each status page. Who they are is kept sealed and shown nowhere;
store forget --email forgets one of them.`,
		Example: "  headstart channels subscribers",
		Args:    cobra.NoArgs,
	}, &flags, always("/api/v1/subscribers"), told(p, countsText))
	flags.add(cmd)
	return cmd
}

// countsText is a page a line.
func countsText(c *subscriptions.Counts, say *lang.Words) string {
	out := &column.Lines{Width: width, Cut: "…"}
	for _, page := range c.Pages {
		out.Wrap("", "  ", say.Say("sub.count", "page", "/s/"+page.Page, "n", page.Subscribers))
	}
	return out.String()
}

// subscriptionParts is the register at work; without one there is nothing to run.
func subscriptionParts(r *subscriptions.Register) []part {
	if r == nil {
		return nil
	}
	return []part{{"subscriptions", r.Run}}
}

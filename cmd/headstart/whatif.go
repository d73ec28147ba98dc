package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"weak"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/correlate"
	"headstart/lang"
	"headstart/web"
)

// outlooks answers what would happen if assets went down, and what tickets are about, by
// the catalog that the engine decides with.
type outlooks struct {
	view *headstart.View

	mu   sync.Mutex
	of   *headstart.Catalog
	last *correlate.Outlook
	told map[weak.Pointer[headstart.TicketState]]aboutness // as the view shares them: what changes is another one
}

// aboutness is what a ticket is about.
type aboutness struct {
	service, location string
	fails             bool
}

// toldMost is how many tickets it is remembered of.
const toldMost = 20_000

func (o *outlooks) whatIf(assets ...string) headstart.WhatIf { return o.now().WhatIf(assets...) }

func (o *outlooks) about(t *headstart.TicketState) (service, location string, fails bool) {
	now := o.now()
	o.mu.Lock()
	defer o.mu.Unlock()
	key := weak.Make(t) // what the view has let go is not held for this
	a, known := o.told[key]
	if !known {
		a.service, a.location, a.fails = now.About(t)
		if o.last != now {
			return a.service, a.location, a.fails // the catalog changed meanwhile: not to be remembered
		}
		if o.told == nil || len(o.told) >= toldMost {
			o.told = map[weak.Pointer[headstart.TicketState]]aboutness{}
		}
		o.told[key] = a
	}
	return a.service, a.location, a.fails
}

// now is that of the catalog of now.
func (o *outlooks) now() *correlate.Outlook {
	catalog := o.view.Catalog()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last == nil || o.of != catalog {
		o.of, o.last, o.told = catalog, correlate.NewOutlook(catalog), nil
	}
	return o.last
}

func (p *program) whatIfCommand() *cobra.Command {
	var output, language string
	cmd := &cobra.Command{
		Use:   "what-if ASSET...",
		Short: "who would notice if these went down",
		Long: `Say who would notice if one device or service went down, or several together: people,
printers, services, places, departments, who would be told, and what goes on because
something stands in for it. It reads the catalog of the configuration, counts as an
incident is counted, and needs no running service.`,
		Example: "  headstart what-if sw-n-2\n  headstart what-if core-a core-b --output json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := textOrJSON(output); err != nil {
				return err
			}
			cfg, err := p.config(cmd)
			if err != nil {
				return err
			}
			view, err := viewOfConfig(cfg)
			if err != nil {
				return err
			}
			f, err := whatIf(view, args)
			switch {
			case err != nil:
				return err
			case output == "json":
				return p.printJSON(web.NewWhatIfAnswer(view, f))
			}
			p.printWhatIf(view, f, lang.New(cmp.Or(language, cfg.Language), nil))
			return nil
		},
	}
	cmd.Flags().StringVar(&output, "output", "text", "text or json")
	cmd.Flags().StringVar(&language, "lang", "", "nl or en (default: the configuration's)")
	return cmd
}

// whatIf answers for assets that the catalog has.
func whatIf(view *headstart.View, assets []string) (headstart.WhatIf, error) {
	for _, id := range assets {
		if view.Topology().Node(id) == nil {
			return headstart.WhatIf{}, fmt.Errorf("the catalog has no device or service %q; name one by its id", id)
		}
	}
	return (&outlooks{view: view}).whatIf(assets...), nil
}

// viewOfConfig is a view that knows a configuration and nothing else.
func viewOfConfig(cfg *configs.Config) (*headstart.View, error) {
	row, err := json.Marshal(cfg.LogConfig(""))
	if err != nil {
		return nil, err
	}
	view := headstart.NewView()
	err = view.Reset(headstart.Cursor{}, headstart.Offset{}, []headstart.FeedOp{{Table: headstart.TableConfig, Row: headstart.Row{Key: "current", Val: row}}})
	return view, err
}

func (p *program) printWhatIf(view *headstart.View, f headstart.WhatIf, say *lang.Words) {
	for _, line := range web.WhatIfLines(view, f, say) {
		_, _ = fmt.Fprintln(p.stdout, strings.TrimRight(line, " "))
	}
}

package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"headstart/configs"
	"headstart/web/public"
)

// publishCommand makes links to status pages that are not for everybody, and ends
// them: on the keys in data_dir; a service that runs knows at once. State asks a
// running service.
func (p *program) publishCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "publish",
		Short:   "links to status pages that are not for everybody, and their state by hand",
		Example: "  headstart publish link personeel --for 90d",
	}
	cmd.AddCommand(p.publishLink(), p.publishRevoke(), p.publishState())
	return cmd
}

func (p *program) publishLink() *cobra.Command {
	var lasts string
	cmd := &cobra.Command{
		Use:   "link [PAGE]",
		Short: "make a signed link to a page with access link",
		Long: `Prints an address at which whoever has it reads the page, its feeds and its
calendar, until it expires. The id of the page stands in publish.pages; without one
it is the page at /s/. Nothing is kept of a link: revoke ends all of a page at once.`,
		Example: "  headstart publish link personeel --for 90d",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := model.ParseDuration(lasts)
			if err != nil || d <= 0 || time.Duration(d) > public.LongestLink {
				return fmt.Errorf("--for is %q; write how long the link works, such as 90d, at most 10y", lasts)
			}
			cfg, page, err := p.linkedPage(cmd, args)
			if err != nil {
				return err
			}
			until := time.Now().Add(time.Duration(d))
			token, err := public.OpenLinks(cfg.DataDir).Make(page, until)
			if err != nil {
				return fmt.Errorf("make a link: %w", err)
			}
			base := strings.TrimRight(cmp.Or(cfg.Publish.ExternalURL, cfg.Door.ExternalURL), "/")
			_, err = fmt.Fprintf(p.stdout, "%s%slink/%s/\nworks until %s\n", base, public.Root(page), token, until.In(zoneOf(cfg)).Format("2006-01-02 15:04"))
			return err
		},
	}
	cmd.Flags().StringVar(&lasts, "for", "365d", "how long the link works, as `duration`")
	return cmd
}

func (p *program) publishRevoke() *cobra.Command {
	return &cobra.Command{
		Use:     "revoke [PAGE]",
		Short:   "end every link to a page that was made until now",
		Example: "  headstart publish revoke personeel",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, page, err := p.linkedPage(cmd, args)
			if err != nil {
				return err
			}
			if err := public.OpenLinks(cfg.DataDir).Revoke(page); err != nil {
				return fmt.Errorf("end the links: %w", err)
			}
			_, err = fmt.Fprintf(p.stdout, "every link to %s made until now is refused\n", public.Root(page))
			return err
		},
	}
}

// linkedPage is the id of a page that is read by link.
func (p *program) linkedPage(cmd *cobra.Command, args []string) (*configs.Config, string, error) {
	cfg, err := p.config(cmd)
	if err != nil {
		return nil, "", err
	}
	id := strings.Join(args, "")
	for _, page := range cfg.Publish.Pages {
		switch {
		case page.ID != id:
		case page.Access != "link":
			return nil, "", fmt.Errorf("the page at %s has access %s; write access: link in publish.pages to have it read by link only", public.Root(id), cmp.Or(page.Access, "open"))
		default:
			return cfg, id, nil
		}
	}
	if id == "" {
		return nil, "", errors.New("the page at /s/ is open to everybody; name a page of publish.pages with access: link")
	}
	return nil, "", fmt.Errorf("publish.pages has no page %q; correct the id, or add it with access: link", id)
}

// pageIDs are the ids of the pages that are published.
func pageIDs(pages *public.Site) []string {
	ids := []string{}
	for _, p := range pages.Pages() {
		ids = append(ids, p.ID)
	}
	return ids
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/lang"
	"headstart/report/column"
)

// knownErrorsCommand is the desk's list of what earlier incidents taught.
func (p *program) knownErrorsCommand() *cobra.Command {
	var flags clientFlags
	cmd := &cobra.Command{
		Use:     "known-errors",
		Short:   "what earlier incidents taught: list, show, make, edit, retire, take in and out as files",
		Example: "  headstart known-errors list --q papier\n  headstart known-errors export bekend.csv",
	}
	flags.add(cmd)
	cmd.AddCommand(p.knownListCommand(&flags), p.knownShowCommand(&flags), p.knownMakeCommand(&flags), p.knownEditCommand(&flags), p.knownRetireCommand(&flags),
		p.knownExportCommand(&flags), p.knownImportCommand(&flags))
	return cmd
}

// knownAnswer is as much of a known error as commands read of the API.
type knownAnswer struct {
	headstart.KnownRecord
	Due    bool                `json:"review_due"`
	KBGone *headstart.DeadLink `json:"kb_gone"`
	Draft  string              `json:"article_draft"`
}

// knownPage is a page of the list.
type knownPage struct {
	KnownErrors []knownAnswer `json:"known_errors"`
	NextCursor  string        `json:"next_cursor"`
}

// pageOfKnown is how many known errors one question asks for.
const pageOfKnown = "500"

// knownErrors asks for all that a query finds.
func (c *client) knownErrors(ctx context.Context, values map[string]string) ([]knownAnswer, error) {
	var all []knownAnswer
	values["limit"] = pageOfKnown
	for {
		answer, err := c.get(ctx, query("/api/v1/known-errors", values))
		if err != nil {
			return nil, err
		}
		var page knownPage
		if err := json.Unmarshal(answer, &page); err != nil {
			return nil, fmt.Errorf("read the answer: %w", err)
		}
		all = append(all, page.KnownErrors...)
		if values["cursor"] = page.NextCursor; page.NextCursor == "" {
			return all, nil
		}
	}
}

func (p *program) knownListCommand(flags *clientFlags) *cobra.Command {
	var output string
	var q, service, state string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "known errors by id, with what helped",
		Example: "  headstart known-errors list --service print\n  headstart known-errors list --state due",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := textOrJSON(output); err != nil {
				return err
			}
			cl, err := p.client(cmd, flags)
			if err != nil {
				return err
			}
			all, err := cl.knownErrors(cmd.Context(), map[string]string{"q": q, "service": service, "state": state})
			if err != nil {
				return err
			}
			if output == "json" {
				return p.printJSON(map[string]any{"known_errors": append([]knownAnswer{}, all...)})
			}
			_, err = fmt.Fprint(p.stdout, knownLines(all, lang.New(cl.lang, cl.zone)))
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&q, "q", "", "words that must all be found")
	f.StringVar(&service, "service", "", "id of a service")
	f.StringVar(&state, "state", "", "due, retired or all (default: in use)")
	f.StringVar(&output, "output", "text", "text or json")
	return cmd
}

// knownLines is a known error a line, below it what helps.
func knownLines(all []knownAnswer, say *lang.Words) string {
	out := &column.Lines{Width: width, Cut: "…"}
	if len(all) == 0 {
		out.Wrap("", "", say.Say("known.none"))
	}
	for i := range all {
		k := &all[i]
		out.Wrap("", "  ", strings.Join(append([]string{k.ID, k.Name(say.Lang)}, knownTags(k, say)...), "  "))
		if r := k.Remedy(say.Lang); r != "" {
			out.Wrap("    ", "      ", r)
		}
	}
	return out.String()
}

// knownTags are what a reader should know before he trusts k.
func knownTags(k *knownAnswer, say *lang.Words) (out []string) {
	for _, t := range []struct {
		is  bool
		key string
	}{
		{!k.InUse(), "known.tag.retired"}, {k.Due, "known.tag.due"}, {k.KBGone != nil, "known.tag.dead"}, {k.SupplierCase != "", "known.tag.supplier"}, {!k.Own, "known.catalog"},
	} {
		if t.is {
			out = append(out, "["+say.Say(t.key)+"]")
		}
	}
	if k.Helped > 0 {
		out = append(out, say.Say("known.helps", "n", k.Helped))
	}
	if k.Failed > 0 {
		out = append(out, say.Say("known.fails", "n", k.Failed))
	}
	return out
}

func (p *program) knownShowCommand(flags *clientFlags) *cobra.Command {
	return p.shows(&cobra.Command{
		Use:     "show ID",
		Short:   "one known error, the incidents it was the answer to, and a draft of an article",
		Example: "  headstart known-errors show KE-8\n  headstart known-errors show KE-8 --output json",
		Args:    cobra.ExactArgs(1),
	}, flags, named("/api/v1/known-errors", ""), told(p, (*knownAnswer).text))
}

func (k *knownAnswer) text(say *lang.Words) string {
	out := &column.Lines{Width: width, Cut: "…"}
	out.Wrap("", "  ", strings.Join(append([]string{k.ID, k.Name(say.Lang)}, knownTags(k, say)...), "  "))
	for _, line := range [][2]string{
		{"services", strings.Join(k.Services, ", ")},
		{"assets", strings.Join(k.Assets, ", ")},
		{"locations", strings.Join(k.Locations, ", ")},
		{"checks", strings.Join(k.Checks, ", ")},
		{"kb", k.KB},
		{"supplier_case", k.SupplierCase},
		{"problem", k.Problem},
		{"review_by", k.ReviewBy},
	} {
		if line[1] != "" {
			out.Wrap("  "+say.Say("known.field."+line[0])+": ", "    ", line[1])
		}
	}
	for n := range k.Cases {
		c := &k.Cases[n]
		word := ""
		if c.Helped != nil {
			word = say.Say(map[bool]string{true: "known.case.helped", false: "known.case.failed"}[*c.Helped])
		}
		out.Wrap("  ", "    ", strings.TrimSpace(strings.Join([]string{string(c.Incident), say.Day(c.At), strings.Join(c.Assets, ", "), word}, "  ")))
	}
	out.Ends("", "")
	for line := range strings.SplitSeq(strings.TrimRight(k.Draft, "\n"), "\n") {
		out.Wrap("", "", line)
	}
	return out.String()
}

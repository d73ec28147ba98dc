package main

import (
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/lang"
	"headstart/report/column"
)

// aliasesCommand lists words that users have for a service or a device, and that the
// catalog lacks.
func (p *program) aliasesCommand(flags *clientFlags) *cobra.Command {
	return p.shows(&cobra.Command{
		Use:     "aliases",
		Short:   "words of users that the catalog lacks, each with its line for the catalog",
		Example: "  headstart incidents aliases",
		Args:    cobra.NoArgs,
	}, flags, always("/api/v1/catalog"), told(p, (*aliasList).text))
}

// aliasList is what the API tells of words that the catalog lacks.
type aliasList struct {
	Aliases []headstart.AliasProposal `json:"proposed_aliases"`
}

// text is a word with its counts a line, and below it what to do with it.
func (f *aliasList) text(say *lang.Words) string {
	out := &column.Lines{Width: width, Cut: "…"}
	if len(f.Aliases) == 0 {
		out.Wrap("", "", say.Say("aliases.none"))
	}
	for _, a := range f.Aliases {
		out.Wrap("", "  ", fmt.Sprintf("“%s” → %s · %s", a.Word, a.Asset, say.Say("board.aliases.counts", "tickets", a.Tickets, "people", a.Requesters, "days", a.Days)))
		out.Wrap("    ", "      ", a.Proposal)
		out.Wrap("    ", "      ", "headstart incidents reject-alias "+a.ID)
	}
	return out.String()
}

// rejectAliasCommand says that a word is no alias.
func (p *program) rejectAliasCommand(flags *clientFlags) *cobra.Command {
	return &cobra.Command{
		Use: "reject-alias ID", Short: "propose a word no more", Example: "  headstart incidents reject-alias 6c0e9f1b2a3d4e5f60718293", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.act(cmd, flags, "/api/v1/aliases/"+url.PathEscape(args[0])+"/reject", headstart.Command{})
		},
	}
}

package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/lang"
	"headstart/report/column"
)

// announcementActions are what a person does with one announcement.
var announcementActions = []action{
	{use: "approve ID", short: "send what waits", example: "approve 9f2c01ab34cd56ef.noord", verb: "approve", args: cobra.ExactArgs(1)},
	{use: "discard ID", short: "throw away what waits", example: "discard 9f2c01ab34cd56ef.noord", verb: "discard", args: cobra.ExactArgs(1)},
	{
		use: "withdraw ID", short: "say to everybody who got it that it was wrong", example: `withdraw 9f2c01ab34cd56ef.noord --var Reason="Het was een test."`,
		verb: "withdraw", args: cobra.ExactArgs(1),
		flags: func(cmd *cobra.Command, c *headstart.Command) {
			cmd.Flags().StringToStringVar(&c.Variables, "var", nil, "NAME=TEXT to fill in, or NAME.nl=TEXT for one language")
		},
	},
	{
		use: "edit ID", short: "change the words of the draft, or correct what users read",
		example: `edit 9f2c01ab34cd56ef.noord --var Where.nl="Noord, eerste verdieping" --var Where.en="North, first floor"`,
		verb:    "edit", args: cobra.ExactArgs(1),
		flags: func(cmd *cobra.Command, c *headstart.Command) {
			ownWords(cmd, c)
			cmd.Flags().BoolVar(&c.Published, "published", false, "correct what users read, though a draft waits")
			cmd.MarkFlagsOneRequired("text", "var")
		},
	},
	{
		use: "cover ID INCIDENT...", short: "say that it speaks for other incidents too, so that its readers get one message", example: "cover 9f2c01ab34cd56ef.noord HS-4 HS-7",
		verb: "cover", args: cobra.MinimumNArgs(2), words: namedIncidents,
	},
	{
		use: "uncover ID INCIDENT...", short: "take that back: each is judged for itself again", example: "uncover 9f2c01ab34cd56ef.noord HS-7",
		verb: "uncover", args: cobra.MinimumNArgs(2), words: namedIncidents,
	},
	{
		use: "schedule ID", short: "approve the draft for a time; without one, take that back", example: "schedule 9f2c01ab34cd56ef.noord --at 14:00",
		verb: "schedule", args: cobra.ExactArgs(1), flags: goesOutAt,
	},
}

// namedIncidents are the incidents that follow the announcement.
func namedIncidents(args []string, c *headstart.Command) error {
	c.Incidents = args
	return nil
}

// goesOutAt is the flag for when a message goes out.
func goesOutAt(cmd *cobra.Command, _ *headstart.Command) {
	cmd.Flags().String(flagAt, "", "`time` it goes out: 14:00, \"2026-11-23 14:00\" or RFC 3339")
}

// flagAt is read where the zone is known: see act.
const flagAt = "at"

func (p *program) announcementsCommand() *cobra.Command {
	var flags clientFlags
	cmd := &cobra.Command{
		Use:     "announcements",
		Short:   "what users are told, through a running service",
		Example: "  headstart announcements list\n  headstart announcements approve 9f2c01ab34cd56ef.noord",
	}
	flags.add(cmd)
	cmd.AddCommand(p.listAnnouncementsCommand(&flags), p.showAnnouncementCommand(&flags))
	for _, a := range announcementActions {
		cmd.AddCommand(p.actionCommand(&flags, "announcements", a))
	}
	return cmd
}

func (p *program) listAnnouncementsCommand(flags *clientFlags) *cobra.Command {
	var state, incident string
	path := func([]string) string {
		return query("/api/v1/announcements", map[string]string{"state": state, "incident": incident})
	}
	cmd := p.shows(&cobra.Command{
		Use:     "list",
		Short:   "announcements, newest first, and where each stands",
		Example: "  headstart announcements list --state waiting,scheduled\n  headstart announcements list --incident HS-3 --output json",
		Args:    cobra.NoArgs,
	}, flags, path, toldNow(p, (*announcementLines).text))
	cmd.Flags().StringVar(&state, "state", "", "draft, waiting, scheduled, published, final, withdrawn or discarded; several with commas")
	cmd.Flags().StringVar(&incident, "incident", "", "id of an incident they are about")
	return cmd
}

func (p *program) showAnnouncementCommand(flags *clientFlags) *cobra.Command {
	return p.shows(&cobra.Command{
		Use:     "show ID",
		Short:   "one announcement: what users read, what waits, and why",
		Example: "  headstart announcements show 9f2c01ab34cd56ef.noord",
		Args:    cobra.ExactArgs(1),
	}, flags, named("/api/v1/announcements", ""), toldNow(p, announcementText))
}

// announcementLines is as much of the list as is printed.
type announcementLines struct {
	Announcements []headstart.Announcement `json:"announcements"`
}

func (f *announcementLines) text(say *lang.Words, now time.Time) string {
	out := &column.Lines{Width: width, Cut: "…"}
	for n := range f.Announcements {
		a := &f.Announcements[n]
		out.Ends(a.ID+"  "+aboutWords(a), standsAt(a, say, now))
		if u := newest(a); u != nil {
			out.Ends("  "+titleOf(u, say.Lang), "")
		}
	}
	if len(f.Announcements) == 0 {
		out.Ends(say.Say("announcements.none.at.all"), "")
	}
	return out.String()
}

// newest is the draft of a, else what it said last; nil: neither.
func newest(a *headstart.Announcement) *headstart.Update {
	if a.Draft != nil {
		return a.Draft
	}
	return a.Last()
}

// titleOf is the title of u in a language, else in the one it has.
func titleOf(u *headstart.Update, language string) string {
	for _, l := range append([]string{language}, lang.Languages()...) {
		if t, has := u.Text[l]; has {
			return t.Title
		}
	}
	return ""
}

// aboutWords names the incidents an announcement speaks for.
func aboutWords(a *headstart.Announcement) string {
	ids := []string{string(a.Incident)}
	for _, id := range a.Also {
		ids = append(ids, string(id))
	}
	return strings.Join(ids, "+")
}

// standsAt says where an announcement and its draft stand.
func standsAt(a *headstart.Announcement, say *lang.Words, now time.Time) string {
	words := []string{}
	if a.State != headstart.AnnouncementDraft {
		words = append(words, say.SayOr("announcement.", string(a.State), string(a.State)))
	}
	switch w := a.Waiting(); {
	case w == headstart.UpdateScheduled:
		words = append(words, say.Say("announcements.goes", "time", say.When(*a.Draft.ScheduledFor, now)))
	case w != "":
		words = append(words, say.SayOr("update.", string(w), string(w)))
	case a.PushDraft && a.Live():
		words = append(words, say.Say("update.push"))
	}
	return strings.Join(words, ", ")
}

// announcementText is one announcement for a person.
func announcementText(a *headstart.Announcement, say *lang.Words, now time.Time) string {
	out := &column.Lines{Width: width, Cut: "…"}
	out.Ends(a.ID+"  "+aboutWords(a), standsAt(a, say, now))
	if a.NextUpdateBy != nil {
		out.Wrap("  ", "  ", say.Say("desk.next", "time", say.When(*a.NextUpdateBy, now)))
	}
	for n := range a.Updates {
		u := &a.Updates[n]
		writeUpdate(out, u, say, say.When(u.At, now)+"  "+say.SayOr("update.", string(a.Standing(n)), ""))
	}
	if a.Draft != nil {
		w := a.Waiting()
		writeUpdate(out, a.Draft, say, say.SayOr("update.", string(w), string(w)))
		for _, why := range a.Draft.Why {
			out.Wrap("    - ", "      ", why)
		}
	}
	return out.String()
}

func writeUpdate(out *column.Lines, u *headstart.Update, say *lang.Words, when string) {
	who := u.By
	if who == "rule" {
		who = say.Say("by.rule")
	}
	out.WriteString("\n")
	out.Ends("  "+say.SayOr("phase.", string(u.Phase), string(u.Phase))+"  "+who, when)
	for _, l := range lang.Languages() {
		t, has := u.Text[l]
		if !has {
			continue
		}
		out.Wrap("  "+l+"  ", "      ", t.Title)
		for line := range strings.SplitSeq(t.Body, "\n") {
			if strings.TrimSpace(line) != "" {
				out.Wrap("      ", "      ", line)
			}
		}
	}
}

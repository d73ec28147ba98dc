package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"headstart"
)

// maintenanceCommand is planned work from the command line, through the API of a
// running service.
func (p *program) maintenanceCommand() *cobra.Command {
	var flags clientFlags
	cmd := &cobra.Command{
		Use:     "maintenance",
		Short:   "planned work: what fails inside it opens no incident before it ends",
		Example: "  headstart maintenance list\n  headstart maintenance add --assets sw-n-2 --for 90m --summary \"nl:Wifi valt kort weg\"",
	}
	flags.add(cmd)
	cmd.AddCommand(p.windowsCommand(&flags), p.addWindowCommand(&flags), p.moveWindowCommand(&flags), p.tellWindowCommand(&flags))
	for _, a := range []struct{ do, short, example string }{
		{"end", "end work that runs, or cancel what has not begun", "end W-311"},
		{"approve", "let the proposal of a calendar count", "approve CAL-5f0c1a2b3c4d"},
	} {
		cmd.AddCommand(&cobra.Command{
			Use: a.do + " ID", Short: a.short, Example: "  headstart maintenance " + a.example, Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				cl, err := p.client(cmd, &flags)
				if err != nil {
					return err
				}
				return p.changeWindow(cmd.Context(), cl, "/api/v1/maintenance/"+url.PathEscape(args[0])+"/"+a.do, struct{}{})
			},
		})
	}
	for _, sub := range cmd.Commands() {
		sub.RunE = refusedIsOne(sub.RunE)
	}
	return cmd
}

// refusedIsOne runs a command whose exit code 2 means a wrong configuration: what the
// service refuses is an error like any other, 1 (CONTRACT section 1).
func refusedIsOne(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := run(cmd, args)
		if r := (*refused)(nil); errors.As(err, &r) {
			return &exit{1, r.Error()}
		}
		return err
	}
}

func (p *program) windowsCommand(flags *clientFlags) *cobra.Command {
	var state string
	path := func([]string) string { return "/api/v1/maintenance?limit=1000&state=" + url.QueryEscape(state) }
	cmd := p.shows(&cobra.Command{
		Use:     "list",
		Short:   "planned work, by start; what is over or cancelled only if asked for",
		Example: "  headstart maintenance list\n  headstart maintenance list --state proposed --output json",
		Args:    cobra.NoArgs,
	}, flags, path, p.printWindows)
	cmd.Flags().StringVar(&state, "state", "running,coming,proposed", "of these: running, coming, proposed, over, cancelled")
	return cmd
}

// listedWindow is a window as the list shows it.
type listedWindow struct {
	headstart.MaintenanceWindow
	Announcements []struct {
		Number, Audience string
		State            headstart.AnnouncementState
		Phase, Waits     headstart.Phase
		Push             bool
		Incident         headstart.IncidentID
	} `json:"announcements"`
}

func (p *program) printWindows(c *client, answer []byte) error {
	var list struct {
		Maintenance []listedWindow       `json:"maintenance"`
		Conflicts   []headstart.Conflict `json:"conflicts"`
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if len(list.Maintenance) == 0 {
		_, err := fmt.Fprintln(p.stdout, "no planned work")
		return err
	}
	const layout = "2006-01-02 15:04"
	now := time.Now()
	w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tFROM\tUNTIL\tCOVERS\tOWNER\tUSERS\tSUMMARY")
	for i := range list.Maintenance {
		m := &list.Maintenance[i]
		covers := strings.Join(append(append(append([]string{}, m.Assets...), m.Services...), m.Locations...), ",")
		if covers == "" {
			covers = "nothing known"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.ID, m.State(now), m.StartsAt.In(c.zone).Format(layout), m.EndsAt.In(c.zone).Format(layout),
			covers, m.Owner, m.told(), m.Summary.In(c.lang))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, x := range list.Conflicts {
		if _, err := fmt.Fprintf(p.stdout, "! %s %s: %s, %s to %s\n", x.Window, meets(x), strings.Join(x.On, ","), x.From.In(c.zone).Format(layout), x.To.In(c.zone).Format(layout)); err != nil {
			return err
		}
	}
	return nil
}

// told says where the messages to users about a window stand, each state once.
func (m *listedWindow) told() string {
	var out []string
	for _, a := range m.Announcements {
		said := strings.TrimPrefix(string(a.Phase), "maintenance_")
		switch {
		case a.Incident != "":
			said = string(a.Incident)
		case a.Waits != "":
			said = strings.TrimPrefix(string(a.Waits), "maintenance_") + " waits"
		case a.Push:
			said += ", push waits"
		case said == "":
			said = string(a.State)
		}
		if said = strings.TrimSpace(a.Number + " " + said); !slices.Contains(out, said) {
			out = append(out, said)
		}
	}
	return cmp.Or(strings.Join(out, "; "), "-")
}

// meets says what a window meets.
func meets(x headstart.Conflict) string {
	switch x.Kind {
	case headstart.MeetsIncident:
		return "meets incident " + string(x.Incident)
	case headstart.MeetsSpare:
		return "and " + x.Other + " take away both sides"
	case headstart.MeetsClosed:
		return "falls in " + x.Period
	case headstart.MeetsWork:
		return "meets " + x.Other
	}
	return string(x.Kind)
}

// newWindow is what the flags of add say.
type newWindow struct {
	ID        string          `json:"id,omitempty"`
	Assets    []string        `json:"assets,omitempty"`
	Services  []string        `json:"services,omitempty"`
	Locations []string        `json:"locations,omitempty"`
	StartsAt  time.Time       `json:"starts_at"`
	EndsAt    time.Time       `json:"ends_at"`
	Owner     string          `json:"owner,omitempty"`
	Summary   headstart.Names `json:"summary,omitempty"`

	from, until, length string
	summaries           []string
}

func (p *program) addWindowCommand(flags *clientFlags) *cobra.Command {
	var n newWindow
	cmd := &cobra.Command{
		Use:   "add",
		Short: "plan work on devices, services or locations",
		Example: `  headstart maintenance add --assets sw-n-2 --for 90m
  headstart maintenance add --services mail --from "2026-11-23 22:00" --until "2026-11-24 01:00" --summary "nl:Mail traag" --summary "en:Mail is slow"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cl, err := p.client(cmd, flags)
			if err != nil {
				return err
			}
			if err := n.complete(time.Now().In(cl.zone)); err != nil {
				return err
			}
			return p.changeWindow(cmd.Context(), cl, "/api/v1/maintenance", n)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&n.Assets, "assets", nil, "ids of devices or services, with commas")
	f.StringSliceVar(&n.Services, "services", nil, "ids of services users miss")
	f.StringSliceVar(&n.Locations, "locations", nil, "ids of locations")
	f.StringVar(&n.from, "from", "", "`time` it begins: 22:00, \"2026-11-23 22:00\" or RFC 3339 (default: now)")
	f.StringVar(&n.until, "until", "", "`time` it ends")
	f.StringVar(&n.length, "for", "", "how long it lasts, such as 90m")
	f.StringArrayVar(&n.summaries, "summary", nil, "what people notice: a `text`, or nl:TEXT and en:TEXT")
	f.StringVar(&n.Owner, "owner", "", "who does it (default: you)")
	f.StringVar(&n.ID, "id", "", "an id of your own (default: one is made)")
	cmd.MarkFlagsOneRequired("assets", "services", "locations")
	cmd.MarkFlagsOneRequired("until", "for")
	cmd.MarkFlagsMutuallyExclusive("until", "for")
	return cmd
}

// complete reads the times, in the zone of now, and the words.
func (n *newWindow) complete(now time.Time) (err error) {
	n.StartsAt = now.Truncate(time.Second)
	if n.from != "" {
		if n.StartsAt, err = readTime("--from", n.from, now); err != nil {
			return err
		}
	}
	if n.EndsAt, err = n.end(); err != nil {
		return err
	}
	return n.readSummaries()
}

// end is what --until or --for says.
func (n *newWindow) end() (time.Time, error) {
	if n.until != "" {
		return readTime("--until", n.until, n.StartsAt)
	}
	d, err := model.ParseDuration(n.length)
	if err != nil || d <= 0 {
		return time.Time{}, fmt.Errorf("--for is %q; write a duration such as 90m", n.length)
	}
	return n.StartsAt.Add(time.Duration(d)), nil
}

func (n *newWindow) readSummaries() error {
	for _, text := range n.summaries {
		if n.Summary == nil {
			n.Summary = headstart.Names{}
		}
		lang, rest, ok := strings.Cut(text, ":")
		if !ok || (lang != "nl" && lang != "en") {
			lang, rest = "", text
		}
		n.Summary[lang] = strings.TrimSpace(rest)
	}
	if _, plain := n.Summary[""]; plain && len(n.Summary) > 1 {
		return fmt.Errorf("--summary mixes a text for everybody with nl: or en:; write one of the two")
	}
	return nil
}

// readTime reads a moment; a clock time alone is the next such time after now.
func readTime(flag, text string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	clock, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s is %q; write 22:00, \"2026-11-23 22:00\" or 2026-11-23T22:00:00+01:00", flag, text)
	}
	y, m, d := now.Date()
	t := time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, now.Location())
	if !t.After(now) {
		t = time.Date(y, m, d+1, clock.Hour(), clock.Minute(), 0, 0, now.Location())
	}
	return t, nil
}

// changeWindow posts body and prints the id of the window it was about.
func (p *program) changeWindow(ctx context.Context, cl *client, path string, body any) error {
	answer, err := cl.post(ctx, path, body)
	if err != nil {
		return err
	}
	var w headstart.MaintenanceWindow
	if err := json.Unmarshal(answer, &w); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	_, err = fmt.Fprintln(p.stdout, w.ID)
	return err
}

package configs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"headstart"
)

// deskTypes are the types of channel that colleagues read.
var deskTypes = []string{"email", "graph", "slack", "slack-webhook", "teams", "ntfy", "mattermost", "sms"}

// checkDuty checks the duty list. What cannot be true of any week is a mistake: a
// stand-in nobody knows, or a circle of them, would leave people waiting for somebody
// who never comes.
func (c *Config) checkDuty() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	var names []string
	for n, d := range c.Desk.Duty {
		if d.Name == "" {
			bad("desk.duty[%d].name is missing; write the login name", n)
			continue
		}
		if slices.Contains(names, d.Name) {
			bad("desk.duty[%s] stands there twice; put all of its hours in one entry", d.Name)
		}
		names = append(names, d.Name)
	}
	for _, d := range c.Desk.Duty {
		where := fmt.Sprintf("desk.duty[%s]", d.Name)
		errs = append(errs, checkHours(where+".hours", d.Hours), checkAbsences(where+".absent", d.Absent))
		switch {
		case d.Substitute == "" || d.Name == "":
		case d.Substitute == d.Name:
			bad("%s.substitute is %s itself; name somebody else, or leave it out", where, d.Name)
		case !contains(names, d.Substitute):
			bad("%s.substitute is %q, who is not in desk.duty; %s", where, d.Substitute, oneOf(d.Substitute, names))
		}
	}
	if len(errs) == 0 || errors.Join(errs...) == nil {
		errs = append(errs, checkCircle(c.Desk.Duty))
	}
	return errors.Join(append(errs, c.checkDeskChannel())...)
}

// checkDeskChannel checks that what the desk is told reaches people who work there.
func (c *Config) checkDeskChannel() error {
	ch := c.Desk.Channel
	if ch == "" {
		return nil
	}
	var channels []string
	for _, x := range c.Notify.Channels {
		channels = append(channels, x.Name)
		if x.Name == ch && (x.Subscribers || !contains(deskTypes, x.Type)) {
			return fmt.Errorf("desk.channel is %q, which is for programs or subscribers; name one that reaches the desk, of type %s", ch, strings.Join(deskTypes, ", "))
		}
	}
	if !contains(channels, ch) {
		return fmt.Errorf("desk.channel is %q, which is no channel; %s", ch, oneOfKey(ch, channels, "channels"))
	}
	return nil
}

// checkAbsences checks the days somebody is away, each of which stands there once.
func checkAbsences(where string, absent []string) error {
	var errs []error
	type period struct{ from, to, text string }
	var all []period
	for _, text := range absent {
		from, to, err := headstart.ParseAbsence(text)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s holds %q; write a day as 2026-12-21, a period as 2026-12-21/2027-01-03", where, text))
			continue
		case to < from:
			errs = append(errs, fmt.Errorf("%s holds %q, which ends before it starts; swap the two dates", where, text))
			continue
		}
		for _, p := range all {
			if from <= p.to && p.from <= to {
				errs = append(errs, fmt.Errorf("%s holds %q and %q, which overlap; make one period of them", where, p.text, text))
			}
		}
		all = append(all, period{from, to, text})
	}
	return errors.Join(errs...)
}

// checkCircle refuses substitutes that lead back to whom they stand in for.
func checkCircle(duty []headstart.Duty) error {
	r := headstart.Roster{Duty: duty}
	reported := map[string]bool{}
	var errs []error
	for _, d := range duty {
		way := []string{d.Name}
		for at := r.Of(d.Substitute); at != nil; at = r.Of(at.Substitute) {
			k := slices.Index(way, at.Name)
			if k < 0 {
				way = append(way, at.Name)
				continue
			}
			circle := slices.Sorted(slices.Values(way[k:]))
			if key := strings.Join(circle, " "); !reported[key] {
				reported[key] = true
				errs = append(errs, fmt.Errorf("desk.duty[%s].substitute: %s stand in for each other; when all are away nobody does, so leave one of them out", way[k], strings.Join(append(way[k:], at.Name), " → ")))
			}
			break
		}
	}
	return errors.Join(errs...)
}

// checkGroups checks the support groups, and that their receivers exist.
func (c *Config) checkGroups() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	var ids []string
	receivers := c.Notify.ReceiverNames()
	for n, g := range c.SupportGroups {
		if g.ID == "" {
			bad("support_groups[%d].id is missing; give the group an id such as netwerk", n)
			continue
		}
		where := fmt.Sprintf("support_groups[%s]", g.ID)
		if slices.Contains(ids, g.ID) {
			bad("%s stands there twice; rename one of the two", where)
		}
		ids = append(ids, g.ID)
		if g.Line < 1 || g.Line > 9 {
			bad("%s.line is %d; write 1 for the first line, 2 for the one asked next, up to 9", where, g.Line)
		}
		if g.Receiver != "" && !contains(receivers, g.Receiver) {
			bad("%s.receiver is %q, which is no receiver; %s", where, g.Receiver, oneOfKey(g.Receiver, receivers, "receivers"))
		}
		errs = append(errs, checkHours(where+".hours", g.Hours))
	}
	return errors.Join(errs...)
}

// oneOfKey is oneOf for names that a key of headstart.yml lists.
func oneOfKey(name string, list []string, key string) string {
	if len(list) == 0 {
		return "add it to " + key
	}
	return oneOf(name, list)
}

// checkGroupsOfCatalog refuses groups of the catalog that nobody could escalate to.
// Without support_groups the catalog's are names for people to read.
func (c *Config) checkGroupsOfCatalog(say func(string)) {
	if len(c.SupportGroups) == 0 {
		return
	}
	var ids []string
	for _, g := range c.SupportGroups {
		ids = append(ids, g.ID)
	}
	check := func(kind, id, group string) {
		if group != "" && !contains(ids, group) {
			say(fmt.Sprintf("support_groups lacks %q, which the catalog names for %s %s; %s", group, kind, id, oneOf(group, ids)))
		}
	}
	for _, s := range c.Catalog.Services {
		check("service", s.ID, s.SupportGroup)
	}
	for _, d := range c.Catalog.Devices {
		check("device", d.ID, d.SupportGroup)
	}
}

package systems

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Rights of a GLPI profile, as bits (CommonITILObject and ITILFollowup).
const (
	glpiUpdate      = 2
	glpiCreate      = 4
	glpiReadAll     = 1024
	glpiAnswerAll   = 4096
	glpiReadPrivate = 8192
)

// Check implements System. Its session ends with it.
func (g *glpi) Check(ctx context.Context) (Report, error) {
	var rep Report
	defer g.end(ctx)
	var session struct {
		Session struct {
			Now     string         `json:"glpi_currenttime"`
			Profile map[string]any `json:"glpiactiveprofile"`
		} `json:"session"`
	}
	a, err := g.get(ctx, "getFullSession", nil)
	if err == nil {
		err = numbersKept(a.body, &session)
	}
	if err != nil {
		return rep, err
	}
	rep.Skew = a.skew(time.Now())
	if now := moment(session.Session.Now, g.Zone); !now.IsZero() && now.Sub(time.Now().Add(rep.Skew)).Abs() > wrongZone {
		rep.lack("its times are not of the zone in timezone, so all of them are read wrong; set timezone to that of the user in GLPI")
	}
	g.checkRights(&rep, session.Session.Profile)
	rep.Version = g.version(ctx)
	if err := g.checkEntities(ctx, &rep); err != nil {
		return rep, err
	}
	return rep, g.checkSearch(ctx, &rep)
}

// wrongZone is how far a clock is off that keeps time but names no zone.
const wrongZone = 10 * time.Minute

func (g *glpi) checkRights(rep *Report, profile map[string]any) {
	has := func(item string, bit int) bool {
		n, err := strconv.Atoi(firstText(profile[item]))
		return err == nil && n&bit != 0
	}
	if firstText(profile["interface"]) == "helpdesk" {
		rep.lack("the profile is of the simplified interface, which sees only its own tickets; give the user one of the standard interface")
		return
	}
	for _, want := range []struct {
		needed bool
		item   string
		bit    int
		say    string
	}{
		{true, "ticket", glpiReadAll, "not all tickets can be seen; give the profile See all tickets"},
		{g.Write.Notes(), "followup", glpiAnswerAll, "notes cannot be written; give the profile Add to all tickets of follow-ups, or set write.note off"},
		{g.Write.Notes(), "followup", glpiReadPrivate, "private notes cannot be seen, so a repeat would write twice; give the profile See private ones of follow-ups"},
		{g.Write.Links() && g.Write.Makes() != "", "ticket", glpiUpdate, "tickets cannot be linked; give the profile Update of tickets, or set write.link off"},
		{g.Write.Makes() == "ticket", "ticket", glpiCreate, "tickets cannot be made; give the profile Create of tickets, or set write.create off"},
		{g.Write.Makes() == "problem", "problem", glpiCreate, "problems cannot be made; give the profile Create of problems, or set write.create off"},
		{g.Write.Makes() == "problem", "problem", glpiReadAll, "problems cannot be found again, so a repeat would make two; give the profile See all problems"},
	} {
		if want.needed && !has(want.item, want.bit) {
			rep.lack(want.say)
		}
	}
}

// version is GLPI's own, if our user may ask.
func (g *glpi) version(ctx context.Context) string {
	a, err := g.get(ctx, "getGlpiConfig", nil)
	if err != nil {
		return ""
	}
	var in struct {
		Config struct {
			Version string `json:"version"`
		} `json:"cfg_glpi"`
	}
	if a.into(&in) != nil {
		return ""
	}
	return word(in.Config.Version)
}

func (g *glpi) checkEntities(ctx context.Context, rep *Report) error {
	ids, err := g.entities(ctx)
	if err != nil {
		return err
	}
	rep.Queues = slices.Sorted(maps.Keys(ids))
	for _, q := range g.Queues {
		if _, ok := ids[q]; !ok {
			rep.lack(fmt.Sprintf("entity %s cannot be seen; give the user a profile on it, or write its whole name in queues, such as Root entity > School", q))
		}
	}
	if _, ok := ids[g.CreateIn]; g.Write.Makes() != "" && g.CreateIn != "" && !ok {
		rep.lack(fmt.Sprintf("entity %s of create_in cannot be seen; write the whole name of one the user has a profile on", g.CreateIn))
	}
	return nil
}

// checkSearch asks for the newest ticket by its own time, and for what changed after.
func (g *glpi) checkSearch(ctx context.Context, rep *Report) error {
	columns, err := g.columns(ctx, "Ticket")
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(g.Fields)) {
		if columns[key] != g.Fields[key] {
			rep.lack(fmt.Sprintf("fields.%s is %s, which is no column of tickets; write a number of listSearchOptions", key, g.Fields[key]))
		}
	}
	for _, key := range []string{"requester", "group", "location", "created"} {
		if columns[key] == "" {
			rep.lack("the search has no column for " + key + ", which stays unknown; tell us your version of GLPI")
		}
	}
	rows, _, err := g.list(ctx, columns, glpiSearch{rows: 1, newest: true})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		rep.lack("no ticket can be seen, so the search was not tried; give the user a profile on the entities to be read, or make a ticket")
		return nil
	}
	t := rows[0]
	mine := glpiCriterion{field: columns["id"], kind: "equals", value: t.ID}
	for _, try := range []struct {
		later time.Duration
		rows  int
	}{{0, 1}, {2 * time.Hour, 0}} {
		s := glpiSearch{criteria: []glpiCriterion{mine, changedSince(columns, t.Updated.Add(try.later), g.Zone)}, rows: 1}
		if rows, _, err = g.list(ctx, columns, s); err != nil {
			return err
		}
		if len(rows) != try.rows {
			rep.lack("the search does not honour times, so changes would be missed or all read each time; tell us your version of GLPI")
			return nil
		}
	}
	return nil
}

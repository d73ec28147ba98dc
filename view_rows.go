package headstart

import (
	"encoding/json"
	"fmt"
	"strings"
)

// set puts or removes one row.
func (v *View) set(op FeedOp) error {
	var err error
	switch op.Table {
	case TableConfig:
		v.config = nil
		if op.Val != nil {
			v.config = &LogConfig{}
			err = json.Unmarshal(op.Val, v.config)
		}
		v.zone = zoneOf(v.config)
		v.knownEdition++
	case TableIncidents:
		err = v.setIncident(op)
	case TableAnnouncements:
		v.announcementList.changed()
		err = row(v.announcements, op.Key, op.Val)
	case TableProblems:
		err = sharing(v.problems, ProblemKey(op.Key), op.Val, v.shareProblem)
	case TableMembers:
		err = v.setMember(op)
	case TableAlerts:
		err = sharing(v.alerts, op.Key, op.Val, v.shareAlert)
	case TableTickets:
		err = v.setTicket(op)
	case TableTimeline:
		seq, _, _ := strings.Cut(op.Key, "/")
		if v.timeline[seq] == nil {
			v.timeline[seq] = map[string]*Decision{}
		}
		err = sharing(v.timeline[seq], op.Key, op.Val, v.shareDecision)
		if len(v.timeline[seq]) == 0 {
			delete(v.timeline, seq)
		}
	case TableOutcomes:
		err = row(v.outcomes, op.Key, op.Val)
	case TableFlaws:
		err = row(v.flaws, op.Key, op.Val)
	case TableDesk:
		err = row(v.desk, op.Key, op.Val)
	case TableMaintenance:
		err = row(v.maintenance, op.Key, op.Val)
	case TableSilences:
		err = row(v.silences, op.Key, op.Val)
	case TableAudit:
		err = row(v.audit, op.Key, op.Val)
	case TableDead:
		err = row(v.dead, op.Key, op.Val)
	case TableKnown:
		err = row(v.known, op.Key, op.Val)
		v.knownEdition++
	case TableDeadLinks:
		err = row(v.deadLinks, op.Key, op.Val)
	}
	if err != nil {
		return fmt.Errorf("read row %s/%s: %w", op.Table, op.Key, err)
	}
	return nil
}

// setIncident puts or removes an incident, and notes when tickets have to be told of it.
func (v *View) setIncident(op FeedOp) error {
	id := IncidentID(op.Key)
	v.incidentList.changed()
	old := v.incidents[id]
	if old != nil && op.Val == nil {
		delete(v.byGroup, old.Group)
	}
	if err := row(v.incidents, id, op.Val); err != nil {
		return err
	}
	i := v.incidents[id]
	if i != nil && i.Group != 0 {
		v.listed.stale = v.listed.stale || v.byGroup[i.Group] != i.ID
		v.byGroup[i.Group] = i.ID
	}
	v.listed.stale = v.listed.stale || i == nil || old == nil || old.Ref != i.Ref
	return nil
}

func (v *View) setMember(op FeedOp) error {
	var id GroupID
	var n int
	if _, err := fmt.Sscanf(op.Key, "%d/%d", &id, &n); err != nil {
		return err
	}
	if v.members[id] == nil {
		v.members[id] = map[int]*Member{}
	}
	return sharing(v.members[id], n, op.Val, v.shareMember)
}

func row[K comparable, T any](m map[K]*T, key K, val json.RawMessage) error {
	if val == nil {
		delete(m, key)
		return nil
	}
	x := new(T)
	if err := json.Unmarshal(val, x); err != nil {
		return err
	}
	m[key] = x
	return nil
}

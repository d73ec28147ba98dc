package headstart

import (
	"cmp"
	"encoding/json"
	"fmt"
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
		err = v.problems.set(ProblemKey(op.Key), op.Val, &v.room)
	case TableMembers:
		err = v.setMember(op)
	case TableAlerts:
		err = v.alerts.set(op.Key, op.Val, &v.room)
	case TableTickets:
		err = v.setTicket(op)
	case TableTimeline:
		err = v.setDecision(op)
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

func (v *View) setDecision(op FeedOp) error {
	seq, n, err := ParseTimelineKey(op.Key)
	if err != nil {
		return err
	}
	return setPart(v, v.timeline, seq, n, op.Val, &packedDecisions)
}

// setPart puts or removes a row of one of many tables.
func setPart[A comparable, K cmp.Ordered, T any](v *View, in map[A]*packed[K, T], of A, key K, val json.RawMessage, how *packing[K, T]) error {
	t := in[of]
	if t == nil {
		x := packedRows(v.lexicon, how)
		t = &x
		in[of] = t
	}
	err := t.set(key, val, &v.room)
	if len(t.rows) == 0 {
		delete(in, of)
	}
	return err
}

func row[K comparable, T any](m map[K]*T, key K, val json.RawMessage) error {
	if val == nil {
		delete(m, key)
		return nil
	}
	x := new(T)
	if err := ReadRow(val, x); err != nil {
		return err
	}
	m[key] = x
	return nil
}

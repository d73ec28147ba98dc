package incidents

import (
	"testing"
	"time"

	"headstart"
)

// call is a ticket of a telephone call about HS-1, linked by a person.
func (st *story) call(d time.Duration, id string, change func(*headstart.Ticket)) {
	st.reported(d, id, func(x *headstart.Ticket) {
		x.Channel = "phone"
		change(x)
	})
}

func (st *story) wantLead(when string, want any) {
	st.t.Helper()
	if w, ok := want.(time.Duration); ok {
		want = int64(w / time.Second)
	}
	if got := deref(st.incident().LeadSeconds); got != want {
		st.t.Errorf("%s: the head start is %v s, want %v", when, got, want)
	}
}

// leads are the decisions about the head start of HS-1 since the last look.
func (st *story) leads(do func()) (out []string) {
	observe := st.f.observe
	st.f.observe = func(d headstart.Decision) {
		if d.Rule == "L-32" {
			out = append(out, d.Words("en", time.UTC))
		}
	}
	do()
	st.f.observe = observe
	return out
}

// TestLateCallChangesLead (ruling 32): a call logged an hour late counts from when it
// came, while the incident lasts and after it closed; one whose time nobody noted is
// left out and counted, until somebody notes it.
func TestLateCallChangesLead(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	said := st.leads(func() { st.reported(8*time.Minute, "1", func(*headstart.Ticket) {}) })
	st.wantLead("a ticket after eight minutes", 8*time.Minute)
	if len(said) != 1 || said[0] != "Head start 8 min: first message 08:00, first ticket 08:08." {
		t.Errorf("the timeline says %q", said)
	}
	st.call(70*time.Minute, "2", func(x *headstart.Ticket) {})
	st.wantLead("a call without a time", 8*time.Minute)
	if n := st.incident().Tickets.LeftOut; n != 1 {
		t.Errorf("%d tickets are left out, want the call without a time", n)
	}
	st.call(71*time.Minute, "3", func(x *headstart.Ticket) { x.ReportedAt = monday.Add(3 * time.Minute) })
	st.wantLead("a call of 08:03 logged at 09:11", 3*time.Minute)

	st.recovered(80 * time.Minute)
	g := st.s.groups[1]
	g.State, g.CloseReason = headstart.Closed, "resolved"
	st.change(112*time.Minute, headstart.Change{Kind: headstart.GroupClosed, Group: 1})
	said = st.leads(func() {
		st.call(3*time.Hour, "4", func(x *headstart.Ticket) { x.ReportedAt = monday.Add(-12 * time.Minute) })
	})
	st.wantLead("a call of before the message, logged after the incident closed", -12*time.Minute)
	if len(said) != 1 || said[0] != "A user was 12 min earlier: first ticket 07:48, first message 08:00." {
		t.Errorf("the timeline says %q", said)
	}
	st.reported(4*time.Hour, "2", func(x *headstart.Ticket) { x.Channel, x.ReportedAt = "phone", monday.Add(-20*time.Minute) })
	st.wantLead("the time of the first call is noted after all", -20*time.Minute)
	if i := st.incident(); i.Tickets.LeftOut != 0 || !i.Tickets.FirstAt.Equal(monday.Add(-20*time.Minute)) {
		t.Errorf("%d left out, first at %v; want none and 07:40", i.Tickets.LeftOut, i.Tickets.FirstAt)
	}
	st.links(5*time.Hour, "2", "rejected")
	st.wantLead("the call was about something else", -12*time.Minute)
}

// TestLeadIsLeftOut: a person keeps an incident out of the figures, with a reason, and
// puts it back; what the head start would be follows meanwhile.
func TestLeadIsLeftOut(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.reported(8*time.Minute, "1", func(*headstart.Ticket) {})
	leave := func(d time.Duration, value bool, reason string) string {
		_, o := st.command(d, headstart.Command{Do: "lead", Incident: "HS-1", Value: &value, Text: reason})
		return o.Refused
	}
	if why := leave(9*time.Minute, false, " "); why == "" {
		t.Error("a head start was left out without a reason")
	}
	st.wantLead("nothing was left out", 8*time.Minute)
	for range 2 {
		if why := leave(10*time.Minute, false, "a drill"); why != "" {
			t.Fatal(why)
		}
	}
	st.wantLead("left out", nil)
	st.reported(11*time.Minute, "2", func(x *headstart.Ticket) { x.ReportedAt = monday.Add(-time.Minute) })
	out := st.incident().LeadLeftOut
	if out == nil || out.Reason != "a drill" || !out.At.Equal(monday.Add(10*time.Minute)) || deref(out.Seconds) != int64(-60) {
		t.Errorf("left out with %+v, want the drill, at 08:10, which would be a minute late", out)
	}
	if why := leave(12*time.Minute, true, ""); why != "" {
		t.Fatal(why)
	}
	st.wantLead("counted again", -time.Minute)
	if st.incident().LeadLeftOut != nil {
		t.Error("it is still said to be left out")
	}
}

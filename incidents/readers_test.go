package incidents

import (
	"slices"
	"strings"
	"testing"
	"time"

	"headstart"
)

// posted reports all that is owed to users as sent; what is posted has its key as handle.
func (st *story) posted(d time.Duration) {
	for _, key := range sortedKeys(st.f.book.owed) {
		if n := st.f.book.owed[key]; n.Plane == headstart.PlaneUsers {
			st.line(d, headstart.Line{Delivery: &headstart.Delivery{Key: key, Outcome: "sent", Handle: []byte(`"` + key + `"`)}})
		}
	}
}

// two are two incidents in Zuid, each pushed by mail and chat.
func two(t *testing.T) *story {
	st := newStory(t, nil)
	st.outage(0)
	of := *st.s.groups[1]
	st = newStory(t, nil)
	for id := headstart.GroupID(1); id <= 2; id++ {
		g, began := of, time.Duration(id-1)*4*time.Minute
		g.ID, g.Opener, g.Received, g.Locations = id, headstart.ProblemKey("sw-n-2/"+itoa(int(id))), monday.Add(began), []string{"zuid"}
		st.s.groups[id] = &g
		st.change(began, headstart.Change{Kind: headstart.GroupOpened, Group: id})
		st.tick(began + 2*time.Minute)
	}
	st.posted(8 * time.Minute)
	return st
}

// TestMergedPostsFollow: of two notices for one audience one lives on; what the other
// posted in a chat says the same from now on, silently, until the end; the mail hears the
// end once.
func TestMergedPostsFollow(t *testing.T) {
	st := two(t)
	st.merge(10*time.Minute, 1, 2)
	var edits []string
	for _, n := range st.f.book.owed {
		if n.Plane == headstart.PlaneUsers && n.Silent && strings.Contains(string(n.Handle), st.f.book.incidents["HS-1"].UID+"/zuid") {
			edits = append(edits, n.Channel+" "+string(n.Phase))
		}
	}
	if !slices.Equal(edits, []string{"chat investigating"}) {
		t.Errorf("edits of the merged notice: %v, want its chat post", edits)
	}
	st.posted(11 * time.Minute)
	st.s.groups[2].State, st.s.groups[2].CloseReason = headstart.Closed, "by_hand"
	st.s.next = []headstart.Change{{Kind: headstart.GroupClosed, Group: 2}}
	st.command(20*time.Minute, headstart.Command{Do: "resolve", Incident: "HS-2", Cause: "een stekker"})
	got := map[string]int{}
	for _, n := range st.f.book.owed {
		if n.Plane == headstart.PlaneUsers && n.Audience == "zuid" {
			if n.Phase != headstart.Solved {
				t.Errorf("%s owes %s", n.Key, n.Phase)
			}
			got[n.Channel+map[bool]string{true: " silent"}[n.Silent]]++
		}
	}
	if got["mail"] != 1 || got["chat"] != 1 || got["chat silent"] != 1 {
		t.Errorf("the end is owed to %v, want mail and chat once each, and the old post of the chat", got)
	}
}

// TestReadersOfTheMergedHearTheEnd: a channel that only the merged notice was sent to
// hears the end of the one that lives on, in its own thread.
func TestReadersOfTheMergedHearTheEnd(t *testing.T) {
	st := two(t)
	survivor := st.f.book.notice(st.f.book.incidents["HS-2"], "zuid")
	survivor.Updates[0].Pushed = []string{"mail"} // chat was configured later, say
	delete(survivor.Posts, "chat")
	st.merge(10*time.Minute, 1, 2)
	if got := survivor.Told(); !slices.Equal(got, []string{"chat", "mail"}) {
		t.Fatalf("its readers are %v", got)
	}
	if !strings.Contains(string(survivor.Posts["chat"]), st.f.book.incidents["HS-1"].UID) {
		t.Errorf("the thread of the chat is %s", survivor.Posts["chat"])
	}
}

// TestMergeTakesOverPromiseOfAMissed: a survivor whose own promise was missed takes over
// the open one, and the time the other's readers expect.
func TestMergeTakesOverPromiseOfAMissed(t *testing.T) {
	st := two(t)
	late := st.f.book.notice(st.f.book.incidents["HS-2"], "zuid")
	late.NextUpdateBy, late.Missed = nil, at(monday.Add(9*time.Minute))
	st.eta(9*time.Minute, 3*time.Hour, "")
	open := *st.f.book.notice(st.f.book.incidents["HS-1"], "zuid").NextUpdateBy
	st.merge(10*time.Minute, 1, 2)
	i := st.f.book.incidents["HS-2"]
	if late.NextUpdateBy == nil || late.NextUpdateBy.After(open) || i.NextUpdateBy == nil {
		t.Errorf("promised for %v, want no later than %s", late.NextUpdateBy, open)
	}
	if i.ETA == nil || !i.ETA.At.Equal(monday.Add(3*time.Hour)) {
		t.Errorf("expected at %+v", i.ETA)
	}
}

// TestSplitIsToldApart: what a person splits off has a notice of its own; the one that
// stands keeps number, readers and promise.
func TestSplitIsToldApart(t *testing.T) {
	st := newStory(t, nil)
	st.outage(0)
	st.tick(2 * time.Minute)
	id, due := st.notice().ID, *st.notice().NextUpdateBy
	g := *st.s.groups[1]
	g.ID, g.Opener, g.SplitFrom, g.Cause.Asset, g.Received = 2, "prn-1/Offline", 1, "prn-1", monday.Add(3*time.Minute)
	st.s.groups[2] = &g
	st.s.next = []headstart.Change{{Kind: headstart.GroupOpened, Group: 2}, {Kind: headstart.GroupSplit, Group: 1, Other: 2}}
	if _, o := st.command(3*time.Minute, headstart.Command{Do: "split", Incident: "HS-1", Assets: []string{"prn-1"}}); o.Refused != "" {
		t.Fatal(o.Refused)
	}
	if a := st.notice(); a.ID != id || !a.Live() || !a.NextUpdateBy.Equal(due) {
		t.Errorf("the notice of HS-1 is %s, %s, promised for %s", a.ID, a.State, a.NextUpdateBy)
	}
	for _, id := range []headstart.IncidentID{"HS-1", "HS-2"} {
		if n := len(st.live(id)); n != 1 {
			t.Errorf("%s has %d live notices, want 1", id, n)
		}
	}
	if from := st.f.book.incidents["HS-2"].SplitFrom; from != "HS-1" {
		t.Errorf("HS-2 was split from %q", from)
	}
}

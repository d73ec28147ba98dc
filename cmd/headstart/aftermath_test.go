package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"headstart"
)

// aftermath is what a log says once it is replayed, beside what was really sent.
type aftermath struct {
	incidents  []headstart.Incident
	decisions  uint64
	folded     string // the hash of all decisions, as liveHash has it
	implied    int    // notifications
	duplicates int    // of those that were sent
}

// judge holds what a stopped service left against what it had acknowledged and what
// hook was sent: nothing accepted is lost (I1), the state is the fold of the log (I2),
// each notification the log implies was sent and no other (I5).
func judge(t *testing.T, config string, acked map[string]bool, hook *hook) aftermath {
	t.Helper()
	after := judgeAcross(t, config, acked, hook)
	if live := liveHash(t, config); live != after.folded {
		t.Errorf("the live state is %s, the fold of the log %s", live, after.folded)
	}
	return after
}

// judgeAcross is judge for a log that several versions of the rules decided on. What was
// decided stays as it was decided, so that the decisions are not those of one fold (ruling
// 8); which incidents there are, of what cause, and whether they are over, must be.
func judgeAcross(t *testing.T, config string, acked map[string]bool, hook *hook) aftermath {
	t.Helper()
	inLog, lost := logged(t, config), 0
	for n := range acked {
		if !inLog[n] {
			lost++
		}
	}
	if lost > 0 || len(acked) == 0 {
		t.Errorf("%d of %d acknowledged alerts are not in the log", lost, len(acked))
	}

	again := replayLog(t, config)
	sameIncidents(t, config, again.Incidents)

	implied := map[string]bool{}
	for _, i := range again.Incidents {
		for _, a := range i.Announcements {
			for _, u := range a.Updates {
				for _, channel := range u.Pushed {
					implied[fmt.Sprintf("%s/%s/%d/%s", a.UID, a.Audience, u.N, channel)] = true
				}
			}
		}
	}
	after := aftermath{
		incidents: again.Incidents, decisions: again.Decisions, implied: len(implied),
		folded: fmt.Sprintf("%s after %d", again.DecisionHash, again.Decisions),
	}
	got := hook.ids()
	for id, n := range got {
		if !implied[id] {
			t.Errorf("phantom notification %s: the log does not imply it", id)
		}
		after.duplicates += n - 1
	}
	for id := range implied {
		if got[id] == 0 {
			t.Errorf("missing notification %s", id)
		}
	}
	if len(implied) == 0 {
		t.Error("the log implies no notification; the test proves nothing")
	}
	return after
}

// sameIncidents holds the rows of the incidents that a stopped service left against those
// that a replay of its log makes.
func sameIncidents(t *testing.T, config string, folded []headstart.Incident) {
	t.Helper()
	st := opened(t, config)
	defer func() { _ = st.Close() }()
	for _, want := range folded {
		row, err := st.Get(t.Context(), headstart.TableIncidents, string(want.ID))
		if err != nil {
			t.Fatal(err)
		}
		var live headstart.Incident
		if err := json.Unmarshal(row, &live); err != nil {
			t.Errorf("%s of the log is no row of the store: %v", want.ID, err)
			continue
		}
		if live.State != want.State || live.Cause.Kind != want.Cause.Kind || live.Cause.Asset != want.Cause.Asset || live.Alerts.Firing != want.Alerts.Firing {
			t.Errorf("%s is %s, %s %s, of which %d fail; the fold of the log says %s, %s %s, %d", want.ID,
				live.State, live.Cause.Kind, live.Cause.Asset, live.Alerts.Firing, want.State, want.Cause.Kind, want.Cause.Asset, want.Alerts.Firing)
		}
	}
}

// logged returns what the labels n of all alerts in the log say.
func logged(t *testing.T, config string) map[string]bool {
	t.Helper()
	st := opened(t, config)
	defer func() { _ = st.Close() }()
	found := map[string]bool{}
	var after headstart.Offset
	for {
		entries, err := st.Read(t.Context(), after, 1000, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			return found
		}
		for _, e := range entries {
			rec, err := headstart.DecodeRecord(e.Data)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range rec.Lines {
				if l.Alert != nil {
					found[l.Alert.Labels["n"]] = true
				}
			}
			after = e.Off
		}
	}
}

// foldedLog is what `replay --output json` prints.
type foldedLog struct {
	Incidents    []headstart.Incident `json:"incidents"`
	Decisions    uint64               `json:"decisions"`
	DecisionHash string               `json:"decision_hash"`
}

// replayLog exports the log of a stopped service and replays it.
func replayLog(t *testing.T, config string) (r foldedLog) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := execute(t.Context(), []string{"store", "export", "--raw", "--config", config}, &out, &errs); code != 0 {
		t.Fatalf("export: exit %d: %s", code, errs.String())
	}
	file := filepath.Join(t.TempDir(), "log.jsonl")
	write(t, file, out.String())
	out.Reset()
	if code := execute(t.Context(), []string{"replay", file, "--output", "json", "--config", config}, &out, &errs); code != 0 {
		t.Fatalf("replay: exit %d: %s", code, errs.String())
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

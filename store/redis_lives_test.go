package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"headstart"
	"headstart/store/redistest"
)

// Up to where the records of a life are still there is where the first log stood that a
// later life began with; of lives nobody took down nothing is known.
func TestParseLives(t *testing.T) {
	at := func(ms uint64) headstart.Offset { return headstart.Offset{Ms: ms} }
	got, err := parseLives("a 0-0\nb 100-0\nc 50-0\nd 70-0\n")
	must(t, err)
	want(t, "of a", got["a"], at(50))
	want(t, "of b", got["b"], at(50))
	want(t, "of c", got["c"], at(70))
	if !at(1 << 60).Before(got["d"]) {
		t.Errorf("of the life of now nothing is lost, got %s", got["d"])
	}
	if _, known := got["e"]; known {
		t.Error("a life that nobody took down is known")
	}
	if _, err := parseLives("a 0-0\nwhat is this"); !errors.As(err, new(damaged)) {
		t.Errorf("a line that cannot be read: %v", err)
	}
}

// A record that was in doubt for longer than the log keeps is put back if it was lost,
// and only then: what was archived and trimmed meanwhile is not there and not lost.
func TestMendAfterTrim(t *testing.T) {
	f, ctx := newFailover(t), t.Context()
	st := openRedis(t, one(f.front.Addr))
	defer st.Close()
	offs, err := st.Append(ctx, recs("kept 1", "kept 2"))
	must(t, err)
	eventually(t, "the replica has them", func() bool { return cli(t, f.replica, "XLEN", st.key+"log") == "2" })
	f.between.Hold()
	lost, err := st.Append(ctx, recs("lost"))
	must(t, err)
	f.over(t)

	other := openRedis(t, one(f.primary.Addr)) // which goes on while the first hears nothing
	defer other.Close()
	tok := acquire(t, other, "B")
	later, err := other.Append(ctx, recs("since"))
	must(t, err)
	must(t, other.Commit(ctx, headstart.Batch{Token: tok, Next: at(later[0])}))
	must(t, other.MarkArchived(ctx, later[0]))
	must(t, other.Trim(ctx, later[0]))
	got, err := other.Read(ctx, headstart.Offset{}, 10, 0)
	must(t, err)
	want(t, "log after the trim", sources(t, got), []string{})
	if !offs[1].Before(lost[0]) || !lost[0].Before(later[0]) {
		t.Fatalf("offsets %v %v %v", offs, lost, later)
	}

	n, err := st.Mend(ctx)
	must(t, err)
	got, err = st.Read(ctx, headstart.Offset{}, 10, 0)
	must(t, err)
	want(t, "log", sources(t, got), []string{"lost"})
	want(t, "put back", n, 1)
}

// A replica that takes over without having heard of the restart before still has what it
// had: only what it never heard of is put back.
func TestMendAfterRestartAndFailover(t *testing.T) {
	f, ctx := newFailover(t), t.Context()
	st := openRedis(t, one(f.front.Addr))
	defer st.Close()
	_, err := st.Append(ctx, recs("had"))
	must(t, err)
	eventually(t, "the replica has it", func() bool { return cli(t, f.replica, "XLEN", st.key+"log") == "1" })
	f.between.Hold()
	f.primary.Kill()
	f.primary.Restart(t)
	eventually(t, "the server takes records", func() bool { _, err := st.Append(ctx, recs("lost")); return err == nil })
	n, err := st.Mend(ctx)
	must(t, err)
	want(t, "put back after the restart", n, 0)
	f.over(t)
	eventually(t, "the server answers", func() bool { _, err := st.Now(ctx); return err == nil })
	n, err = st.Mend(ctx)
	must(t, err)
	got, err := st.Read(ctx, headstart.Offset{}, 10, 0)
	must(t, err)
	want(t, "log", sources(t, got), []string{"had", "lost"})
	want(t, "put back", n, 1)
}

// However often a server begins anew, what is remembered of it stays small.
func TestLivesAreBounded(t *testing.T) {
	srv, ctx := redistest.Start(t), t.Context()
	st := openRedis(t, one(srv.Addr))
	defer st.Close()
	var old strings.Builder
	for n := range 70 {
		fmt.Fprintf(&old, "life-%d %d-0\n", n, n+1)
	}
	cli(t, srv, "HSET", st.meta(), "lives", old.String())
	_, err := st.Append(ctx, recs("x"))
	must(t, err)
	lines := strings.Split(strings.TrimSpace(cli(t, srv, "HGET", st.meta(), "lives")), "\n")
	now, err := st.Incarnation(ctx)
	must(t, err)
	if len(lines) != 64 || !strings.HasPrefix(lines[63], now+" ") || !strings.HasPrefix(lines[0], "life-7 ") {
		t.Errorf("%d lives are kept, from %q to %q", len(lines), lines[0], lines[len(lines)-1])
	}
	before := lines[63]
	must(t, st.Commit(ctx, headstart.Batch{Token: acquire(t, st, "A"), Next: headstart.Cursor{Part: 1}}))
	_, err = st.Append(ctx, recs("y"))
	must(t, err)
	if !strings.HasSuffix(cli(t, srv, "HGET", st.meta(), "lives"), before) {
		t.Error("a life is taken down twice")
	}
}

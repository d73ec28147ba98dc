package store

import (
	"testing"
	"time"
)

// Replicas that attend see each other, one that leaves is gone at once with what it said,
// and one that does not renew is gone after its time.
func TestReplicasMeet(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		attend := func(name string, ttl time.Duration) []string {
			t.Helper()
			present, err := st.Attend(ctx, name, ttl)
			must(t, err)
			return present
		}
		want(t, "alone", attend("a", time.Minute), []string{"a"})
		want(t, "two", attend("b", time.Minute), []string{"a", "b"})
		must(t, st.Say(ctx, "a", []byte("I probe")))
		must(t, st.Say(ctx, "stranger", []byte("who attends nothing")))
		said, err := st.Said(ctx, "a")
		must(t, err)
		want(t, "said", string(said), "I probe")
		said, err = st.Said(ctx, "stranger")
		must(t, err)
		want(t, "said by a stranger", string(said), "")

		want(t, "after a left", attend("a", 0), []string{"b"})
		said, err = st.Said(ctx, "a")
		must(t, err)
		want(t, "said by who left", string(said), "")
		if _, err := st.Attend(ctx, "", time.Minute); err == nil {
			t.Error("a replica without a name attends")
		}
		if err := st.Say(ctx, "b", make([]byte, mostSaid+1)); err == nil {
			t.Error("a replica may say more than is kept")
		}
	})
}

// One that was killed is gone when its time is over, by the clock of the server.
func TestReplicaIsGoneWhenItsTimeIsOver(t *testing.T) {
	each(t, func(t *testing.T, b backend) {
		if b.name == "bbolt" {
			return // one process: nobody can be killed apart
		}
		st, ctx := b.open(t, place(t)), t.Context()
		defer st.Close()
		_, err := st.Attend(ctx, "killed", 20*time.Millisecond)
		must(t, err)
		for deadline := time.Now().Add(10 * time.Second); ; {
			present, err := st.Attend(ctx, "b", time.Minute)
			must(t, err)
			if len(present) == 1 {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("still present: %v", present)
			}
		}
	})
}

package notify

import (
	"fmt"
	"sync"
	"time"
)

// How long the outbox may lie unread, and how long a message may be due while nothing
// at all is delivered.
const (
	unreadFor = 30 * time.Second
	stuckFor  = 5 * time.Minute
)

// motion tells a Sender that delivers from one that only runs. The zero motion is of
// one that never read its outbox.
type motion struct {
	mu     sync.Mutex
	read   time.Time     // when the outbox was last read
	oldest time.Duration // age, then, of the oldest message due
	sent   time.Time     // when a message was last delivered
}

func (m *motion) noteRead(oldest time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read, m.oldest = time.Now(), oldest
}

func (m *motion) noteSent() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = time.Now()
}

// Moving says why nothing leaves the outbox; nil: what is due is being delivered. One
// channel that is broken while others work stops nothing: that is told by
// headstart_outbox_oldest_seconds and by the dead letters.
func (s *Sender) Moving() error {
	m := &s.motion
	m.mu.Lock()
	defer m.mu.Unlock()
	switch idle := time.Since(m.sent); {
	case m.read.IsZero():
		return fmt.Errorf("the outbox was never read")
	case time.Since(m.read) > unreadFor:
		return fmt.Errorf("the outbox was last read %s ago; look at the store", time.Since(m.read).Round(time.Second))
	case m.oldest > stuckFor && idle > stuckFor:
		return fmt.Errorf("a message has been due for %s, and none was delivered for %s; look at channels and receivers", m.oldest.Round(time.Second), stuckFor)
	}
	return nil
}

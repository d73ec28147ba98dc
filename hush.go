package headstart

import "time"

// HushKey is the note of the desk that stands while all messages to users are held; its
// Until is how long (ruling 30).
const HushKey = "hush"

// HeldUntil is until when all messages to users are held, as the engine decided last;
// zero: they never were. A time that has passed holds nothing.
func (v *View) HeldUntil() time.Time {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if n := v.desk[HushKey]; n != nil {
		return n.Until
	}
	return time.Time{}
}

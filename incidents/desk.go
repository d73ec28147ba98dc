package incidents

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"headstart"
)

// Desk carries a person's command to the engine and its outcome back. It works
// on every replica: the command goes through the log, the answer through the view.
type Desk struct {
	// Append makes one record durable and returns where.
	Append func(ctx context.Context, a headstart.Append) (headstart.Offset, error)
	View   *headstart.View

	// Patience is how long Do waits for the engine; zero: 5 s (ruling 9).
	Patience time.Duration
}

// Do appends c and waits until the view has passed it. pending reports that the
// engine has not answered in time: the command stands in the log and will be
// applied. The error is the store's; a refusal stands in the outcome.
func (d *Desk) Do(ctx context.Context, c headstart.Command) (o headstart.Outcome, pending bool, err error) {
	if c.ID == "" {
		c.ID = rand.Text()
	}
	rec := headstart.NewRecord(time.Now(), headstart.Line{Command: &c})
	off, err := d.Append(ctx, headstart.Append{Data: rec.Encode(), First: true})
	if err != nil {
		return headstart.Outcome{}, false, fmt.Errorf("append command %s: %w", c.Do, err)
	}
	patience := d.Patience
	if patience == 0 {
		patience = 5 * time.Second
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.View.WaitFor(wait, off); err != nil {
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return headstart.Outcome{Command: c.ID, Do: c.Do}, true, nil
		}
		return headstart.Outcome{}, false, err
	}
	o, ok := d.View.Outcome(c.ID)
	if !ok {
		return headstart.Outcome{Command: c.ID, Do: c.Do}, true, nil
	}
	return o, false, nil
}

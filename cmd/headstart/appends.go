package main

import (
	"context"
	"errors"
	"time"

	"headstart"
	"headstart/store"
)

// What the parts that readers and people meet append to the log: each function here
// makes one kind of line.

// plan appends a maintenance window and waits for the view.
func plan(appender *store.Appender, view *headstart.View) func(context.Context, headstart.MaintenanceWindow) (bool, error) {
	return func(ctx context.Context, w headstart.MaintenanceWindow) (pending bool, err error) {
		rec := headstart.NewRecord(time.Now(), headstart.Line{Maintenance: &w})
		off, err := appender.Append(ctx, headstart.Append{Data: rec.Encode(), First: true})
		if err != nil {
			return false, err
		}
		wait, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		err = view.WaitFor(wait, off)
		return errors.Is(err, context.DeadlineExceeded), nil
	}
}

// record appends an act for the audit log, past the appender of this generation: the
// reload that an act may be ends that.
func record(st store.Store) func(context.Context, headstart.Command) error {
	return func(ctx context.Context, c headstart.Command) error {
		rec := headstart.NewRecord(time.Now(), headstart.Line{Command: &c})
		_, err := st.Append(ctx, []headstart.Append{{Data: rec.Encode()}})
		return err
	}
}

// confirm appends what a reader of a public page says. It waits for no view: the
// reader is thanked, whatever becomes of it.
func confirm(appender *store.Appender) func(context.Context, headstart.Confirm) error {
	return func(ctx context.Context, c headstart.Confirm) error {
		rec := headstart.NewRecord(time.Now(), headstart.Line{Confirm: &c})
		_, err := appender.Append(ctx, headstart.Append{Data: rec.Encode()})
		return err
	}
}

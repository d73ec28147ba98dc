package store

import (
	"context"
	"encoding/json"
	"fmt"

	"headstart"
)

// Verify reads everything and returns what is wrong with it, in words; nothing
// found is nil. An error means that it could not be read at all.
func Verify(ctx context.Context, st Store) ([]string, error) {
	found, err := st.verify(ctx)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	for _, check := range []func(context.Context, Store) ([]string, error){verifyLog, verifyRows} {
		more, err := check(ctx, st)
		if err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
		found = append(found, more...)
	}
	return found, nil
}

// verifyLog decodes every record and holds the cursor against the log.
func verifyLog(ctx context.Context, st Store) (found []string, err error) {
	head, err := st.Head(ctx)
	if err != nil {
		return nil, err
	}
	archived, err := st.Archived(ctx)
	if err != nil {
		return nil, err
	}
	last := archived
	for e, err := range entries(ctx, st, headstart.Offset{}) {
		if err != nil {
			return nil, err
		}
		if _, err := headstart.DecodeRecord(e.Data); err != nil {
			found = append(found, fmt.Sprintf("log: record %s: %v", e.Off, err))
		}
		last = e.Off
	}
	if last.Before(head.Off) {
		found = append(found, fmt.Sprintf("cursor: %s is ahead of the newest record %s; the store lost the end of its log", head, last))
	}
	return found, nil
}

// verifyRows decodes every row as far as all rows are alike: JSON with a version.
func verifyRows(ctx context.Context, st Store) (found []string, err error) {
	for _, table := range headstart.AllTables() {
		err := st.Scan(ctx, table, func(r headstart.Row) error {
			var row struct {
				V int `json:"v"`
			}
			switch err := json.Unmarshal(r.Val, &row); {
			case err != nil:
				found = append(found, fmt.Sprintf("row %s/%s: %v", table, r.Key, err))
			case row.V == 0 && table != headstart.TableConfig:
				found = append(found, fmt.Sprintf("row %s/%s carries no version", table, r.Key))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// feedBefore reports whether an entry of the feed is from before a time.
func feedBefore(data []byte, before time.Time) (bool, error) {
	var e struct {
		At int64 `json:"at"` // see headstart.FeedEntry
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return false, fmt.Errorf("feed entry: %w", err)
	}
	return time.UnixMilli(e.At).Before(before), nil
}

package main

import (
	"context"
	"maps"
	"sync"
	"time"

	"headstart"
	"headstart/report"
)

// keptFor is how long a page of the morning report is shown again instead of made anew;
// keptMost how many are kept at once, of different readers.
const (
	keptFor  = 5 * time.Second
	keptMost = 4
)

// keptMornings are pages of the morning report made a moment ago: at eight several people
// look at the same one, and with hundreds of incidents each takes as long as ten other
// pages. What was made for one reader is shown to another only if both have the same
// rights, and never once the view has moved. The zero value holds none.
type keptMornings struct {
	mu    sync.Mutex
	pages map[morningKey]keptMorning
}

// morningKey is all that a page depends on but what probes and sources said within the
// last moment, and titles.
type morningKey struct {
	cursor      headstart.Cursor
	feed        headstart.Offset
	moment      int64 // which keptFor of all time
	rights      string
	lang        string
	edition     headstart.Edition
	since, mark int64 // in nanoseconds
	seen        bool
}

// keptMorning is a page with the titles in it: somebody may have had one forgotten since.
type keptMorning struct {
	answer headstart.ReportAnswer
	keys   []string
	titles map[string]string
}

// keyOf is the key of a page as of now; ok is false for what is made anew each time.
func (m *mornings) keyOf(ask *headstart.ReportAsk) (k morningKey, ok bool) {
	if ask.Format != headstart.ReportPage || ask.Reader.Rights == "" || ask.At.IsZero() {
		return k, false
	}
	return morningKey{
		cursor: m.view.Cursor(), feed: m.view.FeedAt(), moment: ask.At.UnixNano() / int64(keptFor), rights: ask.Reader.Rights, lang: ask.Lang, edition: ask.Edition,
		since: ask.Since.UnixNano(), mark: ask.Mark.UnixNano(), seen: ask.Seen,
	}, true
}

// make implements headstart.MakeReport.
func (m *mornings) make(ctx context.Context, ask headstart.ReportAsk) (headstart.ReportAnswer, error) {
	key, keep := m.keyOf(&ask) // before the view is read: what is kept may be newer than its key, never older
	in := m.input(ctx, &ask)
	if !keep {
		return inForm(report.NewMorning(in), &ask)
	}
	if page, found := m.kept.at(key); found && maps.Equal(page.titles, titlesOf(in.Titles, page.keys)) {
		return page.answer, nil
	}
	page := keptMorning{}
	if look := in.Titles; look != nil {
		in.Titles = func(keys []string) map[string]string {
			page.keys, page.titles = keys, look(keys)
			return page.titles
		}
	}
	var err error
	if page.answer, err = inForm(report.NewMorning(in), &ask); err == nil {
		m.kept.put(key, page)
	}
	return page.answer, err
}

func titlesOf(look func([]string) map[string]string, keys []string) map[string]string {
	if look == nil || len(keys) == 0 {
		return nil
	}
	return look(keys)
}

func (k *keptMornings) at(key morningKey) (keptMorning, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	page, found := k.pages[key]
	return page, found
}

// put keeps a page. Those of another state of the view go: nobody asks for them again.
func (k *keptMornings) put(key morningKey, page keptMorning) {
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.DeleteFunc(k.pages, func(old morningKey, _ keptMorning) bool {
		return old.cursor != key.cursor || old.feed != key.feed || old.moment != key.moment
	})
	if k.pages == nil || len(k.pages) >= keptMost {
		k.pages = map[morningKey]keptMorning{}
	}
	k.pages[key] = page
}

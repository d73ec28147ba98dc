package public

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// copyEvery is how often the copy is looked at when nothing moves: its pages tell
// the minute they were true.
const copyEvery = 20 * time.Second

// Run keeps the copy of the open pages in Config.StaticDir current until ctx ends;
// without such a folder it only waits. What stands there when the process ends
// stays: the pages say themselves since when they are not kept up.
func (s *Site) Run(ctx context.Context) error {
	var told string
	for {
		moved := s.o.View.Moved()
		if s.o.Config.StaticDir != "" {
			if err := s.copy(); err != nil && err.Error() != told {
				told = err.Error() // once, not each time
				s.logger.Error("the copy of the public pages is not written", "err", err)
			} else if err == nil {
				told = ""
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(atMostEvery):
		}
		select {
		case <-ctx.Done():
			return nil
		case <-moved:
		case <-time.After(copyEvery):
		}
	}
}

// copy writes every file of every open page below the folder, as the paths below
// /s/ say, each whole or not at all, and those that changed only. Before the view
// was filled it leaves what is there.
func (s *Site) copy() error {
	if err := os.MkdirAll(s.o.Config.StaticDir, 0o755); err != nil { //nolint:gosec // a web server reads it
		return err
	}
	var errs []error
	for name, b := range s.static.bytes {
		errs = append(errs, s.put("static/"+name, b))
	}
	for _, p := range s.all {
		if p.Access != accessOpen {
			continue
		}
		st := p.state()
		if st == nil {
			continue
		}
		for _, e := range p.editions {
			errs = append(errs, e.copyTo(st))
		}
	}
	return errors.Join(errs...)
}

// copyTo writes the files of an edition, with the pages of its messages, and takes
// away those of messages that are no longer there.
func (e *edition) copyTo(st *State) error {
	c := &edition{page: e.page, words: e.words, path: e.path, language: e.language, copy: true}
	below := strings.TrimPrefix(e.path, "/s/")
	var errs []error
	for _, f := range c.offered(st) {
		b, err := f.render(c, st)
		if err == nil {
			name := below + f.name
			if f.name == "" || strings.HasSuffix(f.name, "/") {
				name += "index.html"
			}
			err = e.page.site.put(name, b)
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, e.page.site.prune(below, st))...)
}

// offered are all files of an edition as of s: those of the list, an appointment of
// each window, and a page of each message.
func (e *edition) offered(s *State) []*file {
	var out []*file
	for i := range e.page.site.files {
		out = append(out, &e.page.site.files[i])
	}
	for i := range s.Windows {
		out = append(out, e.file(s, s.Windows[i].ID+".ics"))
	}
	for i := range s.Messages {
		out = append(out, messageFile(&s.Messages[i], ""))
	}
	return out
}

// prune removes the folders of messages that the state no longer has.
func (s *Site) prune(below string, st *State) error {
	dir := filepath.Join(s.o.Config.StaticDir, filepath.FromSlash(below))
	entries, err := os.ReadDir(dir)
	errs := []error{err}
	for _, d := range entries {
		if d.IsDir() && isID(d.Name()) && st.Message(d.Name()) == nil {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, d.Name())))
		}
	}
	return errors.Join(errs...)
}

// put writes a file of the copy unless it is there already.
func (s *Site) put(name string, b []byte) error {
	file := filepath.Join(s.o.Config.StaticDir, filepath.FromSlash(name))
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, b) { //nolint:gosec // below the folder of the configuration
		return nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // a web server reads it
		return err
	}
	return replaceFile(file, b, 0o644)
}

package exports

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Holding names the files of dir with a line that names one of the tickets, by
// Ticket.Key, or whose text is one that is looked for. A person decides what becomes of
// them: a file is not ours any more once it is written.
func Holding(dir string, tickets map[string]bool, text func(line string) bool) (names []string, err error) {
	files, err := os.ReadDir(dir)
	errs := []error{err}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ending) {
			continue
		}
		holds, err := fileHolds(filepath.Join(dir, f.Name()), tickets, text)
		errs = append(errs, err)
		if holds {
			names = append(names, f.Name())
		}
	}
	return names, errors.Join(errs...)
}

func fileHolds(file string, tickets map[string]bool, text func(string) bool) (bool, error) {
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	links := strings.HasPrefix(filepath.Base(file), "links-")
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadString('\n')
		var l link
		if links && json.Unmarshal([]byte(line), &l) == nil && tickets[l.Source+"/"+l.Ticket] || text(line) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
}

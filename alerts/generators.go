package alerts

import (
	"fmt"
	"net/url"
	"strings"
	"sync"

	"headstart"
)

// generators remembers the host of each generator URL seen: a rule's alerts all
// carry the same one, and parsing it each minute would cost more than the rest
// of a repeat. The zero value is ready to use.
type generators struct {
	mu    sync.RWMutex
	hosts map[string]string
}

// maxGenerators bounds the memory; beyond it everything is forgotten at once.
const maxGenerators = 20_000

// host returns the host of a generator URL, "" if it names none; false if it is
// no URI.
func (g *generators) host(generator string) (string, bool) {
	if generator == "" {
		return "", true
	}
	g.mu.RLock()
	host, ok := g.hosts[generator]
	g.mu.RUnlock()
	if ok {
		return host, true
	}
	if !isURI(generator) {
		return "", false
	}
	generator = strings.Clone(generator) // it points into a body
	host = (&headstart.Alert{GeneratorURL: generator}).Origin()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hosts == nil || len(g.hosts) >= maxGenerators {
		g.hosts = map[string]string{}
	}
	g.hosts[generator] = host
	return host, true
}

// check returns an error of the schema for the first generator URL that is no URI.
func (g *generators) check(alerts []posted) *schemaError {
	for i := range alerts {
		if _, ok := g.host(alerts[i].generator); !ok {
			return &schemaError{codeFormat, fmt.Sprintf("%d.generatorURL in body must be of type uri: %q", i, alerts[i].generator)}
		}
	}
	return nil
}

// isURI reports whether s has the schema's format "uri".
func isURI(s string) bool {
	s, _, _ = strings.Cut(s, "#")
	_, err := url.ParseRequestURI(s)
	return err == nil
}

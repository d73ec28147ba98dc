package probes

import "runtime"

// Limits on what is in flight. Those per kind bound memory and sockets; a ping
// holds neither. The one per host keeps us from being its heaviest client.
const (
	perKind = 256
	perPing = 4096
	perHost = 4
)

// gate holds the limits. A run that would exceed one waits in line there, those
// somebody waits for ahead of scheduled ones. The loop owns it.
type gate struct {
	kinds map[string]*limit
	hosts map[string]*limit
}

// limit counts the runs in flight and keeps those that wait.
type limit struct {
	most, busy       int
	urgent, ordinary []*run
}

func newGate() gate { return gate{kinds: map[string]*limit{}, hosts: map[string]*limit{}} }

// enter reports whether r may start; otherwise it waits and leave returns it.
func (g *gate) enter(r *run) bool {
	j := r.job
	if j.flying {
		j.behind = append(j.behind, r)
		return false
	}
	host, kind := g.host(j.spec.host), g.kind(j.spec.kind)
	for _, l := range []*limit{host, kind} {
		if l.busy >= l.most {
			l.wait(r)
			return false
		}
	}
	j.flying = true
	host.busy++
	kind.busy++
	return true
}

// leave ends r and returns runs that may try to enter now.
func (g *gate) leave(r *run) []*run {
	j := r.job
	host, kind := g.host(j.spec.host), g.kind(j.spec.kind)
	j.flying = false
	host.busy--
	kind.busy--

	next := j.behind
	j.behind = nil
	for _, l := range []*limit{host, kind} {
		for range l.most - l.busy { // one is free, and more if a waiter went on to another line
			w := l.next()
			if w == nil {
				break
			}
			next = append(next, w)
		}
	}
	if host.busy == 0 && len(next) == 0 {
		delete(g.hosts, j.spec.host) // hosts come and go; nobody waits here
	}
	return next
}

func (g *gate) host(name string) *limit {
	l := g.hosts[name]
	if l == nil {
		l = &limit{most: perHost}
		g.hosts[name] = l
	}
	return l
}

func (g *gate) kind(name string) *limit {
	l := g.kinds[name]
	if l == nil {
		l = &limit{most: perKind}
		switch name {
		case "icmp":
			l.most = perPing
		case "exec":
			l.most = 2 * runtime.NumCPU() // each is a process
		}
		g.kinds[name] = l
	}
	return l
}

func (l *limit) wait(r *run) {
	if r.mode == scheduled {
		l.ordinary = append(l.ordinary, r)
	} else {
		l.urgent = append(l.urgent, r)
	}
}

// next takes the first of those who wait; nil if nobody does.
func (l *limit) next() *run {
	line := &l.urgent
	if len(*line) == 0 {
		line = &l.ordinary
	}
	if len(*line) == 0 {
		return nil
	}
	r := (*line)[0]
	(*line)[0] = nil // the slice's array outlives the run
	*line = (*line)[1:]
	return r
}

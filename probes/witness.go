package probes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"headstart/probes/icmp"
)

// witness is a host that this machine reaches as long as it reaches anything: its
// gateway, or an anchor of the configuration. While one of them answers, what fails
// fails by itself.
type witness struct {
	host string
	port uint16 // to connect to; zero: it is pinged
}

// readWitness reads HOST or HOST:PORT.
func readWitness(text string) (witness, error) {
	host, port := splitHost(text)
	switch {
	case host == "" || strings.ContainsAny(text, "/ "):
		return witness{}, fmt.Errorf("probe_anchors: %q is no host; write HOST to ping it, or HOST:PORT to connect to it", text)
	case isSelf(host):
		return witness{}, fmt.Errorf("probe_anchors: %q is this machine itself, which always answers; name a host of the network", text)
	case port == "":
		return witness{host: host}, nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return witness{}, fmt.Errorf("probe_anchors: %q has no usable port; write HOST, or HOST:PORT", text)
	}
	return witness{host, uint16(n)}, nil
}

func (w witness) String() string {
	if w.port == 0 {
		return w.host
	}
	return net.JoinHostPort(w.host, strconv.Itoa(int(w.port)))
}

// isSelf reports whether host can only be this machine, also by its full name, which ends
// in a dot.
func isSelf(host string) bool {
	a, err := netip.ParseAddr(host)
	return strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") || err == nil && (a.Unmap().IsLoopback() || a.IsUnspecified())
}

// witnesses are the gateway and the anchors of c. Those that cannot be read are left
// to Validate.
func (c Config) witnesses() []witness {
	var list []witness
	if c.Gateway.IsValid() {
		list = append(list, witness{host: c.Gateway.String()})
	}
	anchors := c.Anchors
	if len(anchors) == 0 {
		anchors = c.Resolvers
	}
	for _, text := range anchors {
		if w, err := readWitness(text); err == nil {
			list = append(list, w)
		}
	}
	return list
}

// newSentry returns the storm guard of f. It may dial what it was given and nothing
// else, and /probe may not: the gateway is no target because it is the gateway.
func (f *Fleet) newSentry(list []witness) *sentry {
	g := &guard{dialer: f.options.Dialer, literal: map[netip.Addr]bool{}, lookup: net.DefaultResolver.LookupNetIP}
	for _, w := range list {
		g.allow(w.host)
	}
	return newSentry(list, (&network{guard: g, ping: f.ping}).look)
}

// Anchors asks the gateway and the anchors once, and returns those that answered and
// those that did not, as people write them.
func (f *Fleet) Anchors(ctx context.Context) (answer, silent []string) {
	for _, w := range f.sentry.list {
		if f.sentry.look(ctx, []witness{w}).heard {
			answer = append(answer, w.String())
		} else {
			silent = append(silent, w.String())
		}
	}
	return answer, silent
}

// glance is what one look at all witnesses gave.
type glance struct {
	heard bool // one of them answered
	asked bool // one of them could be asked at all
}

// witnessWait bounds one look.
const witnessWait = 1500 * time.Millisecond

// look asks all of list at once and returns with the first answer; without any, when
// all are done.
func (n *network) look(ctx context.Context, list []witness) glance {
	ctx, cancel := context.WithTimeout(ctx, witnessWait)
	defer cancel()
	told := make(chan glance, len(list))
	var asking sync.WaitGroup
	for _, w := range list {
		asking.Go(func() { told <- n.hear(ctx, w) })
	}
	defer asking.Wait() // soon: they see the end of the context
	defer cancel()
	var all glance
	for range list {
		g := <-told
		if all.asked = all.asked || g.asked; g.heard {
			return glance{heard: true, asked: true}
		}
	}
	return all
}

// hear asks one witness. A port that refuses is an answer; a machine that grants no
// ICMP socket has asked nobody.
func (n *network) hear(ctx context.Context, w witness) glance {
	if w.port != 0 {
		c, err := n.guard.DialContext(ctx, "tcp", w.String())
		if err == nil {
			_ = c.Close() // it answered, that was all
		}
		return glance{heard: err == nil || errors.Is(err, syscall.ECONNREFUSED), asked: true}
	}
	a, err := n.guard.Resolve(ctx, w.host, 0, "ip4", true)
	if err != nil {
		return glance{asked: true}
	}
	r, err := n.ping.Ping(ctx, a, icmp.Echoes{Count: 2, Gap: 300 * time.Millisecond, Wait: time.Second})
	return glance{heard: r.Received > 0, asked: !errors.Is(err, icmp.ErrNoSocket)}
}

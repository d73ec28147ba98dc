package probes

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"headstart"
	"headstart/probes/discover/sweep"
	"headstart/probes/handshake"
	"headstart/probes/icmp"
	"headstart/probes/printer/ipp"
	"headstart/probes/snmp/session"
)

// SweepAsks are the ways of probes to ask hosts who they are, for package sweep.
type SweepAsks struct {
	Dialer *headstart.Dialer
	Wait   time.Duration // for an echo

	// CommunityFiles hold communities to ask SNMP by, beside public.
	CommunityFiles []string

	NoNames bool // look up no names
	Logger  *slog.Logger
}

// Asks returns them; end ends what they hold open. The error is of a file that cannot
// be read.
func (o SweepAsks) Asks() (asks sweep.Asks, end func(), err error) {
	communities := []community{{word: "public"}}
	for _, file := range o.CommunityFiles {
		word, err := secret("community_file", file)
		if err != nil {
			return sweep.Asks{}, nil, err
		}
		communities = append(communities, community{file, word})
	}
	pinger := icmp.New(icmp.Options{Logger: o.Logger})
	asks = sweep.Asks{
		Dial: o.Dialer.DialContext,
		Ping: func(ctx context.Context, a netip.Addr) (bool, error) {
			r, err := pinger.Ping(ctx, a, icmp.Echoes{Count: 1, Wait: o.Wait})
			if !errors.Is(err, icmp.ErrNoSocket) {
				err = nil // about this host: no route, or a firewall of ours
			}
			return r.Received > 0, err
		},
		SNMP: func(ctx context.Context, dial sweep.Dial, address string) (sweep.Agent, bool) {
			return askAgent(ctx, dial, address, communities)
		},
		IPP: introduce,
		Shake: map[string]func(context.Context, sweep.Dial, string) (string, bool){
			"ldap": shaken(func(ctx context.Context, dial handshake.Dial, address string) handshake.Answer {
				return handshake.LDAP(ctx, dial, handshake.Directory{Address: address})
			}),
			"ntp": shaken(handshake.NTP), "rdp": shaken(handshake.RDP), "smb": shaken(handshake.SMB),
		},
	}
	if !o.NoNames {
		asks.Names, asks.Resolve = namesOf, addressesOf
	}
	return asks, func() { _ = pinger.Close() }, nil
}

// community is a word SNMP is asked by, and the file that holds it.
type community struct{ file, word string }

// askAgent asks by each community in turn.
func askAgent(ctx context.Context, dial sweep.Dial, address string, communities []community) (sweep.Agent, bool) {
	for i, c := range communities {
		within, cancel := share(ctx, len(communities)-i)
		agent := session.Agent{Address: address}
		var found sweep.Agent
		var ok bool
		err := agent.Talk(within, session.Access{Dial: session.Dial(dial), Community: c.word}, func(s *session.Session) error {
			t, err := s.Walk(sweep.AgentColumns()...)
			if err == nil {
				found, ok = sweep.ReadAgent(t)
			}
			return err
		})
		cancel()
		if err == nil && ok {
			found.Community = c.file
			return found, true
		}
	}
	return sweep.Agent{}, false
}

// share is a context for one of n that share what time ctx has left.
func share(ctx context.Context, n int) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/time.Duration(n))
}

// introduce asks for printers and queues over IPP.
func introduce(ctx context.Context, dial sweep.Dial, address string) (*sweep.Printer, []sweep.Queue) {
	printer, queues, err := ipp.Describe(ctx, ipp.Question{Dial: ipp.Dial(dial), Address: "ipp://" + address})
	if err != nil {
		return nil, nil
	}
	var list []sweep.Queue
	for _, q := range queues {
		list = append(list, sweep.Queue{Path: q.Path, Name: q.Name, Info: q.Info, Location: q.Location, Model: q.Model})
	}
	if printer == nil {
		return nil, list
	}
	return &sweep.Printer{
		Path: printer.Path, Name: printer.Name, Info: printer.Info, Location: printer.Location, Model: printer.Model, UUID: printer.UUID,
	}, nil
}

// shaken reports whether a handshake found a service that serves.
func shaken(say func(context.Context, handshake.Dial, string) handshake.Answer) func(context.Context, sweep.Dial, string) (string, bool) {
	return func(ctx context.Context, dial sweep.Dial, address string) (string, bool) {
		a := say(ctx, handshake.Dial(dial), address)
		return a.Reason, a.Err == nil && (a.Verdict == headstart.OK || a.Verdict == headstart.Warn)
	}
}

// namesOf looks an address up in the reverse; none if it has no name.
func namesOf(ctx context.Context, a netip.Addr) []string {
	names, err := net.DefaultResolver.LookupAddr(ctx, a.String())
	if err != nil {
		return nil
	}
	for i, n := range names {
		names[i] = strings.ToLower(strings.TrimSuffix(n, "."))
	}
	return names
}

func addressesOf(ctx context.Context, host string) []netip.Addr {
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil
	}
	for i, a := range list {
		list[i] = a.Unmap()
	}
	return list
}

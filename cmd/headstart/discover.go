package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"headstart/configs"
	"headstart/probes"
	"headstart/probes/discover"
	"headstart/probes/discover/sweep"
)

// looking are the flags of discover.
type looking struct {
	proposing
	sweep.Options
	most        int
	ports       []string // SERVICE=PORT
	communities []string // files
	noNames     bool
	all         bool
}

// mostAddresses of a sweep, unless more are asked for: a /16, the most one building
// has.
const mostAddresses = 1 << 16

func (p *program) discoverCommand() *cobra.Command {
	var l looking
	cmd := &cobra.Command{
		Use:   "discover NETWORK…",
		Short: "look through networks and propose a catalog and probes, for review",
		Long: fmt.Sprintf(`Asks every address of the networks who it is: by ping, SNMP, IPP, mDNS and the first words of
SSH, SMTP, DNS, HTTP, NTP, IMAP, LDAP, RDP and SMB. What the catalog does not have yet is written
to a folder for review: catalog.yml and headstart.yml, which can be checked and run as they stand.
Nothing live is changed. No address outside the networks is touched; names are looked up at this
machine's resolver. Nothing is sent to port 9100: it would come out on paper.

It goes slowly: %d packets and connections a second, at most %d connections at once and %d to one
host, unless the flags say otherwise. A printer is asked only what printers know. Interrupted, it
writes what is complete and says so. Exit code 1 if it was interrupted, 2 if a flag or the
configuration is wrong.`, sweep.DefaultRate, sweep.DefaultAtOnce, sweep.DefaultPerHost),
		Example: "  headstart discover --dry-run 10.1.0.0/16\n  headstart discover 10.1.0.0/22 --location 10.1.0.0/22=noord\n  headstart --config discovered/headstart.yml check",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, networks []string) error { return p.discover(cmd, &l, networks) },
	}
	l.flags(cmd)
	f := cmd.Flags()
	f.IntVar(&l.most, "most", mostAddresses, "`addresses` to ask at most; more is an error")
	f.IntVar(&l.Rate, "rate", sweep.DefaultRate, "packets and connections a `second`, over all hosts")
	f.IntVar(&l.AtOnce, "at-once", sweep.DefaultAtOnce, "connections at once, over all hosts")
	f.IntVar(&l.PerHost, "per-host", sweep.DefaultPerHost, "connections at once to one host")
	f.DurationVar(&l.Wait, "wait", sweep.DefaultWait, "for a connection and for an answer")
	f.BoolVar(&l.PingOnly, "ping-only", false, "leave alone what does not answer a ping; faster, and blind to firewalls that drop pings")
	f.StringArrayVar(&l.ports, "port", nil, "`SERVICE=PORT`: where a service is asked instead of its usual port (may be repeated)")
	f.StringArrayVar(&l.communities, "community-file", nil, "`file` with an SNMP community to ask by, beside public (may be repeated); it goes to every host that answers")
	f.BoolVar(&l.noNames, "no-names", false, "look up no names")
	f.BoolVar(&l.all, "all", false, "propose people's own machines too")
	return cmd
}

func (p *program) discover(cmd *cobra.Command, l *looking, networks []string) error {
	cfg, err := p.config(cmd)
	if err != nil {
		return err
	}
	if err := l.read(networks); err != nil {
		return err
	}
	if l.dryRun {
		p.plan(l, cfg)
		return nil
	}
	if err := l.mayWrite(cfg); err != nil {
		return err
	}
	logger, err := p.quietLogger()
	if err != nil {
		return err
	}
	asks, end, err := probes.SweepAsks{
		Dialer: sweepDialer(l.Ranges), Wait: l.Wait, CommunityFiles: l.communities, NoNames: l.noNames, Logger: logger,
	}.Asks()
	if err != nil {
		return &exit{2, fmt.Sprintf("--community-file: %v", err)}
	}
	defer end()
	l.Asks = asks
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	result := p.look(ctx, l)
	return p.proposeFound(cfg, l, networks, result)
}

// read checks the flags.
func (l *looking) read(networks []string) error {
	ranges, err := sweep.ParseRanges(networks, l.most)
	if err != nil {
		return &exit{2, err.Error()}
	}
	l.Ranges = ranges
	for _, n := range []struct {
		flag        string
		value, most int
	}{{"--rate", l.Rate, 100_000}, {"--at-once", l.AtOnce, 10_000}, {"--per-host", l.PerHost, 16}, {"--most", l.most, 1 << 24}} {
		if n.value < 1 || n.value > n.most {
			return &exit{2, fmt.Sprintf("%s is %d; write a number from 1 to %d", n.flag, n.value, n.most)}
		}
	}
	if l.Wait < 10*time.Millisecond || l.Wait > time.Minute {
		return &exit{2, fmt.Sprintf("--wait is %s; write a duration from 10ms to 1m", l.Wait)}
	}
	if err := l.readPorts(); err != nil {
		return err
	}
	for i, file := range l.communities { // the configuration that will name it lies elsewhere
		if l.communities[i], err = filepath.Abs(file); err != nil {
			return &exit{2, fmt.Sprintf("--community-file: %v", err)}
		}
	}
	_, err = l.networks()
	return err
}

// readPorts reads --port.
func (l *looking) readPorts() error {
	l.Ports = sweep.Ports{}
	known := sweep.UsualPorts()
	for _, text := range l.ports {
		service, number, _ := strings.Cut(text, "=")
		port, err := strconv.ParseUint(number, 10, 16)
		if err != nil || port == 0 || known[service] == 0 {
			return &exit{2, fmt.Sprintf("--port is %q; write SERVICE=PORT with a service of %s", text, strings.Join(slices.Sorted(maps.Keys(known)), ", "))}
		}
		if port == 9100 {
			return &exit{2, "--port is " + text + "; what is sent to port 9100 comes out on paper, so nothing is: name another"}
		}
		l.Ports[service] = int(port)
	}
	return nil
}

// mayWrite finds out before the hour of looking whether the result can be kept.
func (l *looking) mayWrite(cfg *configs.Config) error {
	if err := l.apart(cfg); err != nil {
		return err
	}
	return discover.MayWrite(l.out, "catalog.yml", "headstart.yml")
}

// plan says what would be done.
func (p *program) plan(l *looking, cfg *configs.Config) {
	n := l.Ranges.Count()
	most := sweep.Attempts(l.PingOnly) * n
	fmt.Fprintf(p.stdout, "would ask %d addresses, at most %d packets or connections a second, %d connections at once, %d to one host\n", n, l.Rate, l.AtOnce, l.PerHost)
	fmt.Fprintf(p.stdout, "that takes up to %s if nobody answers, and some seconds more for those that do\n", (time.Duration(most) * time.Second / time.Duration(l.Rate)).Round(time.Second))
	for _, service := range slices.Sorted(maps.Keys(sweep.UsualPorts())) {
		fmt.Fprintf(p.stdout, "  %-6s port %d\n", service, l.Ports.Of(service))
	}
	fmt.Fprintf(p.stdout, "would compare with %d devices of the catalog and write %s/catalog.yml and %s/headstart.yml\n", len(cfg.Catalog.Devices), l.out, l.out)
}

// look sweeps, with a bar if somebody watches.
func (p *program) look(ctx context.Context, l *looking) sweep.Result {
	progress, done := sweepBar(p.stderr, l.Ranges.Count())
	l.Progress = progress
	result := sweep.Run(ctx, l.Options)
	done()
	if result.NoPing != nil {
		fmt.Fprintf(p.stderr, "warning: nothing was pinged: %v\n", result.NoPing)
	}
	return result
}

// proposeFound compares what answered with the catalog.
func (p *program) proposeFound(cfg *configs.Config, l *looking, networks []string, result sweep.Result) error {
	asked := len(result.Done)
	gateway, _ := configs.Gateway()
	records := discover.FromSweep(result.Hosts, discover.Looked{Ranges: l.Ranges, Ports: l.Ports, Gateway: gateway, All: l.all})
	l.asked = func(a netip.Addr) bool { return result.Done[a] }
	l.about = append(l.about, fmt.Sprintf("Looked through %s: %d of %d addresses asked, %d answered.", strings.Join(networks, " "), asked, result.Total, len(result.Hosts)))
	interrupted := asked < result.Total
	if interrupted {
		l.about = append(l.about, "INTERRUPTED: what is missing here may only not have been asked.")
	}
	fmt.Fprintf(p.stdout, "%d of %d addresses asked, %d answered\n", asked, result.Total, len(result.Hosts))
	if err := p.propose(cfg, &l.proposing, records, nil); err != nil {
		return err
	}
	if interrupted {
		return &exit{1, fmt.Sprintf("interrupted after %d of %d addresses; what is complete is written, run it again for the rest", asked, result.Total)}
	}
	return nil
}

// sweepBar shows how far a sweep is and how long it still takes, if somebody is
// watching.
func sweepBar(w io.Writer, total int) (progress func(done, total int), finish func()) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	bars := mpb.New(mpb.WithOutput(w), mpb.WithWidth(60))
	bar := bars.AddBar(int64(total), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.CountersNoUnit("%d / %d")),
		mpb.AppendDecorators(decor.AverageETA(decor.ET_STYLE_GO)))
	return func(done, _ int) { bar.SetCurrent(int64(done)) }, func() {
		bar.Abort(true)
		bars.Wait()
	}
}

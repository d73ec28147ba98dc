package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"golang.org/x/net/icmp"

	"headstart"
	"headstart/configs"
	"headstart/exports"
	"headstart/notify"
	"headstart/probes"
	"headstart/store"
)

// finding is one thing doctor looked at. An empty remedy is fine.
type finding struct{ what, remedy string }

func (p *program) doctorCommand() *cobra.Command {
	var flags clientFlags
	var prom prometheusFlags
	var test bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "name every mis-setting with its remedy",
		Long: `Looks at the configuration, the rights of its files, ICMP, the anchors of probes, the store, the mail and
web servers of channels, the ticket systems, the running service, the way alerts come in and the way out that
does not pass through headstart. With --prometheus it asks Prometheus itself whether it posts here, has the rules
and scrapes the metrics. With --test-alert it sends an alert that says it is a test through the service and through
each Alertmanager of alerts.reconcile, and waits for the pages: operators get it. Exit code 0 if all is well, 1 if
something is not, 2 if the configuration is wrong.`,
		Example: "  headstart doctor\n  headstart doctor --prometheus http://prometheus:9090 --test-alert",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.config(cmd)
			if err != nil {
				return err
			}
			ill := 0
			looks := []func(context.Context, *configs.Config) []finding{
				lookSettings, lookFolder, lookExports, lookICMP, lookAnchors, p.lookStore(&flags), lookChannels, lookTickets, p.lookService(&flags), prom.look(&flags), lookDeadMan,
			}
			if test {
				looks = append(looks, lookTestAlert(&flags))
			}
			for _, look := range looks {
				for _, f := range look(cmd.Context(), cfg) {
					if f.remedy == "" {
						fmt.Fprintln(p.stdout, "ok    "+f.what)
						continue
					}
					ill++
					fmt.Fprintln(p.stdout, "MIND  "+f.what+"; "+f.remedy)
				}
			}
			if ill > 0 {
				return &exit{1, fmt.Sprintf("findings: %d", ill)}
			}
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().StringArrayVar(&prom.urls, "prometheus", nil, "`address` of a Prometheus that should send its alerts here; may be repeated")
	cmd.Flags().StringVar(&prom.httpConfig, "prometheus.http.config.file", "", "`file` with the log-in to Prometheus, in its own http_config format")
	cmd.Flags().BoolVar(&test, "test-alert", false, "send an alert that says it is a test, and wait for the pages")
	return cmd
}

// lookSettings names what a valid configuration may still lack.
func lookSettings(_ context.Context, cfg *configs.Config) []finding {
	name := cfg.File
	if name == "" {
		name = "no headstart.yml: the defaults"
	}
	found := []finding{{what: "configuration: " + name}}
	mind := func(what, remedy string) { found = append(found, finding{what, remedy}) }
	for _, w := range cfg.Warnings {
		mind("configuration: "+w, "see above")
	}
	found = append(found, lookClosed(cfg)...)
	if len(cfg.Catalog.Devices)+len(cfg.Catalog.Services) == 0 {
		mind("catalog: no device and no service", "describe them in catalog.yml, or every alert is an incident of its own")
	}
	for i := range cfg.Catalog.Services {
		if s := &cfg.Catalog.Services[i]; len(s.DependsOn) == 0 && !servedBy(cfg.Catalog, s.ID) {
			mind("catalog: service "+s.ID+" depends on nothing and no device serves it", "fill in depends_on, or services of a device, so that its cause can be found")
		}
	}
	if len(cfg.Notify.Channels) == 0 {
		mind("channels: none", "users only see the status page; add a channel of type email")
	}
	return found
}

func servedBy(cat *headstart.Catalog, service string) bool {
	return slices.ContainsFunc(cat.Devices, func(d headstart.Device) bool { return slices.Contains(d.Services, service) })
}

// lookFolder checks that data_dir can be written and the admin token is ours alone.
func lookFolder(_ context.Context, cfg *configs.Config) []finding {
	info, err := os.Stat(cfg.DataDir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := makeable(cfg.DataDir); err != nil {
			return []finding{{"data_dir: " + cfg.DataDir + " cannot be made: " + err.Error(), "make it and chown it to the user that runs headstart"}}
		}
		return []finding{{what: "data_dir: " + cfg.DataDir + " is made at the first start"}}
	case err != nil:
		return []finding{{"data_dir: " + err.Error(), "give the user that runs headstart a folder of its own"}}
	case !info.IsDir():
		return []finding{{"data_dir: " + cfg.DataDir + " is not a folder", "name another"}}
	}
	f, err := os.CreateTemp(cfg.DataDir, ".doctor-*")
	if err != nil {
		return []finding{{"data_dir: " + err.Error(), "chown it to the user that runs headstart"}}
	}
	_ = f.Close()
	_ = os.Remove(f.Name())
	found := []finding{{what: "data_dir: " + cfg.DataDir}}
	token := filepath.Join(cfg.DataDir, "admin-token")
	if info, err := os.Stat(token); err == nil && info.Mode().Perm()&0o077 != 0 {
		found = append(found, finding{fmt.Sprintf("admin token: mode %04o, others may read it", info.Mode().Perm()), "chmod 0600 " + token})
	}
	return found
}

// lookExports checks that what retention deletes can be exported first.
func lookExports(_ context.Context, cfg *configs.Config) []finding {
	dir := cfg.Retention.ExportDir
	if dir == "" {
		return nil
	}
	if err := exports.Examine(dir); err != nil {
		what, remedy, _ := strings.Cut(err.Error(), "; ")
		return []finding{{"retention.export_dir: nothing is deleted that is to be exported: " + what, remedy}}
	}
	return []finding{{what: "retention.export_dir: " + dir}}
}

// makeable reports what keeps a folder that is not there from being made.
func makeable(dir string) error {
	for {
		up := filepath.Dir(dir)
		f, err := os.CreateTemp(up, ".doctor-*")
		if errors.Is(err, fs.ErrNotExist) && up != dir {
			dir = up
			continue
		}
		if err != nil {
			return err
		}
		return errors.Join(f.Close(), os.Remove(f.Name()))
	}
}

// lookICMP opens the socket that icmp probes need.
func lookICMP(_ context.Context, cfg *configs.Config) []finding {
	if !slices.ContainsFunc(cfg.Probes.Probes, func(p probes.Probe) bool { return p.Kind == "icmp" }) {
		return nil
	}
	for _, network := range []string{"udp4", "ip4:icmp"} {
		if c, err := icmp.ListenPacket(network, "0.0.0.0"); err == nil {
			_ = c.Close()
			return []finding{{what: "icmp: may be sent"}}
		}
	}
	return []finding{{"icmp: this user may not send echo requests, so icmp probes are unknown", `sysctl -w net.ipv4.ping_group_range="0 2147483647", or grant CAP_NET_RAW`}}
}

// lookStore opens the store, unless the running service has it open.
func (p *program) lookStore(flags *clientFlags) func(context.Context, *configs.Config) []finding {
	return func(ctx context.Context, cfg *configs.Config) []finding {
		if exists(cfg) != nil {
			return []finding{{what: "store: embedded, made at the first start"}}
		}
		if cfg.Store.Mode == "embedded" && alive(ctx, flags, cfg) {
			return []finding{{what: "store: embedded, open in the running service"}}
		}
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		logger, err := p.quietLogger()
		if err != nil {
			return []finding{{"log: " + err.Error(), "correct the flag"}}
		}
		st, err := openStore(ctx, cfg, logger, prometheus.NewRegistry())
		if err != nil {
			return []finding{{"store: " + err.Error(), "until it answers, nothing is accepted"}}
		}
		defer func() { _ = st.Close() }()
		return append([]finding{{what: "store: " + cfg.Store.Mode}}, lookInside(ctx, st)...)
	}
}

// alive reports whether a service answers where cfg says.
func alive(ctx context.Context, flags *clientFlags, cfg *configs.Config) bool {
	c, err := flags.client(cfg)
	if err != nil {
		return false
	}
	_, err = c.get(ctx, "/-/healthy")
	return err == nil
}

// lookInside names what a store that answers may still lack.
func lookInside(ctx context.Context, st store.Store) (found []finding) {
	if room, err := st.Room(ctx); err == nil && room >= 0.8 {
		found = append(found, finding{fmt.Sprintf("store: %.0f %% full", 100*room), "give it more room; at 90 % it refuses alerts"})
	}
	server, ok := st.(interface {
		Check(ctx context.Context) ([]string, error)
	})
	if !ok {
		return found
	}
	warnings, _ := server.Check(ctx) // it was opened, so it passes; the warnings matter
	for _, w := range warnings {
		what, remedy, _ := strings.Cut(w, "; ")
		found = append(found, finding{"store: " + what, remedy})
	}
	return found
}

// lookChannels asks the services of channels how they are, and sends nobody anything.
func lookChannels(ctx context.Context, cfg *configs.Config) []finding {
	dialer := &headstart.Dialer{Allow: func(netip.AddrPort) bool { return true }, Timeout: 5 * time.Second}
	var found []finding
	for _, ch := range cfg.Notify.Channels {
		for _, f := range notify.Examine(ctx, ch, notify.ChannelOptions{ExternalURL: cfg.Door.ExternalURL, Dialer: channelDialer(cfg)}) {
			found = append(found, finding{f.What, f.Remedy})
		}
		if ch.Smarthost == "" {
			continue
		}
		conn, err := dialer.DialContext(ctx, "tcp", ch.Smarthost)
		if err != nil {
			found = append(found, finding{"channel " + ch.Name + ": " + err.Error(), "correct smarthost, or let this machine reach it"})
			continue
		}
		found = append(found, greeting(ch.Name, conn))
		_ = conn.Close()
	}
	return found
}

// greeting waits for the words a mail server begins with.
func greeting(name string, conn net.Conn) finding {
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if strings.HasSuffix(conn.RemoteAddr().String(), ":465") {
		return finding{what: "channel " + name + ": the mail server takes connections"} // TLS first: it waits for us
	}
	b := make([]byte, 4)
	n, err := conn.Read(b)
	if err != nil || n < 3 || string(b[:3]) != "220" {
		return finding{"channel " + name + ": the mail server does not greet", "is it a mail server? smarthost wants host:25 or host:587"}
	}
	return finding{what: "channel " + name + ": the mail server answers"}
}

// lookService asks a running service how it is.
func (p *program) lookService(flags *clientFlags) func(context.Context, *configs.Config) []finding {
	return func(ctx context.Context, cfg *configs.Config) []finding {
		c, err := flags.client(cfg)
		if err != nil {
			return []finding{{"service: " + err.Error(), "correct the flag"}}
		}
		var found []finding
		for _, q := range []struct{ path, fine, remedy string }{
			{"/-/ready", "service: ready", "see its log"},
			{"/-/ready?for=ingest", "service: takes alerts", "see the store above"},
			{"/-/ready?for=engine", "service: decides without delay", "is another process the leader, and is it alive?"},
		} {
			_, err := c.get(ctx, q.path)
			if down := (*unreachable)(nil); errors.As(err, &down) {
				return []finding{{"service: does not answer at " + c.base, "start it with `headstart serve`, or name it with --url"}}
			}
			f := finding{what: q.fine}
			if err != nil {
				f = finding{"service: " + q.path + ": " + err.Error(), q.remedy}
			}
			found = append(found, f)
		}
		return found
	}
}

package configs

import (
	"fmt"
	"os"

	"github.com/prometheus/common/config"

	"headstart"
	"headstart/notify"
	"headstart/tickets"
)

// checkBuilt makes what holds secrets as serve will, asks nothing of anybody and drops it
// again: what is wrong with the content of a file is told here, not by a start that fails.
// What has other mistakes already is left out.
func (c *Config) checkBuilt() (errs []error) {
	for _, ch := range c.Notify.Channels {
		one := notify.Config{Channels: []notify.ChannelConfig{ch}}
		if one.Validate() == nil {
			_, err := notify.Build(one, notify.ChannelOptions{ExternalURL: c.Door.ExternalURL, Dialer: &headstart.Dialer{}})
			errs = append(errs, flatten(err)...)
		}
	}
	for _, s := range c.Tickets.Sources {
		one := tickets.Config{Sources: []tickets.Source{s}}
		if one.Validate() == nil {
			errs = append(errs, flatten(one.Open())...)
		}
	}
	for i, b := range c.Notify.Heartbeat {
		if _, err := b.Address(); err != nil && readable(b.URLFile) {
			errs = append(errs, fmt.Errorf("heartbeat[%d]: %w", i, err))
		}
	}
	if t := c.Store.TLS; c.Store.Secured() && t.Validate() == nil && readable(t.CAFile, t.CertFile, t.KeyFile) {
		if _, err := config.NewTLSConfig(&t); err != nil {
			errs = append(errs, fmt.Errorf("store.tls: %w; write PEM into it", err))
		}
	}
	return errs
}

// readable reports whether the files are there; those that are not are told of elsewhere.
func readable(files ...string) bool {
	for _, name := range files {
		if _, err := os.Stat(name); name != "" && err != nil {
			return false
		}
	}
	return true
}

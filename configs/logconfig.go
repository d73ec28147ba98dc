package configs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"headstart"
	"headstart/notify"
	"headstart/tickets"
)

// LogConfig is the configuration as a line of the log: all that decisions
// depend on and nothing else, so no secret and no address of a part. Equal
// configurations have equal hashes; a start appends a line only if the hash of
// the last one differs. installation is the store's id.
func (c *Config) LogConfig(installation string) headstart.LogConfig {
	calendar, catalog, desk := c.Calendar, c.Catalog, c.Desk
	calendar.ICal = "" // its days stand among the holidays; the address is nobody's business
	if catalog == nil {
		catalog = &headstart.Catalog{}
	}
	inhibits, _ := c.Notify.Inhibits() // validated
	l := headstart.LogConfig{
		Engine:       headstart.EngineVersion,
		Ticks:        true,
		Installation: installation,
		Language:     c.Language,
		Timezone:     c.Timezone,
		Contact:      c.Contact,
		ExternalURL:  c.Door.ExternalURL,
		Pages:        c.statusPages(),
		Calendar:     &calendar,
		Correlation:  encode(c.Correlation),
		Alerts:       encode(c.Alerts.Placing),
		Announce:     encode(c.Incidents.Announce),
		Escalation:   encode(c.Incidents.Escalation),
		Matching:     encode(c.Tickets.Matching),
		Catalog:      c.Catalog,
		Notices:      c.Probes.Notices(catalog),
		Audiences:    c.Audiences,
		Channels:     c.channelInfos(),
		Route:        c.Notify.RouteYAML(),
		Inhibit:      inhibits,
		Systems:      tickets.Infos(c.Tickets.Config),
		OwnWords:     c.OwnWords,
		Report:       c.Report.Plan(),

		Desk:          &desk,
		SupportGroups: c.SupportGroups,

		KeepIncidents: c.Retention.Incidents,
		KeepLinks:     c.Retention.Links,
		KeepNotes:     c.Retention.Titles,
		KeepAudit:     c.Retention.Audit,
		ExportFirst:   c.Retention.ExportDir != "",
	}
	sum := sha256.Sum256(encode(l)) // encoding/json sorts keys of maps: the same bytes every time
	l.Hash = "sha256:" + hex.EncodeToString(sum[:])
	return l
}

// channelInfos is what decisions know of the channels.
func (c *Config) channelInfos() []headstart.ChannelInfo {
	infos := notify.Infos(c.Notify)
	for n := range infos {
		infos[n].Desk = infos[n].Name == c.Desk.Channel
	}
	return infos
}

// statusPages are the pages that messages may link to. One behind a signed link has no
// address that every reader could open.
func (c *Config) statusPages() (pages []headstart.StatusPage) {
	base := strings.TrimSuffix(c.PublicURL(), "/")
	if base == "" {
		return nil
	}
	for _, p := range c.Publish.Published(c.Language, c.Contact) {
		url := base + "/s/"
		if p.ID != "" {
			url += p.ID + "/"
		}
		if p.Access != "link" {
			pages = append(pages, headstart.StatusPage{URL: url, Services: p.Services, Locations: p.Locations})
		}
	}
	return pages
}

func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("configs: encode %T: %v", v, err)) // only types of ours: a programmer's error
	}
	return b
}

package public

import (
	"bytes"
	"cmp"
	"strings"
	"time"

	"headstart"
)

// bannerFile is banner.json: what another site needs to say that something runs.
type bannerFile struct {
	Level    Level           `json:"level"` // red amber blue grey green
	Headline string          `json:"headline"`
	Lead     string          `json:"lead"`
	Language string          `json:"language"`
	Page     string          `json:"page"` // URL to read more
	KnownAt  time.Time       `json:"known_at"`
	Messages []bannerMessage `json:"messages"` // that run, the worst first
	Planned  []bannerWindow  `json:"planned"`  // that runs or begins within two weeks, by start
}

type bannerMessage struct {
	ID           string               `json:"id"`
	Number       headstart.IncidentID `json:"number"`
	Level        Level                `json:"level"`
	Title        string               `json:"title"`
	Short        string               `json:"short"`
	Language     string               `json:"language"` // of title and short
	Services     string               `json:"services"`
	Locations    string               `json:"locations"`
	StartedAt    time.Time            `json:"started_at"`
	NextUpdateBy *time.Time           `json:"next_update_by"`
	URL          string               `json:"url"`
}

type bannerWindow struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
	Running  bool      `json:"running"`
	URL      string    `json:"url"`
}

func (e *edition) bannerJSON(s *State) ([]byte, error) { return asJSON(e.banner(s)) }

func (e *edition) banner(s *State) bannerFile {
	out := bannerFile{
		Level: s.Level, Language: e.words.Lang, Page: e.url(), KnownAt: s.At.UTC(), Messages: []bannerMessage{}, Planned: []bannerWindow{},
	}
	out.Headline, out.Lead = e.headline(s)
	for _, m := range s.Live() {
		text, in := m.Last().In(e.words.Lang)
		out.Messages = append(out.Messages, bannerMessage{
			ID: m.ID, Number: m.Incident, Level: m.Level, Title: text.Title, Short: text.Short, Language: in,
			Services: s.ServiceNames(m.Services, e.words.Lang), Locations: s.LocationNames(m.Locations, e.words.Lang),
			StartedAt: m.Started.UTC(), NextUpdateBy: m.Last().NextUpdateBy, URL: e.messageURL(&m),
		})
	}
	for _, w := range s.Coming() {
		updates := e.told(s, &w)
		text, _ := updates[len(updates)-1].In(e.words.Lang)
		out.Planned = append(out.Planned, bannerWindow{
			ID: w.ID, Title: text.Title, StartsAt: w.From.UTC(), EndsAt: w.To.UTC(), Running: w.Running(s.At), URL: e.windowURL(&w),
		})
	}
	return out
}

// bannerHTML is the same as a small page to stand in a frame of a portal.
func (e *edition) bannerHTML(s *State) ([]byte, error) {
	var b bytes.Buffer
	err := e.page.site.pages[e.words.Lang].ExecuteTemplate(&b, "banner.html", struct {
		bannerFile
		Root, Title string
	}{e.banner(s), upToRoot(e.path), e.title(s)})
	return b.Bytes(), err
}

// bannerScript puts the same on a page of another site.
func (e *edition) bannerScript(*State) ([]byte, error) { return File("banner.js"), nil }

// framePolicy lets the portals of the configuration, and nobody else, show the
// banner in a frame.
func framePolicy(origins []string) string {
	return "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors " +
		cmp.Or(strings.Join(origins, " "), "'none'")
}

package probes

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"headstart"
	"headstart/probes/blackbox"
)

// lookEvery is how often at least a push is looked at.
const lookEvery = 30 * time.Second

// pushPrefix is that of the names under which jobs show their tokens.
const pushPrefix = "push/"

// validPush reports what is wrong with a probe of kind push.
func validPush(p Probe, _ *Config) error {
	var errs []error
	if p.Target != "" {
		errs = append(errs, errors.New("kind push has no target: jobs call it; remove target, or name the job's asset"))
	}
	if p.Assets != nil {
		errs = append(errs, errors.New("kind push needs one probe per job; use asset"))
	}
	return errors.Join(errs...)
}

// Bearers returns the files of the tokens that jobs show as Bearer, each by the
// name of the identity it stands for. They need the scope ingest.
func (c Config) Bearers() map[string]string {
	out := map[string]string{}
	for _, p := range c.Probes {
		if p.Kind == "push" && p.TokenFile != "" {
			out[pushPrefix+p.Name] = p.TokenFile
		}
	}
	return out
}

// Under is how the path begins that the token of an identity of Bearers opens.
func Under(name string) string { return pushPath + strings.TrimPrefix(name, pushPrefix) }

// pushPath is what the paths begin with at which jobs tell that they ran.
const pushPath = "/push/"

// Routes returns this package's lines of the route table.
func (f *Fleet) Routes() []headstart.Route {
	return []headstart.Route{
		{Pattern: "POST " + pushPath + "{probe}", Scope: headstart.ScopeIngest, MaxBody: mostPushed, Handler: http.HandlerFunc(f.push), Everywhere: true},
		{Pattern: "GET /probe", Scope: headstart.ScopeProbe, Handler: f.scraper, Everywhere: true},
	}
}

// mostPushed is the largest body taken, in bytes; its first line's worth is kept.
const mostPushed = 64 << 10

// push takes a job's word that it ran: the text of it as body, and with
// ?status=warn or down that it did not go well. 200 means that it is remembered.
func (f *Fleet) push(w http.ResponseWriter, r *http.Request) {
	p := f.pushProbe(r.PathValue("probe"))
	if p == nil {
		http.Error(w, "no probe of kind push has this name; see probes", http.StatusNotFound)
		return
	}
	// The door has compared the token in constant time and named its owner.
	who := headstart.IdentityFrom(r.Context())
	own := who.Name == pushPrefix+p.Name
	if p.TokenFile != "" && !own && !who.Has(headstart.ScopeAdmin) {
		http.Error(w, "this job has a token of its own; send the one of token_file as Bearer", http.StatusForbidden)
		return
	}
	if strings.HasPrefix(who.Name, pushPrefix) && !own {
		http.Error(w, "this token belongs to "+strings.TrimPrefix(who.Name, pushPrefix), http.StatusForbidden)
		return
	}
	verdict, ok := map[string]headstart.Verdict{
		"": headstart.OK, "ok": headstart.OK, "warn": headstart.Warn, "down": headstart.Down,
	}[r.URL.Query().Get("status")]
	if !ok {
		http.Error(w, "status is none of ok, warn and down", http.StatusBadRequest)
		return
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostPushed))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		http.Error(w, "the body is larger than 64 KiB; send a line", http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return
	}
	last := pushed{At: time.Now().UTC(), Verdict: verdict, Text: strings.TrimSpace(blackbox.OneLine(string(text)))}
	if err := f.pushes.keep(p.Name, last); err != nil {
		f.logger.Error("push not stored; the sender was told to send it again", "probe", p.Name, "err", err)
		w.Header().Set("Retry-After", "5")
		http.Error(w, "not stored; send it again", http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ok\n")
}

func (f *Fleet) pushProbe(name string) *Probe {
	for i := range f.options.Config.Probes {
		if p := &f.options.Config.Probes[i]; p.Kind == "push" && p.Name == name {
			return p
		}
	}
	return nil
}

// find judges the last push of s: what the job said, until the next is overdue.
// Right after a start that is not held against it: it may have tried while nobody
// listened.
func (b *pushbook) find(s *spec, now time.Time) finding {
	last, ok := b.last(s.name)
	if !ok {
		return finding{verdict: headstart.Unknown, reason: "no push yet; the job calls POST " + s.target}
	}
	age, every := max(now.Sub(last.At), 0), s.expected
	values := []headstart.Measurement{{Name: "age", Value: age.Round(time.Second).Seconds(), Unit: "s"}}
	if age > every+s.timeout {
		if now.Sub(b.opened) < s.timeout {
			return finding{verdict: headstart.Unknown, values: values, reason: fmt.Sprintf("no push for %s, but nobody listened until %s ago", roughly(age), roughly(now.Sub(b.opened)))}
		}
		return finding{verdict: headstart.Down, values: values, reason: fmt.Sprintf("no push for %s; expected every %s", roughly(age), roughly(every))}
	}
	f := finding{verdict: last.Verdict, reason: last.Text, values: values}
	if f.reason == "" {
		f.reason = map[headstart.Verdict]string{headstart.OK: "the job ran", headstart.Warn: "the job warns", headstart.Down: "the job failed"}[f.verdict]
	}
	return f
}

// roughly says a duration as people do: 26 h, 3 min, 40 s.
func roughly(d time.Duration) string {
	switch {
	case d >= 72*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}

package alerts

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/prometheus/common/model"

	"headstart"
)

// arrival is a checked alert on its way into the log.
type arrival struct {
	promised time.Time // of a resolve: until when its origin had promised life, if the log does not hold it
	posted
	source      string
	origin      string
	watchdog    bool
	startGiven  bool
	firing      bool
	fingerprint uint64
	canonical   []byte // its labels; see canonical
	content     uint64 // hash of everything but labels that makes it news
}

// arrive completes and checks one posted alert. Its canonical labels lie in
// arena, one piece of memory for a whole request.
func arrive(p posted, from, origin string, rules *rules, arena *[]byte, now time.Time) (arrival, error) {
	a := arrival{posted: p, source: from, origin: origin}
	a.startGiven = a.complete(now)
	if err := a.check(); err != nil {
		return arrival{}, err
	}
	a.dropLabels(rules.drop)
	if len(a.labels) == 0 {
		return arrival{}, errors.New("at least one label pair required beside those of alerts.drop_labels")
	}
	a.watchdog = matchAny(rules.watchdog, a.value)
	a.firing = a.endsAt.Truncate(time.Millisecond).After(now.Truncate(time.Millisecond)) // as the log's clock will see it
	start := len(*arena)
	*arena = appendCanonical(*arena, a.labels)
	a.canonical = (*arena)[start:]
	a.fingerprint = fnv1a(a.canonical)
	a.content = a.hash()
	return a, nil
}

// name is the fingerprint as people see it, equal to Alertmanager's.
func (a *arrival) name() string { return model.Fingerprint(a.fingerprint).String() }

// hash covers what, besides labels and origin, makes a delivery news. An end in
// the future is none: that only says that the alert is alive.
func (a *arrival) hash() uint64 {
	var start, end int64
	if a.startGiven {
		start = a.startsAt.UnixMilli()
	}
	if !a.firing {
		end = a.endsAt.UnixMilli()
	}
	d := xxhash.New()
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], uint64(start))
	binary.LittleEndian.PutUint64(b[8:], uint64(end))
	_, _ = d.Write(b[:])
	for _, l := range a.annotations {
		_, _ = d.WriteString(l.name)
		_, _ = d.WriteString("\xff")
		_, _ = d.WriteString(l.value)
		_, _ = d.WriteString("\xff")
	}
	return d.Sum64()
}

// speaker is whom a sign of life speaks for, as the engine has it (holder in correlate):
// one without an end comes from an Alertmanager, which counts as one source under its own
// name, whichever Prometheus it is of.
func (a *arrival) speaker() string {
	if a.endsAt.IsZero() {
		return a.source
	}
	return a.origin
}

// alert returns a as the log holds it.
func (a *arrival) alert() *headstart.Alert {
	return &headstart.Alert{
		Source: a.source, Labels: toMap(a.labels), Annotations: toMap(a.annotations),
		StartsAt: a.startsAt, EndsAt: a.endsAt, GeneratorURL: a.generator,
	}
}

func toMap(ps []pair) map[string]string {
	if len(ps) == 0 {
		return nil
	}
	m := make(map[string]string, len(ps))
	for _, l := range ps {
		m[l.name] = l.value
	}
	return m
}

// canonical writes sorted pairs so that equal sets, and no others, are equal
// strings: the separator occurs in no UTF-8 text. It is also what the
// fingerprint is computed over.
func canonical(ps []pair) string {
	return string(appendCanonical(nil, ps))
}

func appendCanonical(b []byte, ps []pair) []byte {
	for _, l := range ps {
		b = append(append(b, l.name...), model.SeparatorByte)
		b = append(append(b, l.value...), model.SeparatorByte)
	}
	return b
}

// fnv1a is the hash Prometheus and Alertmanager fingerprint label sets with. It
// is written out because model.LabelSet needs a map for each alert.
func fnv1a(s []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range s {
		h ^= uint64(c)
		h *= 1099511628211
	}
	return h
}

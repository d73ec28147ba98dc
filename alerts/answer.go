package alerts

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// writeJSON answers v; strings become bare JSON strings, as Alertmanager's
// handlers answer errors.
func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("alerts: encode answer: " + err.Error()) // only types of ours
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // the client is gone: nothing is lost
}

// answer answers a list, compressed if it is long and the client takes that: a hundred
// thousand alerts are 60 MB.
func answer(w http.ResponseWriter, r *http.Request, v any) {
	w.Header().Add("Vary", "Accept-Encoding")
	b, err := json.Marshal(v)
	if err != nil {
		panic("alerts: encode answer: " + err.Error()) // only types of ours
	}
	b = append(b, '\n')
	w.Header().Set("Content-Type", "application/json")
	if len(b) < worthPacking || !takesGzip(r) {
		_, _ = w.Write(b)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // a level there is
	_, _ = z.Write(b)
	_ = z.Close() // the client is gone: nothing is lost
}

// worthPacking is from how many bytes on an answer is compressed: less fits one packet.
const worthPacking = 1400

// takesGzip reads Accept-Encoding (RFC 9110, section 12.5.3): gzip is named, and not
// refused by a weight of zero.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return strings.TrimSpace(weight) == "" || err == nil && q > 0
	}
	return false
}

// cutShort is err in the word of clients that know Alertmanager's decoder, for a body that
// ends too early.
func cutShort(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && strings.HasPrefix(syntax.Error(), "unexpected end") {
		return io.ErrUnexpectedEOF
	}
	return err
}

func writeSchemaError(w http.ResponseWriter, e *schemaError) { writeJSON(w, e.status(), e) }

// unknown answers what no route of the API matches.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	allowed := map[string]string{
		"/api/v2/alerts": "GET,POST", "/api/v2/silences": "GET,POST", "/api/v2/alerts/groups": "GET", "/api/v2/status": "GET", "/api/v2/receivers": "GET",
	}[r.URL.Path]
	if strings.HasPrefix(r.URL.Path, "/api/v2/silence/") {
		allowed = "DELETE,GET"
	}
	if allowed == "" {
		writeSchemaError(w, &schemaError{404, "path " + r.URL.Path + " was not found"})
		return
	}
	w.Header().Set("Allow", allowed)
	writeSchemaError(w, &schemaError{405, "method " + r.Method + " is not allowed, but [" + allowed + "] are"})
}

// gone answers the four paths of Alertmanager's first API (ruling 50).
func (a *API) gone(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusGone, map[string]string{
		"status": "deprecated",
		"error":  "The Alertmanager v1 API was deprecated in version 0.16.0 and is removed as of version 0.27.0 - please use the equivalent route in the v2 API",
	})
}

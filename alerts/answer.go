package alerts

import (
	"encoding/json"
	"net/http"
	"strings"
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

func writeSchemaError(w http.ResponseWriter, e *schemaError) { writeJSON(w, e.status(), e) }

// unknown answers what no route of the API matches.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	allowed := map[string]string{
		"/api/v2/alerts": "GET,POST", "/api/v2/silences": "GET,POST", "/api/v2/status": "GET", "/api/v2/receivers": "GET",
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
		"error":  "version 1 of the Alertmanager API is gone; use /api/v2",
	})
}

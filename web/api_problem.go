package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"headstart"
)

// problem is an error of /api/v1 (RFC 9457).
type problem struct {
	Type   string       `json:"type"`
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail"`
	Errors []fieldError `json:"errors,omitempty"`
}

// fieldError is one mistake in a body: where, as a JSON pointer, and what.
type fieldError struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

func writeProblem(w http.ResponseWriter, status int, detail string, fields ...fieldError) {
	w.Header().Set("Cache-Control", "no-store")
	writeAs(w, "application/problem+json", status, problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Errors: fields,
	})
}

func writeJSON(w http.ResponseWriter, status int, v any) { writeAs(w, "application/json", status, v) }

func writeAs(w http.ResponseWriter, kind string, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "the answer cannot be written as JSON", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n'))
}

// failed answers when the store did not take what was asked: nothing was done,
// and asking again is right.
func (a *API) failed(w http.ResponseWriter, err error) {
	a.logger.Warn("write not accepted", "err", err)
	detail := "the log did not accept it; nothing was done, try again"
	if errors.Is(err, headstart.ErrFull) {
		detail = "the store has no room; nothing was done, try again when there is"
	}
	w.Header().Set("Retry-After", "5")
	writeProblem(w, http.StatusServiceUnavailable, detail)
}

package tickets

import (
	"io"
	"net/http"

	"headstart"
)

// hintHook answers a hook of a ticket system: read these tickets now. It says
// nothing of its own; what it names is asked for at the system. 202 means no more
// than that: the next walk finds what a lost hook spoke of.
func (in *Inbox) hintHook(w http.ResponseWriter, r *http.Request, s *source, known bool) {
	body, ok := in.body(w, r, s)
	if !ok {
		return
	}
	ids, err := s.system.Hint(r.Header, body, in.now(), known)
	if err != nil {
		in.metrics.refused.WithLabelValues(s.Name).Inc()
		in.logger.Warn("ticket hook refused", "source", s.Name, "err", err)
		refuse(w, http.StatusUnauthorized, err.Error())
		return
	}
	for _, id := range ids {
		select {
		case s.poller.hints <- id:
		default: // the next walk finds it
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, "{}\n") // some senders take an answer without a body for a failure
}

// hookRoutes are open, since the hook proves itself by its signature or secret.
func (in *Inbox) hookRoutes() []headstart.Route {
	var routes []headstart.Route
	for _, s := range in.order {
		if s.system == nil || s.HookSecretFile == "" {
			continue
		}
		routes = append(routes, headstart.Route{
			Pattern: "POST " + hooksPath + s.Name, Scope: headstart.ScopeOpen, MaxBody: maxHint,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { in.hintHook(w, r, s, false) }),
		})
	}
	return routes
}

// maxHint bounds the body of a hook of a ticket system, in bytes.
const maxHint = 256 << 10

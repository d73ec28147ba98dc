package subscriptions

import (
	"encoding/json"
	"net/http"

	"headstart"
)

// Counts is how many subscriptions each page has: all anybody learns of them.
type Counts struct {
	Pages []PageCount `json:"pages"`
}

// PageCount is one page's.
type PageCount struct {
	Page        string `json:"page"` // its id; empty: the page at /s/
	Subscribers int    `json:"subscribers"`
}

// CountsPattern is the route that answers with Counts.
const CountsPattern = "GET /api/v1/subscribers"

// Routes returns the line of the route table that counts. Without a register there is
// nobody to count.
func (r *Register) Routes() []headstart.Route {
	return []headstart.Route{{Pattern: CountsPattern, Scope: headstart.ScopeRead, Handler: http.HandlerFunc(r.serveCounts), Everywhere: true}}
}

func (r *Register) serveCounts(w http.ResponseWriter, req *http.Request) {
	out := Counts{Pages: []PageCount{}}
	if r != nil {
		counts, err := r.Count(req.Context())
		if err != nil {
			r.trouble(req.Context(), "subscribers not counted", err)
			http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
			return
		}
		for _, p := range r.o.Pages {
			out.Pages = append(out.Pages, PageCount{p.ID, counts[p.ID]})
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out) // the caller left
}

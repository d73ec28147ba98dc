package door

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"headstart"
)

var knownScopes = []headstart.Scope{
	headstart.ScopeOpen, headstart.ScopeRead, headstart.ScopeWrite, headstart.ScopeIngest,
	headstart.ScopeProbe, headstart.ScopeAdmin, headstart.ScopePage,
}

var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// mount builds both listeners' tables (ruling 39).
func (d *Door) mount(routes []headstart.Route) error {
	desk, public := http.NewServeMux(), http.NewServeMux()
	d.table = slices.Clone(routes)
	var errs []error
	page := false
	for _, rt := range routes {
		if err := checkRoute(rt); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, handle(desk, rt.Pattern, d.behind(rt, false)))
		if rt.Public {
			errs = append(errs, handle(public, rt.Pattern, d.behind(rt, true)))
			page = page || strings.HasPrefix(rt.Pattern, "GET /s/")
		}
	}
	if page {
		// A reader who types the host alone means the page. Without an error: a
		// page of the table's own at / wins.
		_ = handle(public, "GET /{$}", http.RedirectHandler("/s/", http.StatusFound))
	}
	d.desk, d.public = d.entrance(desk, false), d.entrance(public, true)
	return errors.Join(errs...)
}

// Routes returns the lines of the table that answers, the door's own among them.
func (d *Door) Routes() []headstart.Route { return slices.Clone(d.table) }

func checkRoute(rt headstart.Route) error {
	method, path, _ := strings.Cut(rt.Pattern, " ")
	switch {
	case !slices.Contains(methods, method) || !strings.HasPrefix(path, "/"):
		return fmt.Errorf("route %q: write method and path, such as %q", rt.Pattern, "GET /path")
	case !slices.Contains(knownScopes, rt.Scope):
		return fmt.Errorf("route %q has scope %q; every route names one of %v", rt.Pattern, rt.Scope, knownScopes)
	case rt.Handler == nil:
		return fmt.Errorf("route %q has no handler", rt.Pattern)
	case rt.MaxBody < 0:
		return fmt.Errorf("route %q has a negative MaxBody; leave it zero for 1 MiB", rt.Pattern)
	case rt.Public && rt.Scope != headstart.ScopeOpen && rt.Scope != headstart.ScopePage:
		return fmt.Errorf("route %q is public with scope %q; the public listener knows nobody, use open or page", rt.Pattern, rt.Scope)
	}
	return nil
}

// handle mounts one pattern. ServeMux panics on a pattern that is malformed or
// stands twice; here that is a mistake of the table, to be told with the rest.
func handle(mux *http.ServeMux, pattern string, h http.Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("route %q: %v", pattern, p)
		}
	}()
	mux.Handle(pattern, h)
	return nil
}

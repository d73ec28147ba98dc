package web

import (
	"embed"
	"net/http"
)

//go:embed static
var staticFiles embed.FS

// serveStatic answers for the files that the desk's pages load.
func (s *Site) serveStatic(w http.ResponseWriter, r *http.Request) {
	s.static.Serve(w, r, r.PathValue("name"))
}

package web

import (
	"context"
	"net/http"
	"time"

	"headstart"
)

// proposedAliases reads them, for at most half a second: nobody waits for the board
// because of them.
func (s *Site) proposedAliases(ctx context.Context) []headstart.AliasProposal {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	return s.o.Aliases(ctx)
}

// serveRejectAlias takes down that a word is no alias, and goes back to the board.
func (s *Site) serveRejectAlias(w http.ResponseWriter, r *http.Request) {
	s.do(w, r, "/", headstart.Command{Do: "reject-alias", Ref: r.PathValue("id")})
}

package systems

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const glpiAPI = "/apirest.php/"

// errSession is a session that GLPI does not know any more. Nothing was done.
var errSession = fmt.Errorf("%w: the session ended", ErrAuth)

// errPastEnd is a range that begins behind the last row.
var errPastEnd = fmt.Errorf("%w: behind the last row", ErrRefused)

// judgeGLPI reads the word of an error, ["ERROR_…","in the user's language"]: GLPI
// answers 400 to much that other systems have a status for.
func judgeGLPI(status int, body []byte) error {
	var said []any
	if status < 400 || status > 403 || json.Unmarshal(body, &said) != nil || len(said) == 0 {
		return nil
	}
	switch code, _ := said[0].(string); code {
	case "ERROR_SESSION_TOKEN_INVALID", "ERROR_SESSION_TOKEN_MISSING":
		return errSession
	case "ERROR_APP_TOKEN_PARAMETERS_MISSING", "ERROR_WRONG_APP_TOKEN_PARAMETER":
		return fmt.Errorf("%w: the App-Token; is app_token_file that of the API client?", ErrAuth)
	case "ERROR_NOT_ALLOWED_IP":
		return fmt.Errorf("%w: no API client of GLPI allows this machine's address", ErrAuth)
	case "ERROR_GLPI_LOGIN", "ERROR_GLPI_LOGIN_USER_TOKEN", "ERROR_LOGIN_PARAMETERS_MISSING", "ERROR_LOGIN_WITH_CREDENTIALS_DISABLED":
		return ErrAuth
	case "ERROR_RIGHT_MISSING":
		return ErrForbidden
	case "ERROR_ITEM_NOT_FOUND":
		return ErrNotFound
	case "ERROR_RANGE_EXCEED_TOTAL":
		return errPastEnd
	}
	return nil
}

// do makes a call within a session, once more if the session ended meanwhile.
func (g *glpi) do(ctx context.Context, k call) (*answer, error) {
	for again := false; ; again = true {
		token, err := g.begin(ctx)
		if err != nil {
			return nil, err
		}
		k.header = g.headers(map[string]string{"Session-Token": token})
		a, err := g.client.do(ctx, k)
		if !errors.Is(err, errSession) || again {
			return a, err
		}
		g.forget(token)
	}
}

// headers are those of every call. GLPI asks for the content type of calls without
// a body too.
func (g *glpi) headers(more map[string]string) map[string]string {
	more["Content-Type"] = "application/json"
	if g.app != "" {
		more["App-Token"] = g.app
	}
	return more
}

// begin returns the token of the session, after opening one if there is none.
func (g *glpi) begin(ctx context.Context) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.session != "" {
		return g.session, nil
	}
	a, err := g.client.do(ctx, call{method: http.MethodGet, path: glpiAPI + "initSession", header: g.headers(map[string]string{"Authorization": "user_token " + g.secret})})
	if err != nil {
		return "", err
	}
	var in struct {
		Token string `json:"session_token"`
	}
	if err := a.into(&in); err != nil {
		return "", err
	}
	if in.Token == "" {
		return "", fmt.Errorf("%w: no session_token", ErrMalformed)
	}
	g.session, g.learned, g.named = in.Token, map[string]glpiColumns{}, nil
	return g.session, nil
}

func (g *glpi) forget(token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.session == token {
		g.session = ""
	}
}

// end closes the session, so that a short visit leaves none behind.
func (g *glpi) end(ctx context.Context) {
	g.mu.Lock()
	token := g.session
	g.session = ""
	g.mu.Unlock()
	if token != "" {
		_, _ = g.client.do(ctx, call{method: http.MethodGet, path: glpiAPI + "killSession", header: g.headers(map[string]string{"Session-Token": token})}) // else it ends by itself
	}
}

func (g *glpi) get(ctx context.Context, path string, q url.Values) (*answer, error) {
	return g.do(ctx, call{method: http.MethodGet, path: glpiAPI + path, query: q})
}

// item reads one item whole. It may be of the bin.
func (g *glpi) item(ctx context.Context, kind, id string) (map[string]any, error) {
	a, err := g.get(ctx, kind+"/"+id, url.Values{"get_hateoas": {"false"}})
	if err != nil {
		return nil, err
	}
	var in map[string]any
	err = numbersKept(a.body, &in)
	return in, err
}

// Bounds of a list of parts of a ticket.
const (
	glpiParts = 100
	mostParts = 20 * glpiParts
)

// items lists what stands at path, up to mostParts.
func (g *glpi) items(ctx context.Context, path string, q url.Values) ([]map[string]any, error) {
	var all []map[string]any
	for first := 0; first < mostParts; first += glpiParts {
		page := url.Values{"range": {strconv.Itoa(first) + "-" + strconv.Itoa(first+glpiParts-1)}, "get_hateoas": {"false"}}
		maps.Copy(page, q)
		a, err := g.get(ctx, path, page)
		if errors.Is(err, errPastEnd) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		rows, err := glpiItems(a.body)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if a.status != http.StatusPartialContent || len(rows) == 0 {
			return all, nil
		}
	}
	return all, nil
}

func glpiItems(body []byte) ([]map[string]any, error) {
	var rows []map[string]any
	err := numbersKept(body, &rows)
	return rows, err
}

// entities are the ids of those our user may see, by their whole names.
func (g *glpi) entities(ctx context.Context) (map[string]string, error) {
	if _, err := g.begin(ctx); err != nil {
		return nil, err
	}
	g.mu.Lock()
	known := g.named
	g.mu.Unlock()
	if known != nil {
		return known, nil
	}
	a, err := g.get(ctx, "getMyEntities", url.Values{"is_recursive": {"1"}})
	if err != nil {
		return nil, err
	}
	var in struct {
		Entities []struct {
			ID   ident  `json:"id"`
			Name string `json:"name"`
		} `json:"myentities"`
	}
	if err := a.into(&in); err != nil {
		return nil, err
	}
	ids := map[string]string{}
	for _, e := range in.Entities {
		ids[glpiWord(e.Name)] = string(e.ID)
	}
	g.mu.Lock()
	g.named = ids
	g.mu.Unlock()
	return ids, nil
}

// glpiWord is a name as people see it. Up to version 10 GLPI stores what has a
// meaning in HTML escaped, and writes an empty choice as a hard space.
func glpiWord(s string) string {
	return word(strings.ReplaceAll(html.UnescapeString(s), "\u00a0", " "))
}

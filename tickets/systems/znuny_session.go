package systems

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// znunyRoutes are the paths of the operations in our web service.
var znunyRoutes = map[string]string{
	"SessionCreate": "/SessionCreate", "TicketSearch": "/TicketSearch", "TicketGet": "/TicketGet",
	"TicketHistoryGet": "/TicketHistoryGet", "TicketUpdate": "/TicketUpdate", "TicketCreate": "/TicketCreate",
}

// do calls an operation within a session, once more if the session ended meanwhile.
func (z *znuny) do(ctx context.Context, operation string, in map[string]any) (*answer, error) {
	for again := false; ; again = true {
		session, err := z.begin(ctx)
		if err != nil {
			return nil, err
		}
		in["SessionID"] = session
		a, err := z.call(ctx, operation, in)
		if !errors.Is(err, errSession) || again {
			return a, err
		}
		z.mu.Lock()
		if z.session == session {
			z.session = ""
		}
		z.mu.Unlock()
	}
}

func (z *znuny) begin(ctx context.Context) (string, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.session != "" {
		return z.session, nil
	}
	a, err := z.call(ctx, "SessionCreate", map[string]any{"UserLogin": z.Username, "Password": z.password})
	if errors.Is(err, errSession) {
		err = ErrAuth // it was no session that was refused
	}
	if err != nil {
		return "", err
	}
	var in struct {
		ID string `json:"SessionID"`
	}
	if err := a.into(&in); err != nil {
		return "", err
	}
	if in.ID == "" {
		return "", fmt.Errorf("%w: no SessionID", ErrMalformed)
	}
	z.session = in.ID
	return in.ID, nil
}

func (z *znuny) call(ctx context.Context, operation string, in map[string]any) (*answer, error) {
	a, err := z.client.send(ctx, http.MethodPost, znunyRoutes[operation], in, nil)
	if err != nil {
		return nil, err
	}
	if err := judgeZnuny(a.body); err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	return a, nil
}

// judgeService tells apart what has status 500: a fault within Znuny, which is JSON,
// an operation that is not in the web service, which is a sentence, and a service
// that is not there, of which nothing is said.
func judgeService(status int, body []byte) error {
	switch {
	case status != http.StatusInternalServerError:
		return nil
	case bytes.Contains(body, []byte(`"faultcode"`)):
		return errors.New("answered 500, a fault; see Znuny's communication log")
	case bytes.Contains(body, []byte("determine Operation")):
		return fmt.Errorf("%w: an operation is missing; import docs/tickets/znuny-webservice.yml anew", ErrMalformed)
	}
	return errors.New("answered 500; is docs/tickets/znuny-webservice.yml imported, and does url end with its name?")
}

// znunyCode is what an error is called: the operation and a word.
var znunyCode = regexp.MustCompile(`^[A-Za-z]{1,40}\.([A-Za-z]{1,40})$`)

// judgeZnuny finds the error in an answer, which has status 200. Whether a ticket is
// gone or out of sight Znuny does not say. The message is left where it is: it may
// name what was asked for.
func judgeZnuny(body []byte) error {
	var in struct {
		Error *struct {
			Code string `json:"ErrorCode"`
		} `json:"Error"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return fmt.Errorf("%w: %s", ErrMalformed, unquoted(err))
	}
	if in.Error == nil {
		return nil
	}
	m := znunyCode.FindStringSubmatch(in.Error.Code)
	if m == nil {
		return fmt.Errorf("%w: an error without a code", ErrRefused)
	}
	switch {
	case m[1] == "AuthFail":
		return errSession
	case m[1] == "AccessDenied" && strings.HasSuffix(m[0], "Get.AccessDenied"), m[1] == "NotValidTicketID", m[1] == "NotTicketData":
		return fmt.Errorf("%w, or none that our user may read", ErrNotFound)
	case m[1] == "AccessDenied":
		return ErrForbidden
	case m[1] == "InvalidConfiguration":
		return fmt.Errorf("%w: import docs/tickets/znuny-webservice.yml anew", ErrMalformed)
	}
	return fmt.Errorf("%w: %s", ErrRefused, m[0])
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"headstart"
	"headstart/configs"
	"headstart/web"
)

// askService has a running service make the checks. It reports false where there is
// none to ask: none was named and none runs here, or we may not ask it.
func (p *program) askService(ctx context.Context, cfg *configs.Config, q *checkQuestion, progress func(done, total int)) ([]headstart.CheckResult, bool, error) {
	if q.here {
		return nil, false, nil
	}
	named := q.service.url != ""
	c, err := q.service.client(cfg)
	if err != nil {
		return nil, false, err
	}
	if !named && !c.lives(ctx) {
		return nil, false, nil
	}
	results, err := c.runChecks(ctx, web.CheckFilter{Name: q.names, Only: q.only, For: q.forWhom, Trend: q.verbose}, progress)
	var no *refused
	switch {
	case err == nil:
		return results, true, nil
	case !named && errors.As(err, &no) && no.status != http.StatusUnprocessableEntity:
		// Another program, or a service that does not know us: its opinion is not needed.
		fmt.Fprintf(p.stderr, "the service at %s was not asked, so this process probes: %v\n", c.base, firstLine(err))
		return nil, false, nil
	}
	return nil, false, err
}

// lives reports whether a service answers, and soon.
func (c *client) lives(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := c.get(ctx, "/-/healthy")
	return err == nil
}

// runChecks asks the service to check now, and is told how far it is.
func (c *client) runChecks(ctx context.Context, f web.CheckFilter, progress func(done, total int)) ([]headstart.CheckResult, error) {
	body, err := json.Marshal(map[string]any{"name": orEmpty(f.Name), "only": f.Only, "for": f.For, "trend": f.Trend})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/api/v1/checks/run", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/x-ndjson, application/problem+json;q=0.9")
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	patient := *c.http
	patient.Timeout = 0 // as long as the slowest probe; ctx ends it
	resp, err := patient.Do(req)
	if err != nil {
		return nil, &unreachable{err}
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		if err != nil {
			return nil, fmt.Errorf("read the answer: %w", err)
		}
		return nil, c.refusal(resp.StatusCode, answer)
	}
	return readProgress(io.LimitReader(resp.Body, maxAnswer), progress)
}

// readProgress reads lines of how far it is, and what came of it from the last one.
func readProgress(r io.Reader, progress func(done, total int)) ([]headstart.CheckResult, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxAnswer)
	for lines.Scan() {
		var line struct {
			Done, Total int
			Checks      []headstart.CheckResult
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("the service does not answer as headstart does: %w", err)
		}
		if line.Checks != nil {
			return line.Checks, nil
		}
		progress(line.Done, line.Total)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return nil, errors.New("the service ended before the checks were done; ask again")
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// firstLine is what went wrong without the advice that follows.
func firstLine(err error) string {
	line, _, _ := bytes.Cut([]byte(err.Error()), []byte("\n"))
	return string(line)
}

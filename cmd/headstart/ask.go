package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/lang"
)

// How commands ask a running service, and print what it answers.

// act posts a command and says which incident it was about.
func (p *program) act(cmd *cobra.Command, flags *clientFlags, path string, c headstart.Command) error {
	cl, err := p.client(cmd, flags)
	if err != nil {
		return err
	}
	if f := cmd.Flags().Lookup(flagAt); f != nil && f.Changed {
		if c.At, err = readTime("--"+flagAt, f.Value.String(), time.Now().In(cl.zone)); err != nil {
			return err
		}
	}
	body, err := keysOf(c)
	if err != nil {
		return err
	}
	answer, err := cl.post(cmd.Context(), path, body)
	if err != nil {
		return err
	}
	var done struct {
		ID       string `json:"id"`       // of the incident
		Incident string `json:"incident"` // of an outcome
		Command  string `json:"command"`
		Do       string `json:"do"`
	}
	if json.Unmarshal(answer, &done) == nil {
		id := cmp.Or(done.Incident, done.ID)
		if id == "" && slices.Contains([]string{"handover", "todo", "notice"}, done.Do) {
			id = done.Command // a note is known by the command that wrote it
		}
		if id == "" {
			return nil
		}
		_, err = fmt.Fprintln(p.stdout, id)
	}
	return err
}

// keysOf is the body of a command: the service fills in who and what by itself.
func keysOf(c headstart.Command) (map[string]json.RawMessage, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(b, &keys); err != nil {
		return nil, err
	}
	delete(keys, "by")
	delete(keys, "do")
	return keys, nil
}

func (p *program) client(cmd *cobra.Command, flags *clientFlags) (*client, error) {
	cfg, err := p.config(cmd)
	if err != nil {
		return nil, err
	}
	c, err := flags.client(cfg)
	if err != nil {
		return nil, err
	}
	c.lang = cfg.Language
	if c.zone, err = time.LoadLocation(cfg.Timezone); err != nil {
		return nil, err
	}
	return c, nil
}

// show reads path from the running service and prints the answer: with --output
// json as it came, with text as tell has it.
func (p *program) show(cmd *cobra.Command, flags *clientFlags, output, path string, tell func(*client, []byte) error) error {
	if err := textOrJSON(output); err != nil {
		return err
	}
	cl, err := p.client(cmd, flags)
	if err != nil {
		return err
	}
	answer, err := cl.get(cmd.Context(), path)
	switch {
	case err != nil:
		return err
	case output == "json":
		return p.raw(answer)
	default:
		return tell(cl, answer)
	}
}

// shows makes cmd one that shows what the service answers at path: see show.
func (p *program) shows(cmd *cobra.Command, flags *clientFlags, path func(args []string) string, tell func(*client, []byte) error) *cobra.Command {
	var output string
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return p.show(cmd, flags, output, path(args), tell) }
	cmd.Flags().StringVar(&output, "output", "text", "text or json")
	return cmd
}

// always is a path that no argument changes.
func always(path string) func([]string) string { return func([]string) string { return path } }

// named is base, then what the first argument names, then rest.
func named(base, rest string) func([]string) string {
	return func(args []string) string { return base + "/" + url.PathEscape(args[0]) + rest }
}

// told reads an answer into a T and prints it in the words that text has for it.
func told[T any](p *program, text func(*T, *lang.Words) string) func(*client, []byte) error {
	return func(cl *client, answer []byte) error {
		var found T
		if err := json.Unmarshal(answer, &found); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		_, err := fmt.Fprint(p.stdout, text(&found, lang.New(cl.lang, cl.zone)))
		return err
	}
}

// toldNow is told with words that say how long ago something was.
func toldNow[T any](p *program, text func(*T, *lang.Words, time.Time) string) func(*client, []byte) error {
	return told(p, func(found *T, say *lang.Words) string { return text(found, say, time.Now()) })
}

func textOrJSON(output string) error {
	if output != "text" && output != "json" {
		return fmt.Errorf("--output is %q; write text or json", output)
	}
	return nil
}

// raw prints an answer as it came.
func (p *program) raw(answer []byte) error {
	_, err := fmt.Fprintln(p.stdout, strings.TrimRight(string(answer), "\n"))
	return err
}

// query is path with those values that are not empty.
func query(path string, values map[string]string) string {
	q := url.Values{}
	for key, value := range values {
		if value != "" {
			q.Set(key, value)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

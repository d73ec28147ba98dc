package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/knownerrors"
	"headstart/report/column"
)

// Known errors as files, CSV or Markdown by the name of the file.

// knownFormat is the format that a file or a flag names.
func knownFormat(file, named string) (string, error) {
	if named == "" {
		named = strings.TrimPrefix(strings.ToLower(filepath.Ext(file)), ".")
	}
	switch named {
	case "csv":
		return "csv", nil
	case "md", "markdown":
		return "md", nil
	case "":
		return "", errors.New("the format is not known; write --format csv or --format md")
	}
	return "", fmt.Errorf("format %q; write csv or md, by the name of the file or with --format", named)
}

func (p *program) knownExportCommand(flags *clientFlags) *cobra.Command {
	var format, state string
	cmd := &cobra.Command{
		Use:   "export [FILE]",
		Short: "write known errors to a file, CSV or Markdown, or to standard output",
		Long: `Writes what your account may read. A cell that a spreadsheet would take for a formula has an apostrophe
before it. What is written can be changed and read again with import. An existing file is not overwritten.`,
		Example: "  headstart known-errors export bekend.csv\n  headstart known-errors export --format md --state all",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := strings.Join(args, "")
			kind, err := knownFormat(file, format)
			if err != nil {
				return err
			}
			cl, err := p.client(cmd, flags)
			if err != nil {
				return err
			}
			all, err := cl.knownErrors(cmd.Context(), map[string]string{"state": state})
			if err != nil {
				return err
			}
			var entries []knownerrors.Entry
			for i := range all {
				entries = append(entries, knownerrors.Of(&all[i].KnownRecord))
			}
			var b bytes.Buffer
			if kind == "csv" {
				err = knownerrors.EncodeCSV(&b, entries)
			} else {
				err = knownerrors.EncodeMarkdown(&b, entries)
			}
			if err != nil {
				return err
			}
			return p.writeNew(file, b.Bytes())
		},
	}
	cmd.Flags().StringVar(&format, "format", "", "csv or md (default: by the name of the file)")
	cmd.Flags().StringVar(&state, "state", "", "due, retired or all (default: in use)")
	return cmd
}

// writeNew writes a file that is not there yet; without a name it prints.
func (p *program) writeNew(file string, data []byte) error {
	if file == "" {
		_, err := p.stdout.Write(data)
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // it may hold what is confidential
	if err != nil {
		return fmt.Errorf("write %s: %w; name a file that is not there yet", file, err)
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func (p *program) knownImportCommand(flags *clientFlags) *cobra.Command {
	var format string
	var apply bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "say what a file, CSV or Markdown, would change; with --apply, change it",
		Long: `Reads known errors and says what they would change: what is new, which keys of what is there, what goes
out of use. Nothing is changed without --apply. A column or a line that the file does not have changes
nothing; an empty one takes out what is there. What is wrong is named by its line and left out. What
stands in the catalog is changed in its file. The same file read twice makes nothing twice.
Exit code 1 if anything was left out.`,
		Example: "  headstart known-errors import bekend.csv\n  headstart known-errors import bekend.csv --apply",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			entries, wrong, err := readKnown(args[0], format)
			if err != nil {
				return err
			}
			cl, err := p.client(cmd, flags)
			if err != nil {
				return err
			}
			have, err := cl.knownErrors(cmd.Context(), map[string]string{"state": "all"})
			if err != nil {
				return err
			}
			records := make([]headstart.KnownRecord, len(have))
			for i := range have {
				records[i] = have[i].KnownRecord
			}
			return p.takeOver(cmd.Context(), cl, knownerrors.Compare(records, entries), wrong, apply)
		},
	}
	cmd.Flags().StringVar(&format, "format", "", "csv or md (default: by the name of the file)")
	cmd.Flags().BoolVar(&apply, "apply", false, "change what the file says")
	return cmd
}

// mostKnownFile bounds a file that is read; the decoder has the last word.
const mostKnownFile = 17 << 20

func readKnown(file, format string) ([]knownerrors.Entry, []knownerrors.Mistake, error) {
	kind, err := knownFormat(file, format)
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, mostKnownFile))
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", file, err)
	}
	decode := knownerrors.DecodeCSV
	if kind == "md" {
		decode = knownerrors.DecodeMarkdown
	}
	entries, wrong := decode(data)
	return entries, wrong, nil
}

// takeOver tells each change, carries it out if it is to be, and sums up.
func (p *program) takeOver(ctx context.Context, cl *client, changes []knownerrors.Change, wrong []knownerrors.Mistake, apply bool) error {
	out := &column.Lines{Width: width, Cut: "…"}
	counts, left := map[string]int{}, len(wrong)
	for _, m := range wrong {
		out.Wrap("", "  ", m.Error())
	}
	for i := range changes {
		c := &changes[i]
		for _, do := range c.Do {
			counts[do]++
		}
		line := changeLine(c, cl.lang)
		err := p.takeOne(ctx, cl, c, apply)
		if err != nil {
			line += ": " + err.Error()
		}
		if err != nil || c.Why != "" {
			left++
		}
		if !slices.Contains(c.Do, knownerrors.Same) {
			out.Wrap("", "  ", line)
		}
	}
	out.Wrap("", "  ", sumsOf(counts, left))
	if !apply {
		out.Wrap("", "  ", "nothing was changed; --apply changes it")
	}
	if _, err := fmt.Fprint(p.stdout, out); err != nil {
		return err
	}
	if left > 0 {
		return &exit{1, fmt.Sprintf("%d left out; see above", left)}
	}
	return nil
}

// sumsOf says how often what was done, and how much was left out.
func sumsOf(counts map[string]int, left int) string {
	var sums []string
	for _, do := range []string{knownerrors.Make, knownerrors.Edit, knownerrors.Retire, knownerrors.Restore, knownerrors.Same, knownerrors.Refused} {
		if counts[do] > 0 {
			sums = append(sums, fmt.Sprintf("%d %s", counts[do], do))
		}
	}
	return strings.Join(append(sums, fmt.Sprintf("%d left out", left)), ", ")
}

// changeLine says what one entry would do.
func changeLine(c *knownerrors.Change, language string) string {
	line := fmt.Sprintf("line %d: %s %s", c.Line, strings.Join(c.Do, ", "), strings.TrimSpace(c.ID+" "+c.Name(language)))
	switch {
	case c.Why != "":
		line += ": " + c.Why
	case len(c.Keys) > 0:
		line += " (" + strings.Join(c.Keys, ", ") + ")"
	}
	return line
}

// takeOne carries out one change.
func (p *program) takeOne(ctx context.Context, cl *client, c *knownerrors.Change, apply bool) error {
	for _, do := range c.Do {
		path, body := "/api/v1/known-errors", any(c.Body)
		switch do {
		case knownerrors.Make:
		case knownerrors.Edit:
			path += "/" + url.PathEscape(c.ID) + "/edit"
		case knownerrors.Retire, knownerrors.Restore:
			path += "/" + url.PathEscape(c.ID) + "/retire"
			body = map[string]any{"value": do == knownerrors.Retire}
		default:
			continue
		}
		if !apply {
			continue
		}
		if _, err := cl.post(ctx, path, body); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"headstart/probes/discover"
)

func (p *program) importKuma() *cobra.Command {
	var w importing
	cmd := &cobra.Command{
		Use:   "uptime-kuma FILE",
		Short: "monitors, groups and tags of an Uptime Kuma, from its backup",
		Long: `Reads the JSON that Uptime Kuma 1 writes at Settings, Backup, Export. Monitors become probes, the
hosts they ask devices, groups services of these. At the end stands what became of every monitor,
group, notification and proxy, and why. Passwords, tokens, headers and bodies are not written:
the files they belong in are named.`,
		Example: "  headstart import uptime-kuma Uptime_Kuma_Backup.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.importOthers(cmd, &w, files, (*discover.Import).Kuma)
		},
	}
	w.flags(cmd)
	return cmd
}

// importing are the flags of importers that account for all they read.
type importing struct {
	proposing
	lang    string // nl or en; empty: the configuration's
	secrets string // folder
}

func (w *importing) flags(cmd *cobra.Command) {
	w.proposing.flags(cmd)
	cmd.Flags().StringVar(&w.lang, "lang", "", "nl or en: the report at the end (default: the configuration's)")
	cmd.Flags().StringVar(&w.secrets, "secrets", "/etc/headstart/secrets", "`folder` that files of secrets are named in; nothing is written there")
}

// importOthers reads the configuration of another program and proposes it. The report
// of what became of each thing is printed last, and written beside the files.
func (p *program) importOthers(cmd *cobra.Command, w *importing, files []string, read func(in *discover.Import, name string, data []byte) ([]discover.Mistake, error)) error {
	in := discover.NewImport(w.secrets)
	var wrong []discover.Mistake
	for _, file := range files {
		data, err := bounded(file)
		if err != nil {
			return &exit{1, fmt.Sprintf("%v; correct the name", err)}
		}
		before := in.Account.Things()
		more, err := read(in, filepath.Base(file), data)
		if err != nil {
			return err
		}
		wrong = append(wrong, more...)
		w.about = append(w.about, fmt.Sprintf("Read from %s: %d entries.", filepath.Base(file), in.Account.Things()-before))
	}
	return p.proposeImport(cmd, w, in, wrong)
}

// proposeImport proposes what was read, and says what became of it.
func (p *program) proposeImport(cmd *cobra.Command, w *importing, in *discover.Import, wrong []discover.Mistake) error {
	cfg, err := p.config(cmd)
	if err != nil {
		return err
	}
	say, err := w.words(cfg.Language)
	if err != nil {
		return err
	}
	w.also = *in
	w.files = []discover.File{{Name: reportFile, Data: []byte(accountText(&in.Account, say, 0))}}
	err = p.propose(cfg, &w.proposing, in.Records, wrong)
	fmt.Fprint(p.stdout, "\n"+accountText(&in.Account, say, 3))
	if left := in.Account.Count(discover.Left); err == nil && left > 0 {
		return &exit{1, fmt.Sprintf("what is named above (%d) was not taken over, everything else was", left)}
	}
	return err
}

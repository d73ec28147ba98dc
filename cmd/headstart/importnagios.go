package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"headstart/probes/discover"
	"headstart/probes/discover/nagioscfg"
)

func (p *program) importNagios() *cobra.Command {
	var w importing
	cmd := &cobra.Command{
		Use:   "nagios FILE|FOLDER…",
		Short: "hosts, services and groups of a Nagios or Icinga 1, from its object files",
		Long: `Reads object files of Nagios Core and Icinga 1: files, folders of *.cfg, or nagios.cfg with the
cfg_file and cfg_dir it names. Templates, groups and exclusions are worked out. Hosts become devices
that hang on their parents; services become probes by the plugin their command runs. At the end
stands what became of every object, and why. resource.cfg is never opened; passwords and
communities are not written: the files they belong in are named.`,
		Example: "  headstart import nagios /etc/nagios4/nagios.cfg\n  headstart import nagios objects/ conf.d/",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			files, err := nagioscfg.Collect(paths)
			if err != nil {
				return &exit{1, err.Error()}
			}
			in := discover.NewImport(w.secrets)
			wrong := in.Nagios(nagioscfg.Read(files))
			w.about = []string{fmt.Sprintf("Read from %d files of Nagios: %d objects.", len(files.Sources), in.Account.Things())}
			return p.proposeImport(cmd, &w, in, wrong)
		},
	}
	w.flags(cmd)
	return cmd
}

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"headstart/configs"
)

func (p *program) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "config",
		Short:   "check and show the configuration",
		Example: "  headstart config check",
	}
	cmd.AddCommand(p.configCheck(), p.configShow(), p.configTestMapping())
	return cmd
}

func (p *program) configCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "name every mistake of the configuration and the catalog",
		Long: `Reads the configuration, the catalog and every file they name, and prints each
mistake as FILE:LINE: message; remedy. Exit code 0 if there is none, 2 otherwise. Of
receivers, route and inhibit_rules it says what holds as in Alertmanager and what
incidents do instead.`,
		Example: "  headstart config check\n  headstart --config /etc/headstart/headstart.yml config check\n  headstart config check --alertmanager.config /etc/alertmanager/alertmanager.yml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.config(cmd)
			if err != nil {
				return err
			}
			if err := tellRouting(p.stdout, cfg); err != nil {
				return err
			}
			name := cfg.File
			if name == "" {
				name = "no headstart.yml found; the defaults"
			}
			c := cfg.Catalog
			fmt.Fprintf(p.stdout, "%s: fine (locations %d, services %d, devices %d)\n", name, len(c.Locations), len(c.Services), len(c.Devices))
			return nil
		},
	}
	alertmanagerFlags(cmd)
	return cmd
}

func (p *program) configShow() *cobra.Command {
	var example bool
	cmd := &cobra.Command{
		Use:     "show",
		Short:   "print the configuration in force, defaults included, secrets left out",
		Example: "  headstart config show\n  headstart config show --example > headstart.yml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if example {
				_, err := fmt.Fprint(p.stdout, configs.Example)
				return err
			}
			cfg, err := p.config(cmd)
			if err != nil {
				return err
			}
			text, err := cfg.Show()
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(p.stdout, text)
			return err
		},
	}
	cmd.Flags().BoolVar(&example, "example", false, "print the documented example instead")
	return cmd
}

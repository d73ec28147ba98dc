package main

import (
	"github.com/spf13/cobra"

	"headstart/probes/discover"
)

func (p *program) importZabbix() *cobra.Command {
	var w importing
	cmd := &cobra.Command{
		Use:   "zabbix FILE…",
		Short: "hosts of a Zabbix, from its export or a list in CSV",
		Long: `Reads what Zabbix exports at Data collection, Hosts, in YAML, JSON or XML, or a CSV list with
columns such as host, name, ip, dns, groups, status. Hosts become devices with the probe of their
kind; items, triggers and templates stay in Zabbix. At the end stands what became of each host, and
why. Macros are not read: they hold communities and passwords.`,
		Example: "  headstart import zabbix zabbix_export_hosts.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.importOthers(cmd, &w, files, (*discover.Import).Zabbix)
		},
	}
	w.flags(cmd)
	return cmd
}

func (p *program) importLibreNMS() *cobra.Command {
	var w importing
	cmd := &cobra.Command{
		Use:   "librenms FILE…",
		Short: "devices of a LibreNMS, from a list in CSV",
		Long: `Reads a CSV list of devices with the columns of LibreNMS: hostname, sysName, ip, display, hardware,
os, type, location, serial, disabled. Devices get the probe of their kind; what LibreNMS measures
stays there. At the end stands what became of each device and column, and why.`,
		Example: "  headstart import librenms devices.csv",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.importOthers(cmd, &w, files, (*discover.Import).LibreNMS)
		},
	}
	w.flags(cmd)
	return cmd
}

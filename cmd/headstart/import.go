package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"headstart/probes/discover"
)

// importCommand reads what others know of the network. It writes proposals, never
// what is live (ruling 44).
func (p *program) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "propose a catalog and probes from lists of others, for review",
		Long: `Reads devices from a list and writes what the catalog does not have yet to a folder for
review: catalog.yml and headstart.yml, which can be checked and run as they stand. Nothing live
is changed. Rows that cannot be read are named by their line and left out; the others are kept.
Reading the same list again finds nothing new. Exit code 1 if anything was left out. Only
telephone is another matter: counts of calls, which go to the running service.`,
		Example: "  headstart import csv printers.csv\n  headstart --config discovered/headstart.yml config check",
	}
	cmd.AddCommand(p.importCSV(), p.importFileSD(), p.importPrometheus(), p.importNetBox(), p.importKuma(), p.importNagios(), p.importGatus(), p.importZabbix(), p.importLibreNMS(), p.importTelephone())
	return cmd
}

// imported is what a reader of one file returns.
type imported struct {
	records  []discover.Record
	networks []discover.Network
	wrong    []discover.Mistake
}

func (p *program) importCSV() *cobra.Command {
	var w proposing
	var kind string
	cmd := &cobra.Command{
		Use:   "csv FILE…",
		Short: "lists from a spreadsheet, with headers in Dutch or English",
		Long: `Reads CSV as spreadsheet programs write it: commas, semicolons or tabs; UTF-8, UTF-16 or
Windows-1252. The first line with known headers names the columns: id, name, address, host, kind,
site, building, location, floor, room, maker, model, serial, services, depends_on, aliases,
people, expires, note, or their Dutch words (naam, ip-adres, hostnaam, soort, vestiging, gebouw,
locatie, verdieping, kamer, merk, serienummer, …).`,
		Example: "  headstart import csv printers.csv\n  headstart import csv --kind printer --out nieuw lijst.csv",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.importFiles(cmd, &w, files, func(name string, data []byte) (in imported, err error) {
				in.records, in.wrong, err = discover.FromTable(name, data, kind)
				return in, err
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&kind, "kind", "", "`kind` of the devices where no column says it (default: guessed from the file's name)")
	return cmd
}

func (p *program) importFileSD() *cobra.Command {
	var w proposing
	cmd := &cobra.Command{
		Use:   "file_sd FILE…",
		Short: "files of targets, as Prometheus reads them",
		Long: `Reads the files of Prometheus' file-based service discovery, JSON or YAML. Labels asset, name,
nodename, kind or role, location or building, site, floor, room and service say what they say; a
target that is a URL is probed as that, another by a ping. One host with several targets is one device.`,
		Example: "  headstart import file_sd /etc/prometheus/targets/*.json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.importFiles(cmd, &w, files, func(name string, data []byte) (in imported, err error) {
				in.records, in.wrong, err = discover.FromFileSD(name, data)
				return in, err
			})
		},
	}
	w.flags(cmd)
	return cmd
}

func (p *program) importNetBox() *cobra.Command {
	var w proposing
	cmd := &cobra.Command{
		Use:   "netbox FILE…",
		Short: "devices, virtual machines, sites and prefixes of a NetBox, as JSON",
		Long: `Reads what NetBox's API answers at dcim/devices/, virtualization/virtual-machines/, dcim/sites/ and
ipam/prefixes/, each with ?limit=0, or an object with several of these lists. A prefix with a site
says where the addresses in it are. Devices that are planned or in stock are shown, not proposed.`,
		Example: "  headstart import netbox devices.json prefixes.json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.importFiles(cmd, &w, files, func(name string, data []byte) (in imported, err error) {
				in.records, in.networks, in.wrong, err = discover.FromNetBox(name, data)
				return in, err
			})
		},
	}
	w.flags(cmd)
	return cmd
}

// importFiles reads files and proposes what is new in them. The mistakes of one do
// not keep the others from being read.
func (p *program) importFiles(cmd *cobra.Command, w *proposing, files []string, read func(name string, data []byte) (imported, error)) error {
	cfg, err := p.config(cmd)
	if err != nil {
		return err
	}
	var all imported
	for _, file := range files {
		data, err := bounded(file)
		if err != nil {
			return &exit{1, fmt.Sprintf("%v; correct the name", err)}
		}
		name := filepath.Base(file)
		more, err := read(name, data)
		if err != nil {
			return err
		}
		all.records, all.wrong, w.sites = append(all.records, more.records...), append(all.wrong, more.wrong...), append(w.sites, more.networks...)
		w.about = append(w.about, fmt.Sprintf("Read from %s: %d entries.", name, len(more.records)))
	}
	return p.propose(cfg, w, all.records, all.wrong)
}

// mostImport bytes of a file are read; each reader has a limit of its own below it.
const mostImport = 64 << 20

func bounded(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, mostImport+1))
	if err == nil && len(data) > mostImport {
		err = fmt.Errorf("%s is larger than %d MiB", file, mostImport>>20)
	}
	return data, err
}

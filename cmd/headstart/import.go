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
Reading the same list again finds nothing new. Exit code 1 if anything was left out.`,
		Example: "  headstart import csv printers.csv\n  headstart --config discovered/headstart.yml config check",
	}
	cmd.AddCommand(p.importCSV())
	return cmd
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
			return p.importFiles(cmd, &w, files, func(name string, data []byte) ([]discover.Record, []discover.Mistake, error) {
				return discover.FromTable(name, data, kind)
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&kind, "kind", "", "`kind` of the devices where no column says it (default: guessed from the file's name)")
	return cmd
}

// importFiles reads files and proposes what is new in them. The mistakes of one do
// not keep the others from being read.
func (p *program) importFiles(cmd *cobra.Command, w *proposing, files []string, read func(name string, data []byte) ([]discover.Record, []discover.Mistake, error)) error {
	cfg, err := p.config(cmd)
	if err != nil {
		return err
	}
	var records []discover.Record
	var wrong []discover.Mistake
	for _, file := range files {
		data, err := bounded(file)
		if err != nil {
			return &exit{1, fmt.Sprintf("%v; correct the name", err)}
		}
		name := filepath.Base(file)
		more, mistakes, err := read(name, data)
		if err != nil {
			return err
		}
		records, wrong = append(records, more...), append(wrong, mistakes...)
		w.about = append(w.about, fmt.Sprintf("Read from %s: %d devices.", name, len(more)))
	}
	return p.propose(cfg, w, records, wrong)
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

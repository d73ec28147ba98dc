package main

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"headstart"
	"headstart/configs"
	"headstart/probes/discover"
)

// proposing is what discover and import share: where what they find goes, and what
// is known already.
type proposing struct {
	out       string
	dryRun    bool
	locations []string // NETWORK=LOCATION

	about []string           // of the run, for the head of the files
	sites []discover.Network // of the source
	also  discover.Import    // its modules, checks and links; of some sources
	files []discover.File    // to be written beside the two
	asked func(netip.Addr) bool
}

func (w *proposing) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.out, "out", "discovered", "`folder` to write catalog.yml and headstart.yml for review into")
	cmd.Flags().BoolVar(&w.dryRun, "dry-run", false, "say what would be done, and do nothing")
	cmd.Flags().StringArrayVar(&w.locations, "location", nil, "`NETWORK=LOCATION`: where the devices of a network are (may be repeated)")
}

// networks reads --location.
func (w *proposing) networks() ([]discover.Network, error) {
	var list []discover.Network
	var errs []error
	for _, text := range w.locations {
		network, place, ok := strings.Cut(text, "=")
		prefix, err := netip.ParsePrefix(strings.TrimSpace(network))
		if !ok || err != nil || strings.TrimSpace(place) == "" {
			errs = append(errs, &exit{2, fmt.Sprintf("--location is %q; write NETWORK=LOCATION, such as 10.1.0.0/16=noord", text)})
			continue
		}
		list = append(list, discover.Network{Prefix: prefix.Masked(), Place: strings.TrimSpace(place), By: "--location"})
	}
	return list, errors.Join(errs...)
}

// propose compares records with the configuration in use, writes what is new, and
// says so. wrong are the mistakes of the source.
func (p *program) propose(cfg *configs.Config, w *proposing, records []discover.Record, wrong []discover.Mistake) error {
	networks, err := w.networks()
	if err != nil {
		return err
	}
	proposal := discover.Propose(records, discover.Options{
		Catalog: cfg.Catalog, Networks: append(networks, w.sites...), Asked: w.asked,
		Modules: w.also.Modules, Checks: w.also.Checks, Links: w.also.Links,
		Probed: func(c *headstart.Catalog) (map[string][]string, []string) {
			var names []string
			for _, q := range cfg.Probes.Probes {
				names = append(names, q.Name)
			}
			return cfg.Probes.Kinds(c), names
		},
	})
	wrong = append(wrong, proposal.Mistakes...)
	for _, m := range wrong {
		fmt.Fprintln(p.stderr, m)
	}
	p.summary(proposal)
	if !w.dryRun {
		if err := w.write(cfg, proposal); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "written for review: %s, %s\n", filepath.Join(w.out, "catalog.yml"), filepath.Join(w.out, "headstart.yml"))
		fmt.Fprintf(p.stdout, "next: headstart --config %s config check, then the same with check\n", filepath.Join(w.out, "headstart.yml"))
	}
	if len(wrong) > 0 {
		return &exit{1, fmt.Sprintf("what is named above (%d) was not taken over, everything else was", len(wrong))}
	}
	return nil
}

// summary prints what was found in a few lines.
func (p *program) summary(found *discover.Proposal) {
	kinds := map[string]int{}
	for _, d := range found.Devices {
		kind := d.Kind
		if kind == "" {
			kind = "of no kind"
		}
		kinds[kind]++
	}
	var counts []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		counts = append(counts, fmt.Sprintf("%s %d", kind, kinds[kind]))
	}
	line := fmt.Sprintf("new: devices %d", len(found.Devices))
	if len(counts) > 0 {
		line += " (" + strings.Join(counts, ", ") + ")"
	}
	fmt.Fprintf(p.stdout, "%s, locations %d, services %d, probes %d\n", line, len(found.Locations), len(found.Services), len(found.Probes))
	fmt.Fprintf(p.stdout, "in the catalog already: %d; seen and not proposed: %d\n", found.Known, len(found.Unsure))
	if len(found.Probed) > 0 {
		fmt.Fprintf(p.stdout, "probed already: %d\n", len(found.Probed))
	}
	for _, part := range []struct {
		title string
		lines []string
	}{{"changed", found.Changed}, {"gone", found.Vanished}} {
		if len(part.lines) > 0 {
			fmt.Fprintf(p.stdout, "%s:\n  %s\n", part.title, strings.Join(part.lines, "\n  "))
		}
	}
}

// apart reports that the files in use are not those to be written.
func (w *proposing) apart(cfg *configs.Config) error {
	folder, err := filepath.Abs(w.out)
	if err != nil {
		return err
	}
	for _, live := range append([]string{cfg.File}, cfg.CatalogFiles...) {
		full, err := filepath.Abs(live)
		if err != nil {
			return err
		}
		if live != "" && filepath.Dir(full) == folder {
			return &exit{1, fmt.Sprintf("%s is in use, and --out is its folder; name another folder with --out", live)}
		}
	}
	return nil
}

// write writes the two files, never over those in use.
func (w *proposing) write(cfg *configs.Config, found *discover.Proposal) error {
	if err := w.apart(cfg); err != nil {
		return err
	}
	folder, err := filepath.Abs(w.out)
	if err != nil {
		return err
	}
	var catalogs []string
	for _, file := range cfg.CatalogFiles {
		if _, err := os.Stat(file); err == nil { // without a configuration, catalog.yml may be absent
			catalogs = append(catalogs, relative(folder, file))
		}
	}
	catalog, err := found.Catalog(w.head("Proposed additions to the catalog.", "Take over what is right: list this file under catalog in headstart.yml, or copy from it."))
	if err != nil {
		return err
	}
	settings, err := found.Settings(
		w.head("A configuration to try what was found with, and proposed probes.", "Take over what is right: copy entries of probes to yours. Nothing here is live."),
		append(catalogs, "catalog.yml"))
	if err != nil {
		return err
	}
	files := append([]discover.File{{Name: "catalog.yml", Data: catalog}, {Name: "headstart.yml", Data: settings}}, w.files...)
	modules, err := found.ModuleFile(w.head("Modules that proposed probes ask by, in the format of blackbox_exporter.", "Take over what is right: copy them to the file that blackbox names."))
	if err != nil {
		return err
	}
	if modules != nil {
		files = append(files, discover.File{Name: discover.ModulesFile, Data: modules})
	}
	return discover.Write(w.out, files)
}

// relative is file as seen from folder, so that both can be moved together.
func relative(folder, file string) string {
	full, err := filepath.Abs(file)
	if err != nil {
		return file
	}
	if short, err := filepath.Rel(folder, full); err == nil {
		return short
	}
	return full
}

func (w *proposing) head(what, next string) []string {
	return append(append([]string{what}, w.about...), next)
}

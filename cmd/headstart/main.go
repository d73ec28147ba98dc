// Command headstart turns what monitoring sees and what users report into
// incidents, and tells people before they call.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	_ "time/tzdata" // containers without zone files know Amsterdam too (ruling 46)

	"github.com/spf13/cobra"

	"headstart/configs"
)

func main() {
	os.Exit(execute(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// execute is main without the process: tests call it with their own context,
// arguments and output. It returns the exit code of CONTRACT section 1.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	p := &program{stdout: stdout, stderr: stderr, in: os.Stdin}
	return p.execute(ctx, args)
}

func (p *program) execute(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if text := err.Error(); text != "" {
		for line := range strings.Lines(text) {
			fmt.Fprintln(p.stderr, "headstart: "+strings.TrimRight(line, "\n"))
		}
	}
	return codeOf(err)
}

// program is what all commands share.
type program struct {
	stdout, stderr io.Writer
	in             io.Reader

	configFile string // --config
	logFormat  string // --log.format
	logLevel   string // --log.level
}

// root is the whole command line. A further command is one more line here.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "headstart",
		Short:         "one message per outage, before people call",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&p.configFile, "config", "", "configuration `file` (default headstart.yml here or in /etc/headstart)")
	flags.StringVar(&p.logFormat, "log.format", "text", "text or json")
	flags.StringVar(&p.logLevel, "log.level", "", "debug, info, warn or error (default info for serve, else warn)")
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(
		p.serveCommand(),
		p.demoCommand(), p.initCommand(),
		p.checkCommand(),
		p.morningCommand(),
		p.figuresCommand(),
		p.replayCommand(),
		p.explainCommand(),
		p.whatIfCommand(),
		p.incidentsCommand(), p.deskCommand(),
		p.announcementsCommand(),
		p.maintenanceCommand(),
		p.knownErrorsCommand(),
		p.configCommand(),
		p.doctorCommand(),
		p.channelsCommand(),
		p.publishCommand(),
		p.discoverCommand(),
		p.importCommand(),
		p.storeCommand(),
		p.readyCommand(),
		p.pingCommand(),
		p.completionCommand(), p.manualCommand(),
		p.versionCommand(),
	)
	helpful(root)
	return root
}

// helpful makes every command say where its usage stands when it is called
// wrongly, and a group of commands refuse a word it does not know: cobra prints
// the help for that and calls it a success.
func helpful(cmd *cobra.Command) {
	see := func(cmd *cobra.Command, err error) error {
		code := 1
		if path := cmd.CommandPath(); path == "headstart check" || path == "headstart morning" {
			code = 3 // 1 would say that something needs attention
		}
		return &exit{code, fmt.Sprintf("%v; see %s --help", err, cmd.CommandPath())}
	}
	cmd.SetFlagErrorFunc(see)
	if args := cmd.Args; args != nil {
		cmd.Args = func(cmd *cobra.Command, words []string) error {
			if err := args(cmd, words); err != nil {
				return see(cmd, err)
			}
			return nil
		}
	}
	if !cmd.Runnable() {
		cmd.RunE = func(cmd *cobra.Command, words []string) error {
			if len(words) > 0 {
				return see(cmd, fmt.Errorf("unknown command %q for %q", words[0], cmd.CommandPath()))
			}
			return cmd.Help()
		}
	}
	for _, sub := range cmd.Commands() {
		helpful(sub)
	}
}

// exit is an error with an exit code of its own. An empty text prints nothing:
// what there was to say has been said.
type exit struct {
	code int
	text string
}

func (e *exit) Error() string { return e.text }

func codeOf(err error) int {
	var e *exit
	var ms configs.Mistakes
	switch {
	case errors.As(err, &e):
		return e.code
	case errors.As(err, &ms):
		return 2
	default:
		return 1
	}
}

// config loads the configuration and prints what an operator should know.
func (p *program) config(cmd *cobra.Command) (*configs.Config, error) {
	cfg, err := configs.Load(configs.Source{
		File: p.configFile, Folders: configs.Folders(), Flags: cmd.Flags(), Environ: os.Environ(),
	})
	if err != nil {
		return nil, err
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintln(p.stderr, "warning: "+w)
	}
	return cfg, nil
}

// logger writes to stderr as --log.format and --log.level say.
func (p *program) logger() (*slog.Logger, error) { return p.loggerAt("info") }

// quietLogger is for commands that answer on stdout and end.
func (p *program) quietLogger() (*slog.Logger, error) { return p.loggerAt("warn") }

func (p *program) loggerAt(name string) (*slog.Logger, error) {
	if p.logLevel != "" {
		name = p.logLevel
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(name)); err != nil {
		return nil, &exit{2, fmt.Sprintf("--log.level is %q; write debug, info, warn or error", name)}
	}
	options := &slog.HandlerOptions{Level: level}
	switch p.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(p.stderr, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(p.stderr, options)), nil
	default:
		return nil, &exit{2, fmt.Sprintf("--log.format is %q; write text or json", p.logFormat)}
	}
}

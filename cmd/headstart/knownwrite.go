package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"headstart/lang"
)

// knownMakeCommand makes a known error by hand, or of an incident.
func (p *program) knownMakeCommand(flags *clientFlags) *cobra.Command {
	var incident string
	cmd := &cobra.Command{
		Use:   "make [TITLE]",
		Short: "make a known error, by hand or of an incident",
		Example: `  headstart known-errors make "Papierstoring na onderhoud" --service print --symptom "papier kreukt" --fix "rol omdraaien"
  headstart known-errors make --incident HS-3 --review-by 2027-01-01`,
		Args: cobra.MaximumNArgs(1),
	}
	keys := knownFlags(cmd.Flags())
	cmd.Flags().StringVar(&incident, "incident", "", "id of the incident it is made of: what is left out is what that one says")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		body, err := keys.body(cmd.Flags())
		if err != nil {
			return err
		}
		if incident != "" {
			body["incident"] = incident
		}
		if len(args) == 1 {
			body["title"] = map[string]string{"nl": args[0]}
		}
		if len(body) == 0 {
			return errors.New("nothing is said; write a title, or name an --incident")
		}
		return p.giveKnown(cmd, flags, "/api/v1/known-errors", body)
	}
	return cmd
}

// knownEditCommand changes what its flags name and leaves the rest.
func (p *program) knownEditCommand(flags *clientFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "edit ID",
		Short: "change a known error of the desk; a flag left out changes nothing, an empty one takes out",
		Example: `  headstart known-errors edit KE-8 --fix "rol omdraaien en lade uitblazen"
  headstart known-errors edit KE-8 --supplier-case "" --title "nl:Papierstoring" --title "en:Paper jam"`,
		Args: cobra.ExactArgs(1),
	}
	keys := knownFlags(cmd.Flags())
	titles := cmd.Flags().StringArray("title", nil, "a `text`, or nl:TEXT and en:TEXT")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		body, err := keys.body(cmd.Flags())
		if err != nil {
			return err
		}
		if cmd.Flags().Changed("title") {
			if body["title"], err = byLanguage("title", *titles); err != nil {
				return err
			}
		}
		if len(body) == 0 {
			return errors.New("nothing is changed; name what is, such as --fix")
		}
		return p.giveKnown(cmd, flags, "/api/v1/known-errors/"+url.PathEscape(args[0])+"/edit", body)
	}
	return cmd
}

// knownRetireCommand takes a known error out of use, or back into it.
func (p *program) knownRetireCommand(flags *clientFlags) *cobra.Command {
	var why string
	var undo bool
	cmd := &cobra.Command{
		Use:     "retire ID",
		Short:   "take a known error of the desk out of use; --undo takes it back",
		Example: "  headstart known-errors retire KE-8 --why \"printers vervangen\"\n  headstart known-errors retire KE-8 --undo",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := map[string]any{"value": !undo}
			if why != "" {
				body["why"] = why
			}
			return p.giveKnown(cmd, flags, "/api/v1/known-errors/"+url.PathEscape(args[0])+"/retire", body)
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "the reason")
	cmd.Flags().BoolVar(&undo, "undo", false, "take it back into use")
	return cmd
}

// knownKeys are the flags that write keys of a known error. The service checks what they say.
type knownKeys struct {
	texts        map[string]*string
	lists        map[string]*[]string
	symptoms     *[]string
	workarounds  *[]string
	confidential *bool
}

func knownFlags(f *pflag.FlagSet) *knownKeys {
	k := &knownKeys{texts: map[string]*string{}, lists: map[string]*[]string{}}
	for _, one := range [][3]string{
		{"cause", "cause", "what it was"},
		{"fix", "fix", "what solves it"},
		{"prevention", "prevention", "what keeps it away"},
		{"kb", "kb", "`address` of the article"},
		{"supplier-case", "supplier_case", "number of the supplier's case"},
		{"problem", "problem", "number of the problem record"},
		{"review-by", "review_by", "`day` on which to look at it again, such as 2027-01-31"},
		{"article", "article", "the article, as Markdown"},
	} {
		k.texts[one[0]+" "+one[1]] = f.String(one[0], "", one[2])
	}
	for _, one := range [][3]string{
		{"service", "services", "ids of services, with commas"},
		{"asset", "assets", "ids of devices or services"},
		{"location", "locations", "ids of locations; none: everywhere"},
		{"check", "checks", "names of alerts or probes that see it"},
	} {
		k.lists[one[0]+" "+one[1]] = f.StringSlice(one[0], nil, one[2])
	}
	k.symptoms = f.StringArray("symptom", nil, "what people say of it, in few words: a `text`, or nl:TEXT and en:TEXT; once for each")
	k.workarounds = f.StringArray("workaround", nil, "what to do meanwhile: a `text`, or nl:TEXT and en:TEXT")
	k.confidential = f.Bool("confidential", false, "for approvers and admins alone")
	return k
}

// body is what the flags that were given say, by the keys of the API.
func (k *knownKeys) body(f *pflag.FlagSet) (map[string]any, error) {
	body := map[string]any{}
	for names, text := range k.texts {
		if flag, key, _ := strings.Cut(names, " "); f.Changed(flag) {
			body[key] = *text
		}
	}
	for names, list := range k.lists {
		if flag, key, _ := strings.Cut(names, " "); f.Changed(flag) {
			body[key] = append([]string{}, *list...)
		}
	}
	if f.Changed("symptom") {
		body["symptoms"] = allByLanguage(*k.symptoms)
	}
	if f.Changed("workaround") {
		words, err := byLanguage("workaround", *k.workarounds)
		if err != nil {
			return nil, err
		}
		body["workaround"] = words
	}
	if f.Changed("confidential") {
		body["confidential"] = *k.confidential
	}
	return body, nil
}

// allByLanguage are texts by the language that each says or is taken to be in.
func allByLanguage(texts []string) map[string][]string {
	out := map[string][]string{}
	for _, s := range texts {
		if language, text := saidIn(s); text != "" {
			out[language] = append(out[language], text)
		}
	}
	return out
}

// saidIn is a text that may say its language first; else it is Dutch, as in catalogs.
func saidIn(s string) (language, text string) {
	if l, rest, ok := strings.Cut(s, ":"); ok && (l == "nl" || l == "en") {
		return l, strings.TrimSpace(rest)
	}
	return "nl", strings.TrimSpace(s)
}

func byLanguage(flag string, given []string) (map[string]string, error) {
	out := map[string]string{}
	for _, s := range given {
		language, text := saidIn(s)
		if _, twice := out[language]; twice {
			return nil, fmt.Errorf("--%s is given twice in %s; write nl:TEXT and en:TEXT", flag, language)
		}
		if text != "" {
			out[language] = text
		}
	}
	return out, nil
}

// giveKnown posts, and tells the record as it is then.
func (p *program) giveKnown(cmd *cobra.Command, flags *clientFlags, path string, body map[string]any) error {
	cl, err := p.client(cmd, flags)
	if err != nil {
		return err
	}
	answer, err := cl.post(cmd.Context(), path, body)
	if err != nil {
		return err
	}
	var k knownAnswer
	if err := json.Unmarshal(answer, &k); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	_, err = fmt.Fprint(p.stdout, knownLines([]knownAnswer{k}, lang.New(cl.lang, cl.zone)))
	return err
}

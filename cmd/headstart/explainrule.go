package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"headstart"
)

// explainRuleCommand says what the number of a rule stands for. It needs no service.
func (p *program) explainRuleCommand(o *explainOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "rule NUMBER",
		Short: "what a rule decides, and all it can come to",
		Long: `Say what the rule with a number decides, with the words of everything it can come to, and
what would have made that otherwise. What stands in braces is filled in. docs/rules.md has all rules.`,
		Example: "  headstart explain rule T-07\n  headstart explain rule A-25 --lang en",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.validate(); err != nil {
				return err
			}
			lang := o.lang
			if lang == "" {
				cfg, err := p.config(cmd)
				if err != nil {
					return err
				}
				lang = cmp.Or(cfg.Language, "nl")
			}
			return p.explainRule(o, lang, strings.ToUpper(args[0]))
		},
	}
}

func (p *program) explainRule(o *explainOptions, lang, number string) error {
	rules := headstart.Rules(lang)
	n := slices.IndexFunc(rules, func(r headstart.Rule) bool { return r.Number == number })
	if n < 0 {
		var all []string
		for _, r := range rules {
			all = append(all, r.Number)
		}
		return fmt.Errorf("there is no rule %s; write one of %s", number, strings.Join(all, " "))
	}
	rule := rules[n]
	if o.output == "json" {
		return p.printJSON(rule)
	}
	words := map[bool][2]string{true: {"otherwise: ", "of why-not: "}, false: {"anders: ", "van why-not: "}}[lang == "en"]
	fmt.Fprintf(p.stdout, "%s  %s\n", rule.Number, rule.Decides)
	for _, outcome := range rule.Outcomes {
		of := ""
		if outcome.Apart {
			of = words[1]
		}
		fmt.Fprintf(p.stdout, "\n%s\n  %s%s\n", outcome.Outcome, of, outcome.Text)
		for _, why := range outcome.Why {
			fmt.Fprintf(p.stdout, "  %s%s\n", words[0], why)
		}
	}
	return nil
}

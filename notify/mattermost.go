package notify

import (
	"regexp"
	"strings"
	"time"

	"headstart"
)

// mattermostMost is how much text a post may have, in runes; mattermostGap keeps
// well below what a server takes as it is installed (docs.mattermost.com, rate
// limiting).
const (
	mattermostMost = 16_000
	mattermostGap  = 200 * time.Millisecond
)

// mattermostMessage is what an incoming webhook takes.
type mattermostMessage struct {
	Text string `json:"text"` // Markdown
}

// newMattermost posts to an incoming webhook of Mattermost.
func newMattermost(cfg ChannelConfig, o ChannelOptions) (Channel, error) {
	p, err := newPoster(cfg, o, mattermostGap)
	if err != nil {
		return nil, err
	}
	p.write = func(n *headstart.Notice) (any, error) {
		l := letterOf(n).within(mattermostMost, func(l letter) int { return len([]rune(mattermostText(l))) })
		return mattermostMessage{mattermostText(l)}, nil
	}
	p.present = func(r headstart.Report) any { return mattermostMessage{shorten(r.Markdown, mattermostMost)} }
	p.judge = func(reply []byte) error {
		if strings.TrimSpace(string(reply)) != "ok" {
			return permanentf("mattermost: did not answer ok; is url that of an incoming webhook?")
		}
		return nil
	}
	return p, nil
}

func mattermostText(l letter) string {
	var b strings.Builder
	for i, part := range l.Parts {
		if i > 0 {
			b.WriteString("\n---\n\n")
		}
		b.WriteString("#### " + unmarked(part.Text.Title) + "\n\n")
		for _, line := range part.Text.Lines {
			if line.Label != "" {
				b.WriteString("**" + unmarked(line.Label) + "**\n")
			}
			b.WriteString(unmarked(line.Text) + "\n\n")
		}
		if l.URL != "" {
			b.WriteString("[" + part.More + "](" + strings.NewReplacer("(", "%28", ")", "%29").Replace(l.URL) + ")\n")
		}
	}
	return b.String()
}

var (
	// marks are what Markdown reads anywhere, lineMarks what it reads at the
	// beginning of a line only.
	marks     = regexp.MustCompile("[\\\\`*_\\[\\]#~|>]")
	lineMarks = regexp.MustCompile(`(?m)^(\s*)([-+=]|[0-9]+\.\s)`)
)

// unmarked makes text of outside plain where Markdown is read: no link that says
// another address, no heading, no mention of people or channels (ruling 45).
func unmarked(s string) string {
	s = marks.ReplaceAllString(noMentions(s), `\$0`)
	return lineMarks.ReplaceAllStringFunc(s, func(m string) string {
		at := strings.IndexAny(m, "-+=.")
		return m[:at] + `\` + m[at:]
	})
}

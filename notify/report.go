package notify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"headstart"
)

// reporter is a channel that can bring the morning report to the desk, in the form it
// can show. It is not a message to users: nothing is edited and nothing follows.
type reporter interface {
	report(ctx context.Context, n *headstart.Notice, r headstart.Report) error
}

// ReportTypes are the types of channel that report.to may name.
var ReportTypes = []string{"email", "graph", "teams", "slack", "slack-webhook", "mattermost"}

// newReportPlace delivers reports through a channel, in a queue apart from its messages
// to users: a long mail to the desk holds up nobody.
func newReportPlace(c Channel, make func(context.Context, *headstart.Notice) (headstart.Report, error)) *place {
	limit := channelLimit
	if b, ok := c.(interface{ timeout() time.Duration }); ok {
		limit = b.timeout()
	}
	dog := newWatchdog("report/"+c.Name(), limit)
	return &place{name: c.Name(), send: func(ctx context.Context, n *headstart.Notice, _ Handle) (Handle, error) {
		to, can := c.(reporter)
		if !can || make == nil {
			return nil, permanentf("channel %s cannot carry the morning report; name one of type %s in report.to", c.Name(), strings.Join(ReportTypes, ", "))
		}
		return nil, dog.do(ctx, func(ctx context.Context) error {
			r, err := make(ctx, n)
			if err != nil {
				return err
			}
			return to.report(ctx, n, r)
		})
	}}
}

// report implements reporter: a mail of its own, the terminal's text beside the HTML. A
// repeat is the same mail to a server that looks at ids.
func (e *email) report(ctx context.Context, n *headstart.Notice, r headstart.Report) error {
	if e.cfg.Subscribers {
		return permanentf("channel %s mails subscribers of a status page; name one with to in report.to", e.cfg.Name)
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := m.From(e.cfg.From); err != nil {
		return &Permanent{err}
	}
	if err := m.To(e.cfg.To...); err != nil { // colleagues: they may see each other
		return &Permanent{err}
	}
	m.SetMessageIDWithValue(n.UID + "@" + e.host)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation replies
	m.SetGenHeader("List-Id", "<report."+e.host+">")   // RFC 2919: filters
	m.SetGenHeader("X-Auto-Response-Suppress", "All")  // Exchange
	m.SetGenHeader(ownMail, "report")
	m.SetDateWithValue(n.At)
	m.Subject(r.Subject)
	m.SetBodyString(mail.TypeTextPlain, r.Text)
	m.AddAlternativeString(mail.TypeTextHTML, r.HTML)
	ctx, cancel := context.WithTimeout(ctx, e.cfg.timeout())
	defer cancel()
	return e.hand(ctx, m)
}

// report implements reporter for an incoming webhook of Teams, Slack or Mattermost.
func (p *poster) report(ctx context.Context, _ *headstart.Notice, r headstart.Report) error {
	if p.present == nil {
		return errors.New("this channel cannot carry the morning report")
	}
	body, err := json.Marshal(p.present(r))
	if err != nil {
		return &Permanent{err}
	}
	reply, err := p.caller.call(ctx, http.MethodPost, p.url, jsonHeader(), body)
	if err == nil && p.judge != nil {
		err = p.judge(reply)
	}
	return err
}

// slackReport is a message of one text in Slack's own markup.
type slackReport struct {
	Channel string `json:"channel,omitempty"`
	Text    string `json:"text"`

	Metadata *slackMetadata `json:"metadata,omitempty"`
}

// slackMost is how much text a message may have; what is longer is cut by Slack in the
// middle of a word (docs.slack.dev, Truncating really long messages: 40,000).
const slackMost = 39_000

// slackMarkup turns our Markdown into Slack's: bold has one star, headings none, a link
// its address first. What was escaped in it stays text, and what Slack reads as a link
// or a mention is made plain (docs.slack.dev, Formatting message text: & < >).
func slackMarkup(markdown string) string {
	var out strings.Builder
	for line := range strings.Lines(shorten(markdown, slackMost)) {
		if heading := strings.TrimLeft(line, "#"); heading != line {
			line = "**" + strings.TrimSpace(heading) + "**\n"
		}
		for i := 0; i < len(line); i++ {
			switch link := ourLink.FindStringSubmatch(line[i:]); {
			case line[i] == '\\' && i+1 < len(line):
				i++
				out.WriteString(slackPlainText.Replace(line[i : i+1]))
			case link != nil:
				i += len(link[0]) - 1
				out.WriteString("<" + link[2] + "|" + slackPlainText.Replace(unescaped.Replace(link[1])) + ">")
			case strings.HasPrefix(line[i:], "**"):
				i++
				out.WriteByte('*')
			default:
				out.WriteString(slackPlainText.Replace(line[i : i+1]))
			}
		}
	}
	return out.String()
}

var (
	// ourLink is a link as the report writes it; people's brackets are escaped.
	ourLink        = regexp.MustCompile(`^\[((?:[^\[\]\\]|\\.)*)\]\((https?://[^\s()<>|]+)\)`)
	unescaped      = strings.NewReplacer(`\`, "")
	slackPlainText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// report implements reporter. An attempt whose answer was lost is looked for first.
func (s *slack) report(ctx context.Context, n *headstart.Notice, r headstart.Report) error {
	if n.Attempt > 0 {
		if _, found, err := s.find(ctx, n, ""); err != nil || found {
			return err
		}
	}
	body, err := json.Marshal(slackReport{
		Channel: s.channel, Text: slackMarkup(r.Markdown), Metadata: &slackMetadata{Type: slackEvent, Payload: slackPayload{Key: n.Key}},
	})
	if err != nil {
		return &Permanent{err}
	}
	reply, err := s.caller.call(ctx, http.MethodPost, s.base+"/chat.postMessage", s.header, body)
	if err == nil {
		_, err = readSlack("chat.postMessage", reply)
	}
	return err
}

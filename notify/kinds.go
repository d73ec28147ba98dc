package notify

import (
	"net"
	"net/mail"
	"reflect"
	"regexp"
	"strings"
)

// Types are the types of channel, in the order people meet them.
var Types = []string{"email", "slack", "slack-webhook", "teams", "ntfy", "webhook"}

// laterTypes are channel types of the contract that this version cannot send to.
var laterTypes = []string{"graph", "mattermost", "sms", "servicenow-outage"}

// kind is one type of channel: what it takes, what it can do and how it is made.
type kind struct {
	keys  []string // beside name, type, audiences and timeout
	caps  Caps
	check func(ChannelConfig, complain)
	build func(ChannelConfig, ChannelOptions) (Channel, error)
}

// complain adds a mistake, with its remedy, to those found in a channel.
type complain func(format string, args ...any)

// webKeys are of every type that speaks HTTP.
var webKeys = []string{"ca_file", "proxy_url", "no_proxy"}

func web(keys ...string) []string { return append(keys, webKeys...) }

// What the types can do with what they posted.
var (
	emailCaps   = Caps{Reply: true}
	webhookCaps = Caps{Update: true, Silent: true}
	slackCaps   = Caps{Update: true, Reply: true}
	ntfyCaps    = Caps{Update: true}
	postCaps    = Caps{} // nothing comes back that could find the message again
)

func kindOf(channelType string) (kind, bool) {
	switch channelType {
	case "email":
		return kind{[]string{"smarthost", "from", "to", "username", "password_file", "require_tls", "ca_file"}, emailCaps, ChannelConfig.checkEmail, newEmail}, true
	case "slack":
		return kind{web("url", "token_file", "channel"), slackCaps, ChannelConfig.checkSlack, newSlack}, true
	case "slack-webhook":
		return kind{web("url", "url_file"), postCaps, ChannelConfig.checkAddress, newSlackWebhook}, true
	case "teams":
		return kind{web("url", "url_file"), postCaps, ChannelConfig.checkTeams, newTeams}, true
	case "ntfy":
		return kind{web("url", "url_file", "token_file", "username", "password_file"), ntfyCaps, ChannelConfig.checkNtfy, newNtfy}, true
	case "webhook":
		return kind{web("url", "url_file", "secret_file"), webhookCaps, ChannelConfig.checkWebhook, newWebhook}, true
	}
	return kind{}, false
}

// given names the keys that are set and that not every type has.
func (c ChannelConfig) given() []string {
	var out []string
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		switch key {
		case "name", "type", "audiences", "timeout":
			continue
		}
		if !v.Field(i).IsZero() {
			out = append(out, key)
		}
	}
	return out
}

func (c ChannelConfig) checkEmail(bad complain) {
	if host, port, err := net.SplitHostPort(c.Smarthost); err != nil || host == "" || port == "" {
		bad("smarthost is %q; write host:port, such as mail.example.org:25", c.Smarthost)
	}
	c.checkMail(bad)
	if (c.Username == "") != (c.PasswordFile == "") {
		bad("username and password_file belong together; set both or neither")
	}
}

// checkMail looks at who a mail is from and for.
func (c ChannelConfig) checkMail(bad complain) {
	if _, err := mail.ParseAddress(c.From); err != nil {
		bad("from is %q; write one address, such as storing@example.org", c.From)
	}
	if len(c.To) == 0 {
		bad("to is empty; name the address of the list that reaches your users")
	}
	for _, to := range c.To {
		if _, err := mail.ParseAddress(to); err != nil {
			bad("%q in to is not an address; write one such as medewerkers@example.org", to)
		}
	}
}

// checkAddress looks at the address of what is posted to.
func (c ChannelConfig) checkAddress(bad complain) {
	if (c.URL == "") == (c.URLFile == "") {
		bad("set one of url and url_file")
	}
	c.checkWeb(bad)
}

// checkWeb looks at what every type has that speaks HTTP.
func (c ChannelConfig) checkWeb(bad complain) {
	if c.URL != "" {
		if err := checkURL(c.URL); err != nil {
			bad("url %s", err)
		}
	}
	if c.ProxyURL != "" {
		if err := checkURL(c.ProxyURL); err != nil {
			bad("proxy_url %s", err)
		}
	}
	if c.NoProxy != "" && c.ProxyURL == "" {
		bad("no_proxy says who is reached without a proxy, and there is none; set proxy_url or remove it")
	}
}

func (c ChannelConfig) checkWebhook(bad complain) {
	c.checkAddress(bad)
	if c.SecretFile == "" {
		bad("secret_file is missing; messages are signed, so name a file with at least 16 random bytes (ruling 45)")
	}
}

// slackChannel is the id of a conversation, which never changes; its name may.
var slackChannel = regexp.MustCompile(`^[CG][A-Z0-9]{6,20}$`)

func (c ChannelConfig) checkSlack(bad complain) {
	c.checkWeb(bad)
	if c.TokenFile == "" {
		bad("token_file is missing; name a file with the bot's token, which begins with xoxb-")
	}
	if !slackChannel.MatchString(c.Channel) {
		bad("channel is %q; write the id that Slack shows at the end of the channel's details, such as C0123456789", c.Channel)
	}
}

func (c ChannelConfig) checkTeams(bad complain) {
	c.checkAddress(bad)
	if strings.Contains(c.URL, ".webhook.office.com/") {
		bad("url is of an Office 365 connector, which Microsoft has ended; make a workflow \"Post to a channel when a webhook request is received\" and write its address")
	}
}

func (c ChannelConfig) checkNtfy(bad complain) {
	c.checkAddress(bad)
	if c.URL != "" {
		if _, _, err := ntfyTopic(c.URL); err != nil {
			bad("url %s", err)
		}
	}
	if (c.Username == "") != (c.PasswordFile == "") {
		bad("username and password_file belong together; set both or neither")
	}
	if c.TokenFile != "" && c.Username != "" {
		bad("token_file and username are both set; keep one")
	}
}

package notify

import (
	"maps"
	"net"
	"net/mail"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"headstart"
)

// Types are the types of channel, in the order people meet them.
var Types = []string{"email", "graph", "slack", "slack-webhook", "teams", "ntfy", "mattermost", "sms", "servicenow-outage", "webhook"}

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

func oauthKeys(keys ...string) []string {
	return append(keys, "tenant", "token_url", "client_id", "client_secret_file")
}

// What the types can do with what they posted.
var (
	emailCaps   = Caps{Reply: true}
	webhookCaps = Caps{Update: true, Silent: true}
	slackCaps   = Caps{Update: true, Reply: true}
	ntfyCaps    = Caps{Update: true}
	outageCaps  = Caps{Update: true, Silent: true}
	postCaps    = Caps{} // nothing comes back that could find the message again
)

func kindOf(channelType string) (kind, bool) {
	switch channelType {
	case "email":
		return kind{web(oauthKeys("smarthost", "from", "to", "subscribers", "username", "password_file", "require_tls", "scope")...), emailCaps, ChannelConfig.checkEmail, newEmail}, true
	case "graph":
		return kind{web(oauthKeys("url", "from", "to", "subscribers")...), emailCaps, ChannelConfig.checkGraph, newGraph}, true
	case "slack":
		return kind{web("url", "token_file", "channel"), slackCaps, ChannelConfig.checkSlack, newSlack}, true
	case "slack-webhook":
		return kind{web("url", "url_file"), postCaps, ChannelConfig.checkAddress, newSlackWebhook}, true
	case "teams":
		return kind{web("url", "url_file"), postCaps, ChannelConfig.checkTeams, newTeams}, true
	case "ntfy":
		return kind{web("url", "url_file", "token_file", "username", "password_file"), ntfyCaps, ChannelConfig.checkNtfy, newNtfy}, true
	case "mattermost":
		return kind{web("url", "url_file"), postCaps, ChannelConfig.checkAddress, newMattermost}, true
	case "sms":
		return kind{web("url", "url_file", "to", "method", "headers", "body", "secret_file"), postCaps, ChannelConfig.checkSMS, newSMS}, true
	case "servicenow-outage":
		return kind{web("url", "username", "password_file", "client_id", "client_secret_file", "items"), outageCaps, ChannelConfig.checkOutage, newOutage}, true
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
	if host, port, err := net.SplitHostPort(c.Smarthost); err != nil || host == "" || !headstart.ValidPort(port, 1) {
		bad("smarthost is %q; write host:port, such as mail.example.org:25", c.Smarthost)
	}
	c.checkMail(bad)
	if c.ClientID+c.ClientSecretFile+c.Tenant+c.TokenURL+c.Scope == "" {
		if (c.Username == "") != (c.PasswordFile == "") {
			bad("username and password_file belong together; set both or neither")
		}
		if c.ProxyURL+c.NoProxy != "" {
			bad("proxy_url and no_proxy are for fetching tokens, and a password needs none; remove them")
		}
		return
	}
	c.checkClient(bad)
	c.checkWeb(bad)
	if c.Username == "" || c.PasswordFile != "" {
		bad("client_id is set; name the mailbox in username and remove password_file")
	}
}

func (c ChannelConfig) checkGraph(bad complain) {
	c.checkWeb(bad)
	c.checkMail(bad)
	c.checkClient(bad)
	if len(c.To) > 1 {
		bad("to has %d addresses; make a distribution list and write its address, so that nobody sees the others", len(c.To))
	}
}

// checkClient looks at an OAuth client.
func (c ChannelConfig) checkClient(bad complain) {
	if c.ClientID == "" || c.ClientSecretFile == "" {
		bad("client_id and client_secret_file belong together; set both")
	}
	if (c.Tenant == "") == (c.TokenURL == "") {
		bad("set one of tenant, Microsoft's directory, and token_url")
	}
	if c.TokenURL != "" {
		if err := checkURL(c.TokenURL); err != nil {
			bad("token_url %s", err)
		}
	}
}

// scope is what the token of an SMTP client is for.
func (c ChannelConfig) scope() string {
	if c.Scope != "" {
		return c.Scope
	}
	return "https://outlook.office365.com/.default"
}

// mailbox is the bare address of what is written as "Name <address>".
func mailbox(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return "", err
	}
	return a.Address, nil
}

// checkMail looks at who a mail is from and for.
func (c ChannelConfig) checkMail(bad complain) {
	if _, err := mail.ParseAddress(c.From); err != nil {
		bad("from is %q; write one address, such as storing@example.org", c.From)
	}
	switch {
	case c.Subscribers && len(c.To) > 0:
		bad("to and subscribers are both set; a channel for subscribers mails nobody else, so make another one for to")
	case !c.Subscribers && len(c.To) == 0:
		bad("to is empty; name the address of the list that reaches your users, or set subscribers: true")
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

var (
	phoneNumber = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // ITU-T E.164
	headerName  = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
)

func (c ChannelConfig) checkSMS(bad complain) {
	c.checkAddress(bad)
	if _, rest, _ := strings.Cut(c.URL, "://"); strings.Contains(strings.SplitN(rest, "/", 2)[0], "{{") {
		bad("url names its server by a template; write the server itself")
	}
	if len(c.To) == 0 {
		bad("to is empty; name the numbers, such as +31612345678")
	}
	for _, to := range c.To {
		if !phoneNumber.MatchString(to) {
			bad("%q in to is not a number with its country; write one such as +31612345678", to)
		}
	}
	if !slices.Contains([]string{"", "GET", "POST", "PUT"}, c.Method) {
		bad("method is %q; use GET, POST or PUT", c.Method)
	}
	if c.Body == "" && c.Method != "GET" {
		bad("body is missing; write a template such as {\"to\": {{json .To}}, \"text\": {{json .Text}}}")
	}
	templates := []struct{ key, text string }{{"url", c.URL}, {"body", c.Body}}
	for _, name := range slices.Sorted(maps.Keys(c.Headers)) {
		if !headerName.MatchString(name) {
			bad("%q in headers is no name of a header; write one such as Authorization", name)
		}
		templates = append(templates, struct{ key, text string }{"headers." + name, c.Headers[name]})
	}
	for _, t := range templates {
		if _, err := smsTemplate(t.key, t.text); err != nil {
			bad("%w", err)
		}
	}
}

func (c ChannelConfig) checkOutage(bad complain) {
	c.checkWeb(bad)
	if c.URL == "" {
		bad("url is missing; write the instance, such as https://school.service-now.com")
	}
	password := c.Username != "" && c.PasswordFile != ""
	client := c.ClientID != "" && c.ClientSecretFile != ""
	if password == client || (c.Username == "") != (c.PasswordFile == "") || (c.ClientID == "") != (c.ClientSecretFile == "") {
		bad("set username and password_file, or client_id and client_secret_file")
	}
	if len(c.Items) == 0 {
		bad("items is empty; write which service is which item of the CMDB, such as {print: Printing Service}")
	}
	for _, service := range slices.Sorted(maps.Keys(c.Items)) {
		if name := c.Items[service]; name == "" || strings.ContainsAny(name, "\r\n") {
			bad("items: %s has no name of an item; write one line", service)
		}
	}
}

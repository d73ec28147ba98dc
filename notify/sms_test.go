package notify

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"headstart"
)

// smsFake is a gateway as many are: JSON, an API key, one number a request.
type smsFake struct {
	*strict
	sent []string        // number: text
	ids  map[string]bool // it knows a repeat by its id
	bad  string          // a number it does not take
}

type smsBody struct {
	Recipient string `json:"recipient"`
	Message   string `json:"message"`
	Reference string `json:"reference"`
}

func startSMS(t *testing.T, numbers ...string) (*smsFake, Channel) {
	f := &smsFake{ids: map[string]bool{}}
	f.strict = serve(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		var m smsBody
		switch {
		case r.Header.Get("X-Api-Key") != "k s3cret":
			w.WriteHeader(http.StatusUnauthorized)
			return
		case !takes(t, r, body, &m) || m.Recipient == f.bad:
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if !f.ids[m.Reference] {
			f.ids[m.Reference] = true
			f.sent = append(f.sent, m.Recipient+": "+m.Message)
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return f, built(t, ChannelConfig{
		Type: "sms", URL: f.url + "/messages", To: numbers, SecretFile: secretFile(t, "s3cret"),
		Headers: map[string]string{"X-Api-Key": "k {{.Secret}}", "Content-Type": "application/json"},
		Body:    `{"recipient": {{json .To}}, "message": {{json .Text}}, "reference": {{json .ID}}}`,
	})
}

func shortNotice() *headstart.Notice {
	n := notice(1, headstart.Investigating)
	for lang, short := range map[string]string{"nl": `Kopieren lukt niet in "Noord". Wij kijken ernaar.`, "en": "Copying does not work in Noord. We are looking into it."} {
		text := n.Text[lang]
		text.Short = short
		n.Text[lang] = text
	}
	return n
}

// Every number gets the short form, in all languages; one that is refused keeps
// nobody else uninformed; nobody gets it twice.
func TestSMS(t *testing.T) {
	f, c := startSMS(t, "+31612345678", "+31687654321", "+31600000000")
	f.bad = "+31687654321"
	f.next(trouble{}, trouble{}, status(500, ""))
	if _, err := c.Post(t.Context(), shortNotice()); sortOf(err) != "again" {
		t.Fatalf("%v, want another attempt for the last number", err)
	}
	talk(t, c, again(shortNotice()))
	const text = "Kopieren lukt niet in \"Noord\". Wij kijken ernaar.\nCopying does not work in Noord. We are looking into it."
	if want := []string{"+31612345678: " + text, "+31600000000: " + text}; !slices.Equal(f.sent, want) {
		t.Errorf("sent %q, want %q", f.sent, want)
	}
	talk(t, c, silently(shortNotice()))
	if len(f.sent) != 2 {
		t.Error("a silent update was sent as a text message")
	}
}

// A gateway that knows our id sends nothing twice when its answer was lost.
func TestSMSLostAnswer(t *testing.T) {
	f, c := startSMS(t, "+31612345678")
	f.next(trouble{lost: true})
	if _, err := c.Post(t.Context(), shortNotice()); sortOf(err) != "again" || !strings.Contains(err.Error(), "may have arrived") {
		t.Fatalf("%v, want another attempt that says it may be the second", err)
	}
	talk(t, c, again(shortNotice()))
	if len(f.sent) != 1 {
		t.Errorf("sent %q, want one", f.sent)
	}
	wantHTTPManners(t, f.strict, c)
}

// A gateway that is asked by GET has all in its address, escaped.
func TestSMSByGet(t *testing.T) {
	var got string
	f := serve(t, func(_ http.ResponseWriter, r *http.Request, _ []byte) { got = r.URL.Query().Get("m") })
	c := built(t, ChannelConfig{Type: "sms", Method: "GET", URL: f.url + "/send?n={{urlquery .To}}&m={{urlquery .Text}}", To: []string{"+31612345678"}})
	talk(t, c, shortNotice())
	if got != smsText(shortNotice()) {
		t.Errorf("the gateway read %q", got)
	}
}

// Templates that could run long, and mistakes, are refused without showing them.
func TestSMSTemplates(t *testing.T) {
	for body, want := range map[string]string{
		`{{range 1000000000}}{{end}}`:              "not allowed",
		`{{define "a"}}{{end}}x`:                   "not allowed",
		`{{call .To}} s3cret`:                      "not allowed",
		`{{if .To}}{{range 9}}{{end}}{{end}}`:      "not allowed",
		`{{.To`:                                    "is no template",
		strings.Repeat("s3cret", maxTemplateBytes): "at most 65536 are read",
		"": "body is missing",
		`{"to": {{json .To}}, "text": {{json .Text}}}`: "",
	} {
		c := Config{Channels: []ChannelConfig{{Name: "a", Type: "sms", URL: "https://sms.example.org/x", To: []string{"+31612345678"}, Body: body}}}
		err := c.Validate()
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret")) {
			t.Errorf("%.40s: %v; want %q", body, err, want)
		}
	}
	c := Config{Channels: []ChannelConfig{{Name: "a", Type: "sms", URL: "https://{{.To}}/x", To: []string{"0612345678"}, Body: "x", Method: "DELETE", Headers: map[string]string{"a b": "c"}}}}
	err := c.Validate()
	for _, want := range []string{"write the server itself", "not a number with its country", "use GET, POST or PUT", "no name of a header"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q among them", err, want)
		}
	}
}

// FuzzSMSTemplate: whatever an operator writes is refused or ends.
func FuzzSMSTemplate(f *testing.F) {
	f.Add(`{{json .Text}}`)
	f.Add(`{{with .To}}{{.}}{{else}}{{printf "%d" 1}}{{end}}`)
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := smsTemplate("body", text)
		if err != nil {
			return
		}
		if out, err := (SMSRequest{To: "+31612345678", Text: "x"}).fill(tmpl); err == nil && len(out) > smsMost {
			t.Errorf("%d bytes came out", len(out))
		}
	})
}

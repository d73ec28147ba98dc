package letters

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func head(lines ...string) Head { return ReadHead([]byte(strings.Join(lines, "\r\n") + "\r\n\r\n")) }

func TestReadHead(t *testing.T) {
	h := head(
		"Message-ID: <a1@voorbeeld.example>",
		"From: =?iso-8859-1?Q?Andr=E9?= de Vries <A.deVries@Voorbeeld.example>",
		"Subject: =?utf-8?B?UHJpbnRlcg==?= =?utf-8?Q?_op_de_b=C3=A9gane?=",
		"\tgrond",
		"Date: Mon, 23 Nov 2026 08:12:03 +0100 (CET)",
		"References: <9f2c41aa03de7b51.0a1b2c3d.0@headstart.example>",
		" <root@x> <middle@x>",
		"In-Reply-To: <last@x> (Re: iets)",
	)
	if h.ID != "a1@voorbeeld.example" || h.From != "a.devries@voorbeeld.example" || h.Subject != "Printer op de bégane grond" || !h.Reply {
		t.Errorf("read as %+v", h)
	}
	if want := time.Date(2026, 11, 23, 7, 12, 3, 0, time.UTC); !h.Date.Equal(want) {
		t.Errorf("Date is %v, want %v", h.Date, want)
	}
	if diff := cmp.Diff([]string{"root@x", "middle@x", "last@x"}, h.Refs); diff != "" {
		t.Errorf("what it answers, our announcement left out (-want +got):\n%s", diff)
	}
}

// TestBrokenHeads: nothing in a header is an error, and nothing grows without end.
func TestBrokenHeads(t *testing.T) {
	for name, test := range map[string]struct {
		raw  string
		want func(Head) bool
	}{
		"nothing":              {"", func(h Head) bool { return h.ID == "" && h.From == "" && h.Date.IsZero() }},
		"Latin-1, not encoded": {"Subject: caf\xe9 dicht\n\n", func(h Head) bool { return h.Subject == "café dicht" }},
		"UTF-8, not encoded":   {"Subject: café dicht\n\n", func(h Head) bool { return h.Subject == "café dicht" }},
		"unknown charset":      {"Subject: =?x-nobody?Q?dicht?=\n\n", func(h Head) bool { return h.Subject == "dicht" }},
		"word not ended":       {"Subject: =?utf-8?Q?dicht\n\n", func(h Head) bool { return h.Subject == "=?utf-8?Q?dicht" }},
		"two senders":          {"From: a@x.example, b@x.example\n\n", func(h Head) bool { return h.From == "" }},
		"From twice":           {"From: a@x.example\nFrom: b@x.example\n\n", func(h Head) bool { return h.From == "" }},
		"broken name":          {"From: Jan \"de Boer <jan@x.example>\n\n", func(h Head) bool { return h.From == "jan@x.example" }},
		"the year 0001":        {"Date: Mon, 1 Jan 0001 00:00:00 +0000\n\n", func(h Head) bool { return h.Date.IsZero() }},
		"body is no header":    {"Subject: a\n\nSubject: b\nFrom: b@x.example\n", func(h Head) bool { return h.Subject == "a" && h.From == "" }},
		"folded first line":    {" from: a@x.example\nSubject: a\n\n", func(h Head) bool { return h.Subject == "a" }},
		"answers itself":       {"Message-ID: <a@x>\nIn-Reply-To: <a@x>\n\n", func(h Head) bool { return len(h.Refs) == 0 }},
		"a thousand references": {"References: <root@x>" + strings.Repeat(" <m@x>", 5) + long(1000) + "\n\n", func(h Head) bool {
			return len(h.Refs) == mostRefs && h.Refs[0] == "root@x"
		}},
	} {
		if h := ReadHead([]byte(test.raw)); !test.want(h) {
			t.Errorf("%s: read as %+v", name, h)
		}
	}
}

func long(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" <" + strings.Repeat("x", i%20+1) + string(rune('a'+i%26)) + "@x>")
	}
	return b.String()
}

func TestAutomatic(t *testing.T) {
	const box = "servicedesk@voorbeeld.example"
	for name, test := range map[string]struct {
		lines []string
		want  string
	}{
		"a person":                        {[]string{"From: a@x.example", "Auto-Submitted: no", "Content-Type: text/plain"}, ""},
		"vacation":                        {[]string{"Auto-Submitted: auto-replied (vacation)"}, "Auto-Submitted"},
		"monitoring":                      {[]string{"Auto-Submitted: Auto-Generated; x=y"}, "Auto-Submitted"},
		"bounce":                          {[]string{`Content-Type: multipart/report; report-type=delivery-status; boundary="x"`}, "report delivery-status"},
		"null sender":                     {[]string{"Return-Path: <>"}, "null sender"},
		"mailer daemon":                   {[]string{"From: Mail Delivery System <MAILER-DAEMON@mx.example>"}, "mailer-daemon"},
		"absence notice of Exchange":      {[]string{"Subject: Automatisch antwoord: printer"}, "out of office"},
		"newsletter":                      {[]string{"List-Unsubscribe: <https://x.example>"}, "list"},
		"mailing list":                    {[]string{"List-Id: <users.x.example>", "Precedence: list"}, "list"},
		"the desk's own list":             {[]string{"List-Id: <servicedesk.voorbeeld.example>", "Precedence: list", "List-Post: <mailto:Servicedesk@voorbeeld.example>"}, ""},
		"bulk":                            {[]string{"Precedence: bulk"}, "list"},
		"an answer about being away":      {[]string{"Subject: Re: Automatisch antwoord: printer"}, ""},
		"absence notice through our list": {[]string{"Auto-Submitted: auto-replied", "List-Post: <mailto:servicedesk@voorbeeld.example>"}, "Auto-Submitted"},
	} {
		h := head(test.lines...)
		if got := h.Automatic(box); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	ours := head("X-Headstart-Incident: 9f2c41aa03de7b51")
	byID := head("Message-ID: <9f2c41aa03de7b51.0a1b2c3d.2@headstart.example>")
	if !ours.Ours() || !byID.Ours() {
		t.Error("our own announcements are not known")
	}
}

// TestProved: a header From proves nobody (ruling 24); our own server's word does.
func TestProved(t *testing.T) {
	trust := Trust{Domains: []string{"voorbeeld.example"}, Server: "mx.voorbeeld.example"}
	const from = "From: k.bakker@voorbeeld.example"
	for name, test := range map[string]struct {
		lines []string
		trust Trust
		want  bool
	}{
		"From alone":                    {[]string{from}, trust, false},
		"DMARC passed":                  {[]string{from, "Authentication-Results: mx.voorbeeld.example; spf=fail; dmarc=pass (p=reject) header.from=voorbeeld.example"}, trust, true},
		"logged in":                     {[]string{from, "Authentication-Results: MX.voorbeeld.example 1; auth=pass smtp.auth=k.bakker"}, trust, true},
		"DKIM of the domain":            {[]string{from, "Authentication-Results: mx.voorbeeld.example; dkim=pass header.d=voorbeeld.example"}, trust, true},
		"DKIM of another":               {[]string{from, "Authentication-Results: mx.voorbeeld.example; dkim=pass header.d=evil.example"}, trust, false},
		"failed":                        {[]string{from, "Authentication-Results: mx.voorbeeld.example; dmarc=fail"}, trust, false},
		"another server says so":        {[]string{from, "Authentication-Results: mx.evil.example; dmarc=pass"}, trust, false},
		"a comment says so":             {[]string{from, "Authentication-Results: mx.voorbeeld.example; dmarc=fail (; dmarc=pass)"}, trust, false},
		"a nested comment says so":      {[]string{from, "Authentication-Results: mx.voorbeeld.example; dmarc=fail (a (b) ; dmarc=pass)"}, trust, false},
		"a comment is not ended":        {[]string{from, "Authentication-Results: mx.voorbeeld.example; spf=none (of ; dmarc=pass"}, trust, false},
		"the envelope says so":          {[]string{from, `Authentication-Results: mx.voorbeeld.example; spf=none smtp.mailfrom="x; dmarc=pass y"@evil.example`}, trust, false},
		"the envelope in a comment":     {[]string{from, `Authentication-Results: mx.voorbeeld.example; spf=pass (domain of "x) ; dmarc=pass (y"@evil.example)`}, trust, false},
		"a quote that is not ended":     {[]string{from, `Authentication-Results: mx.voorbeeld.example; spf=none smtp.mailfrom="x\"; dmarc=pass y`}, trust, false},
		"a signature in quotes":         {[]string{from, `Authentication-Results: mx.voorbeeld.example; dkim=pass reason="2048-bit; ok" header.b="a/b" header.d=voorbeeld.example`}, trust, true},
		"DMARC of another author":       {[]string{from, "Authentication-Results: mx.voorbeeld.example; dmarc=pass header.from=evil.example"}, trust, false},
		"a forged line below ours":      {[]string{from, "Authentication-Results: mx.voorbeeld.example; dmarc=fail", "Authentication-Results: mx.voorbeeld.example; dmarc=pass"}, trust, false},
		"not of our people":             {[]string{"From: a@evilvoorbeeld.example", "Authentication-Results: mx.voorbeeld.example; dmarc=pass"}, trust, false},
		"a subdomain of ours":           {[]string{"From: a@uni.voorbeeld.example", "Authentication-Results: mx.voorbeeld.example; dmarc=pass"}, trust, true},
		"Exchange knows them":           {[]string{from, "X-MS-Exchange-Organization-AuthAs: Internal"}, Trust{Domains: trust.Domains, Exchange: true}, true},
		"Exchange's word without one":   {[]string{from, "X-MS-Exchange-Organization-AuthAs: Internal"}, trust, false},
		"Exchange calls them a guest":   {[]string{from, "X-MS-Exchange-Organization-AuthAs: Anonymous"}, Trust{Domains: trust.Domains, Exchange: true}, false},
		"no domains are configured":     {[]string{from, "Authentication-Results: mx.voorbeeld.example; dmarc=pass"}, Trust{Server: trust.Server}, false},
		"no server is configured":       {[]string{from, "Authentication-Results: ; dmarc=pass"}, Trust{Domains: trust.Domains}, false},
		"two authors, one of them ours": {[]string{"From: k.bakker@voorbeeld.example, x@evil.example", "Authentication-Results: mx.voorbeeld.example; dmarc=pass"}, trust, false},
	} {
		h := head(test.lines...)
		if got := h.Proved(test.trust); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestDecode(t *testing.T) {
	for name, test := range map[string]struct{ raw, encoding, charset, want string }{
		"as it is":             {"Ik kan niet é printen\r\n", "8bit", "utf-8", "Ik kan niet é printen\n"},
		"quoted-printable":     {"caf=E9 =\r\ndicht =3D", "Quoted-Printable", "iso-8859-1", "café dicht ="},
		"cut in the middle":    {"caf=C3=A9 =E", "quoted-printable", "utf-8", "café "},
		"no quoted-printable":  {"50 = 50, a=z", "quoted-printable", "us-ascii", "50 = 50, a=z"},
		"base64 in lines":      {"SWsga2Fu\r\nIG5pZXQ=\r\n", "base64", "utf-8", "Ik kan niet"},
		"base64 cut":           {"SWsga2FuIG5pZX", "base64", "", "Ik kan nie"},
		"Windows":              {"\x93raar\x94 \x80 5", "7bit", "windows-1252", "“raar” € 5"},
		"UTF-16":               {"\xff\xfeh\x00o\x00i\x00", "binary", "utf-16", "hoi"},
		"byte order mark":      {"\xef\xbb\xbfhoi", "8bit", "utf-8", "hoi"},
		"called UTF-8, is not": {"caf\xe9 dicht", "8bit", "utf-8", "café dicht"},
		"cut character":        {"caf\xc3", "8bit", "utf-8", "caf"},
		"unknown charset":      {"hoi", "8bit", "x-nobody", "hoi"},
		"Japanese":             {"\x1b$B$3$s\x1b(B", "7bit", "iso-2022-jp", "こん"},
		"zero bytes":           {"h\x00oi", "8bit", "utf-8", "hoi"},
	} {
		if got := Decode([]byte(test.raw), test.encoding, test.charset); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestOwnWords(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"Outlook, Dutch":       {"Nog steeds stuk.\n\nVan: Servicedesk <a@x>\nVerzonden: maandag 23 november 2026 08:10\nAan: Karin\nOnderwerp: wifi\n\nWifi in Noord ligt eruit", "Nog steeds stuk."},
		"Gmail":                {"Bij ons ook.\n\nOp ma 23 nov 2026 om 08:10 schreef Servicedesk <a@x>:\n\n> Wifi in Noord ligt eruit\n", "Bij ons ook."},
		"Gmail in two lines":   {"Same here.\n\nOn Mon, 23 Nov 2026 at 08:10, Service Desk\n<desk@x.example> wrote:\n> Wifi is down\n", "Same here."},
		"old Outlook":          {"Ja.\n-----Oorspronkelijk bericht-----\nVan: x\n", "Ja."},
		"answers in between":   {"> Werkt de wifi?\nNee.\n> En de printer?\nOok niet.", "Nee.\nOok niet."},
		"nothing of their own": {"> Wifi in Noord ligt eruit", "> Wifi in Noord ligt eruit"},
		"speaks of a sender":   {"Van: daar komt de fout denk ik.\nDe printer is stuk.", "Van: daar komt de fout denk ik.\nDe printer is stuk."},
	} {
		if got := OwnWords(test.text); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

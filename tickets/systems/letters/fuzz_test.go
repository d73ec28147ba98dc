package letters

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzReadHead: whatever a header holds, what is read of it is bounded and clean.
func FuzzReadHead(f *testing.F) {
	f.Add([]byte("Message-ID: <a@x>\r\nFrom: =?utf-8?Q?K?= <k@x.example>\r\nSubject: =?iso-8859-1?B?6Q==?=\r\nReferences: <b@x>\r\n <c@x>\r\nDate: Mon, 23 Nov 2026 08:00:00 +0100\r\n\r\n"))
	f.Add([]byte("From: (\"((( a@x.example\nSubject: =?utf-16?B?//4=?=\nAuthentication-Results: mx; dmarc=pass\nList-Post: <mailto:a@x>\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h := ReadHead(raw)
		if len(h.Refs) > mostRefs || len(h.ID) > 250 || len(h.From) > 1<<10 || !utf8.ValidString(h.From) || !utf8.ValidString(h.Subject) || strings.ContainsAny(h.Subject, "\r\n") {
			t.Fatalf("read as %+v", h)
		}
		if _, err := h.Date.MarshalJSON(); err != nil {
			t.Fatal(err)
		}
		_, _ = h.Automatic("desk@x.example"), h.Ours()
		if h.Proved(Trust{Domains: []string{"x.example"}, Server: "mx", Exchange: true}) && !strings.HasSuffix(h.From, "x.example") {
			t.Fatalf("%q counts as one of x.example", h.From)
		}
	})
}

// FuzzDecode: any bytes in any encoding and charset become clean text.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("caf=E9 =\r\ndicht"), "quoted-printable", "iso-8859-1")
	f.Add([]byte("SWsga2Fu\r\nIG5pZXQ="), "base64", "utf-16le")
	f.Add([]byte("\x1b$B$3"), "7bit", "iso-2022-jp")
	f.Fuzz(func(t *testing.T, raw []byte, encoding, charset string) {
		s := Decode(raw, encoding, charset)
		if !utf8.ValidString(s) || strings.Contains(s, "\x00") || len(s) > 8*len(raw)+16 {
			t.Fatalf("%d bytes became %q", len(raw), s)
		}
		if own := OwnWords(s); len(own) > len(s) {
			t.Fatalf("%q became longer: %q", s, own)
		}
	})
}

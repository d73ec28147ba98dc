package subscriptions

import (
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	for typed, want := range map[string]string{
		"jan@voorbeeld.example":              "jan@voorbeeld.example",
		" Jan.De-Vries@VOORBEELD.example\t":  "Jan.De-Vries@voorbeeld.example",
		"o'brien+test@voorbeeld.example":     "o'brien+test@voorbeeld.example",
		"jan@bücher.example":                 "jan@xn--bcher-kva.example",
		"":                                   "",
		"jan":                                "",
		"@voorbeeld.example":                 "",
		"jan@":                               "",
		"jan@localhost":                      "",
		"jan@[127.0.0.1]":                    "",
		"jan@voorbeeld.example.":             "",
		"jan..de@voorbeeld.example":          "",
		".jan@voorbeeld.example":             "",
		"jan de@voorbeeld.example":           "",
		`"jan"@voorbeeld.example`:            "",
		"jan@voorbeeld.example, x@y.example": "",
		"jan@voorbeeld.example\r\nBcc: x@evil.example": "",
		"jan\r\nBcc:x@voorbeeld.example":               "",
		"jan%0d%0aBcc:x@voorbeeld.example":             "",
		"<jan@voorbeeld.example>":                      "",
		"jan@-voorbeeld.example":                       "",
		"jan@voor_beeld.example":                       "",
		"jän@voorbeeld.example":                        "",
		"jan\x00@voorbeeld.example":                    "",
		strings.Repeat("j", 65) + "@voorbeeld.example": "",
		"j@" + strings.Repeat("a.", 130) + "example":   "",
	} {
		a, err := parseAddress(typed)
		if (err == nil) != (want != "") || a.to != want {
			t.Errorf("%q is %q, %v; want %q", typed, a.to, err, want)
		}
	}
}

// Whatever was typed: no letter that ends a header, bounds kept, and what it becomes is
// read as itself.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"jan@voorbeeld.example", "jan@bücher.example", "a@b.c\r\nBcc: d@e.f", "jan+x@ＶＯＯＲ.example", `"a b"@c.example`, "@", "a@xn--a.b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a, err := parseAddress(typed)
		if err != nil {
			return
		}
		if len(a.to) > maxAddress || strings.ContainsAny(a.to, "\r\n\t <>,;:\"\\()[]\x00") || strings.Count(a.to, "@") != 1 {
			t.Fatalf("%q becomes %q", typed, a.to)
		}
		for _, c := range []byte(a.to) {
			if c <= ' ' || c > '~' {
				t.Fatalf("%q becomes %q, which is not ASCII", typed, a.to)
			}
		}
		again, err := parseAddress(a.to)
		if err != nil || again != a {
			t.Fatalf("%q becomes %+v, and that %+v, %v", typed, a, again, err)
		}
	})
}

func FuzzToken(f *testing.F) {
	f.Add(token{}.String())
	f.Add(strings.Repeat("_", tokenLen))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		tok, err := parseToken(text)
		if err == nil && tok.String() != text {
			t.Fatalf("%q is read as %q: two texts would be one token", text, tok)
		}
		if err == nil && len(tok.row()) != len(rowKey)+32 {
			t.Fatalf("%q stands at %q", text, tok.row())
		}
	})
}

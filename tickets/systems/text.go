package systems

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Bounds of a ticket's fields, in bytes.
const (
	maxTitle = 500
	maxBody  = 8 << 10
	maxWord  = 120
)

// plainText is what a person reads of HTML; text without tags stays as it is.
func plainText(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return cut(s, maxBody)
	}
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(cut(s, 64<<10)))
	hidden := ""
	for out.Len() < maxBody {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch {
		case hidden != "":
			if kind == html.EndTagToken && token.Data == hidden {
				hidden = ""
			}
		case kind == html.TextToken:
			out.WriteString(token.Data)
		case kind == html.StartTagToken && (token.Data == "script" || token.Data == "style"):
			hidden = token.Data
		case kind == html.StartTagToken || kind == html.SelfClosingTagToken:
			out.WriteString(breaks[token.Data])
		}
	}
	return cut(strings.TrimSpace(out.String()), maxBody)
}

// breaks are the tags that begin a new line.
var breaks = map[string]string{"br": "\n", "p": "\n", "div": "\n", "li": "\n", "tr": "\n", "h1": "\n", "h2": "\n", "h3": "\n"}

// asHTML writes plain text for systems that want HTML: nothing in it is a tag.
func asHTML(s string) string {
	return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>")
}

// cut shortens s to n bytes between characters and mends what is no UTF-8.
func cut(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// word makes a name fit for a key: one line, bounded.
func word(s string) string {
	return cut(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " "), maxWord)
}

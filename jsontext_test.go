package headstart

import (
	"encoding/json"
	"testing"
)

// TestTextIsJSON: each byte, wherever it stands, is written as encoding/json writes it.
func TestTextIsJSON(t *testing.T) {
	for c := range 256 {
		for at := range 19 {
			b := []byte("sw-noord-1 is down.")
			b[at] = byte(c)
			for _, s := range []string{string(b), string(b[at:]), string(b[:at+1])} {
				want, err := json.Marshal(s)
				if err != nil {
					t.Fatal(err)
				}
				if got := AppendText([]byte("x"), s); string(got) != "x"+string(want) {
					t.Fatalf("%q is written %s, want %s", s, got, want)
				}
				if plain := string(want) == `"`+s+`"`; c < 0x80 && plain != PlainText(s) {
					t.Fatalf("%q: plain is %v, want %v", s, !plain, plain)
				}
			}
		}
	}
}

// BenchmarkText is a row's worth of words.
func BenchmarkText(b *testing.B) {
	words := []string{"prn-s113-f1-2-9/HostDown", "prn-s113-f1-2-9", "HostDown", "open", "s113-f1", "prn-s113-f1-2-9 does not answer", "critical", "b0e426578375f3a8"}
	var room []byte
	for b.Loop() {
		room = room[:0]
		for _, w := range words {
			room = AppendText(room, w)
		}
	}
}

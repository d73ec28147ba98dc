package headstart

import "testing"

// TestValidPort holds addresses to ports that exist, wherever one is configured.
func TestValidPort(t *testing.T) {
	for port, want := range map[string]struct{ listen, connect bool }{
		"8480": {true, true}, "65535": {true, true}, "smtp": {true, true}, "0": {true, false},
		"": {}, "65536": {}, "99999": {}, "-1": {}, "+1": {}, "80 ": {}, "8o": {},
	} {
		if got := ValidPort(port, 0); got != want.listen {
			t.Errorf("to listen at port %q is allowed: %v, want %v", port, got, want.listen)
		}
		if got := ValidPort(port, 1); got != want.connect {
			t.Errorf("to connect to port %q is allowed: %v, want %v", port, got, want.connect)
		}
	}
}

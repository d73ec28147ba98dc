package discover

import "testing"

// People name the kinds of their devices in many ways; what is none is kept as it is.
func TestKinds(t *testing.T) {
	for text, want := range map[string]string{
		"Printer": "printer", "printers.csv": "printer", "lijst-printers-2026.csv": "printer", "HP LaserJet M507": "printer", "Multifunctional": "printer",
		"Printserver": "server", "old-print-server": "server", "Switch (access)": "switch", "Access Point": "accesspoint", "AP": "accesspoint", "apparaat": "apparaat?",
		"PC": "desktop", "Werkplek": "desktop", "telefoon": "phone", "VM": "server", "Kassa 3": "kassa-3?", "": "?", "-": "?",
	} {
		got, ok := kindOf(text)
		if !ok {
			got += "?"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

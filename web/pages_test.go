package web

import (
	"strings"
	"testing"
)

func TestPagesShowTheState(t *testing.T) {
	w := badMonday(t)
	h := serve(w.site(), desk)
	for path, wants := range map[string][]string{
		"/":              {"2 storingen raken nu ongeveer 214 mensen.", "Eerste bericht 07:44. Eerste beller 07:52.", "Bericht beloofd om 08:30, over 6 min", "Goedkeuren en plaatsen", "Teams valt steeds weg", "Papier op", "joris (netwerk) werkt eraan"},
		"/?lang=en":      {"2 incidents now affect about 214 people.", "Message promised at 08:30, in 6 min"},
		"/i/HS-1042":     {"NRD-SW-02", "Monteur is onderweg", "Wifi and internet do not work", "noemt Teams", "meldde na het herstel", "regel T-01"},
		"/new":           {"Nieuwe storing", "Roosterplanner", "Gebouw Zuid"},
		"/tickets":       {"3 meldingen horen nog nergens bij", "Muis stuk"},
		"/announcements": {"2 wachten op u, 2 zichtbaar."},
		"/morning":       {"Ochtendrapport"},
		"/s/":            {"2 diensten werken nu niet goed", "Wat merkt u?", "1 uur en 33 minuten storing in 90 dagen", "Roosterplanner werkt niet"},
		"/s/nl/":         {"Wanneer hoort u meer?"},
		"/s/en/":         {"2 services do not work well now", "Where?"},
	} {
		body := get(t, h, path, 200)
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
}

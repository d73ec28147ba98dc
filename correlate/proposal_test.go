package correlate

import (
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"headstart"
)

// What is proposed for the catalog does what it is proposed for: with the line in
// it the alert has its place (ruling 18).
func TestProposalPlacesTheAlert(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		labels := map[string]string{"alertname": "HostDown"}
		labels[rapid.SampledFrom(headstart.DefaultAssetLabels()).Draw(rt, "label")] = rapid.OneOf(
			rapid.StringMatching(`[a-zA-Z0-9_.-]{1,20}(:[0-9]{1,4})?`), rapid.StringMatching(`10\.0\.0\.[0-9]{1,2}(:9100)?`), rapid.String(),
		).Draw(rt, "value")
		catalog := &headstart.Catalog{Devices: []headstart.Device{{ID: "core"}, {ID: "sw-1"}}}
		line := headstart.ProposeDevice(labels, headstart.DefaultAssetLabels(), catalog)
		before, err := NewPlacer(DefaultPlacing(), catalog)
		if err != nil {
			rt.Fatal(err)
		}
		if line == "" || before.Place(labels).Placed {
			return
		}
		var proposed []headstart.Device
		if err := yaml.Unmarshal([]byte(line), &proposed); err != nil {
			rt.Fatal(err)
		}
		catalog.Devices = append(catalog.Devices, proposed...)
		after, err := NewPlacer(DefaultPlacing(), catalog)
		if err != nil {
			rt.Fatal(err)
		}
		if at := after.Place(labels); at.Asset != proposed[0].ID {
			rt.Fatalf("with %s in the catalog, %v is at %q", line, labels, at.Asset)
		}
	})
}

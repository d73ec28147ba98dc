package web

import (
	"strings"
	"testing"
)

func TestConfigNamesEveryMistake(t *testing.T) {
	c := Config{Language: "de", Timezone: "Mars", ExternalURL: "desk"}
	err := c.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"language", "timezone", "external_url"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not name %s:\n%v", want, err)
		}
	}
	good := DefaultConfig()
	if err := good.Validate(); err != nil {
		t.Errorf("the default is refused: %v", err)
	}
}

package incidents

import (
	"flag"
	"os"
	"testing"
)

// TestMain gives the properties of this package the same lives each time, unless somebody
// asks for others (-rapid.seed): a gate must say the same of the same code. What other lives
// find is looked for by make long, with thousands of them.
func TestMain(m *testing.M) {
	flag.Parse()
	if seed := flag.Lookup("rapid.seed"); seed.Value.String() == seed.DefValue {
		if err := seed.Value.Set("20261123"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

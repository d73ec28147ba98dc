package systems

import (
	"os"
	"testing"

	"headstart/tickets/systems/rttest"
)

// TestMain ends the Request Tracker that tests shared.
func TestMain(m *testing.M) {
	code := m.Run()
	rttest.Stop()
	os.Exit(code)
}

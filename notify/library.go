package notify

import (
	"log/slog"
	"sync"

	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/matcher/compat"
)

// startLibrary sets up Alertmanager's matcher parser, once a process: its
// packages keep it in package variables.
var startLibrary = sync.OnceFunc(func() {
	quiet := slog.New(slog.DiscardHandler)
	flags, err := featurecontrol.NewFlags(quiet, "")
	if err != nil {
		panic("notify: no feature flag was given: " + err.Error()) // the empty list is always valid
	}
	compat.InitFromFlags(quiet, flags)
})

// Package browsertest looks at pages with a real Chromium, for tests.
//
// What the console says is kept: reports of the content security policy, loads that
// failed, exceptions. A page that is well says nothing.
package browsertest

import (
	"context"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const (
	// longest is how long one browser may live.
	longest = 12 * time.Minute

	// patience is how long it may take to start: beside others of them that is seconds.
	patience = 2 * time.Minute
)

// Start starts Chromium with one tab until tb ends. console returns what was said since
// it was asked last.
func Start(tb testing.TB) (ctx context.Context, console func() []string) {
	tb.Helper()
	exe, err := exec.LookPath("chromium")
	if err != nil {
		tb.Fatal("no chromium; install the Debian package chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(exe), chromedp.NoSandbox, chromedp.UserDataDir(tb.TempDir()),
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1440, 1200))
	ctx, stop := context.WithTimeout(tb.Context(), longest)
	tb.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, opts...)
	tb.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	tb.Cleanup(stop)
	if _, err := chromedp.Run(ctx, chromedp.Title()); err != nil {
		tb.Fatalf("start chromium: %v", err)
	}
	var mu sync.Mutex
	var said []string
	err = chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *log.EventEntryAdded:
			said = append(said, e.Entry.Text+" "+e.Entry.URL)
		case *runtime.EventExceptionThrown:
			said = append(said, e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		tb.Fatalf("listen to the console: %v", err)
	}
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		out := said
		said = nil
		return out
	}
}

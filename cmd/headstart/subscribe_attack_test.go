package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"headstart/notify/smtptest"
)

// TestSubscribeAttacks tries ruling 42 on the whole service from outside: nothing that
// is tried here mails anybody, changes anything or shows who subscribed.
func TestSubscribeAttacks(t *testing.T) {
	t.Parallel()
	sink := smtptest.Start(t)
	// The proxy in front tells who the client is, so that one test can be many.
	r := start(t, prepare(t, "trusted_proxies: [127.0.0.1/32]\n"+subscribeBy(sink)))
	const jan = "jan.plantgoed@voorbeeld.example"
	form := func(client string, values url.Values, header ...string) (int, string) {
		h := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": client}
		for n := 0; n < len(header); n += 2 {
			h[header[n]] = header[n+1]
		}
		return r.try(attack{method: "POST", path: "/s/nl/subscribe", body: values.Encode(), header: h})
	}
	to := func(address string) url.Values { return url.Values{"address": {address}} }

	// Foreign pages, names and bodies get nowhere, whatever they say.
	for name, a := range map[string]struct {
		values url.Values
		header []string
		want   int
	}{
		"a page of somebody else":        {to(jan), []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, http.StatusForbidden},
		"an old browser there":           {to(jan), []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"a sandboxed page":               {to(jan), []string{"Origin", "null"}, http.StatusForbidden},
		"a second header in the address": {to("jan@voorbeeld.example\r\nBcc: x@evil.example"), nil, http.StatusUnprocessableEntity},
		"a header without a name":        {to("jan@voorbeeld.example\nx"), nil, http.StatusUnprocessableEntity},
		"two addresses":                  {to("jan@voorbeeld.example,x@evil.example"), nil, http.StatusUnprocessableEntity},
		"a name beside the address":      {to("Jan <jan@voorbeeld.example>"), nil, http.StatusUnprocessableEntity},
		"an address of 20 kB":            {to(strings.Repeat("j", 20_000) + "@voorbeeld.example"), nil, http.StatusUnprocessableEntity},
		"a place there is not":           {url.Values{"address": {jan}, "location": {"noord"}}, nil, http.StatusUnprocessableEntity},
		"another language":               {url.Values{"address": {jan}, "language": {"../en"}}, nil, http.StatusUnprocessableEntity},
		"ten megabytes":                  {to(strings.Repeat("j", 10<<20)), nil, http.StatusRequestEntityTooLarge},
		"a form of parts":                {to(jan), []string{"Content-Type", "multipart/form-data; boundary=x"}, http.StatusUnprocessableEntity},
		"JSON":                           {to(jan), []string{"Content-Type", "application/json"}, http.StatusUnprocessableEntity},
	} {
		if status, answer := form("198.51.100.1", a.values, a.header...); status != a.want {
			t.Errorf("%s got %d, want %d: %s", name, status, a.want, tail(answer, 300))
		}
	}
	if status, _ := r.try(attack{method: "GET", path: "/s/nl/subscribe?address=" + jan, header: map[string]string{"X-Forwarded-For": "198.51.100.1"}}); status != http.StatusOK {
		t.Errorf("the form got %d", status)
	}

	// Enumeration: known, unknown, elsewhere and look-alike are answered in equal bytes.
	answers := map[string]string{}
	for n, address := range []string{jan, jan, "niemand@voorbeeld.example", "jan@elders.example", "jan@sub.voorbeeld.example", "jan@voorbееld.example"} {
		status, answer := form(fmt.Sprintf("198.51.100.%d", 10+n), to(address))
		answers[fmt.Sprint(status, answer)] = address
	}
	if len(answers) != 1 {
		t.Errorf("%d answers differ: %v", len(answers), answers)
	}
	asked := sink.Wait(2, 20*time.Second)
	if len(asked) != 2 {
		t.Fatalf("%d mails, want those to jan and to niemand", len(asked))
	}

	// Links: forged, of another purpose; opening one changes nothing.
	link := linkIn(t, mailsTo(sink, jan)[0])
	forged := link[:len(link)-5] + "AAAAA"
	for name, a := range map[string]attack{
		"a forged link":                {method: "POST", path: forged, want: []int{http.StatusNotFound}},
		"a forged link, read":          {method: "GET", path: forged, want: []int{http.StatusNotFound}},
		"the link from another site":   {method: "POST", path: link, header: map[string]string{"Origin": "https://evil.example"}, want: []int{http.StatusForbidden}},
		"the link as an unsubscribe":   {method: "POST", path: strings.Replace(link, "subscribe/", "unsubscribe/", 1), want: []int{http.StatusOK}},
		"the link, read":               {method: "GET", path: link, want: []int{http.StatusOK}},
		"no token":                     {method: "POST", path: "/s/nl/unsubscribe/", want: []int{http.StatusNotFound}},
		"a path in the token":          {method: "POST", path: "/s/nl/unsubscribe/..%2f..%2f", want: []int{http.StatusBadRequest}},
		"a long token":                 {method: "POST", path: "/s/nl/unsubscribe/" + strings.Repeat("A", 100_000), want: []int{http.StatusOK, http.StatusRequestHeaderFieldsTooLarge}},
		"another method":               {method: "DELETE", path: link, want: []int{http.StatusMethodNotAllowed}},
		"a page that is not published": {method: "POST", path: strings.Replace(link, "/s/nl/", "/s/geheim/", 1), want: []int{http.StatusNotFound}},
	} {
		h := map[string]string{"X-Forwarded-For": "198.51.100.30"}
		maps.Copy(h, a.header)
		a.header = h
		if status, answer := r.try(a); !slices.Contains(a.want, status) {
			t.Errorf("%s got %d, want %v: %s", name, status, a.want, tail(answer, 300))
		}
	}
	for path, secret := range map[string]string{link: jan, "/s/nl/": jan, "/s/nl/subscribe": jan} {
		status, page := r.try(attack{method: "GET", path: path, header: map[string]string{"X-Forwarded-For": "198.51.100.30"}})
		if status != http.StatusOK || strings.Contains(page, secret) {
			t.Errorf("%s: %d, shows an address: %t", path, status, strings.Contains(page, secret))
		}
	}

	// A flood of 400 clients, at once: the hundred of an hour, and a mail to each at most.
	var flood sync.WaitGroup
	var mu sync.Mutex
	codes := map[int]int{}
	for n := range 400 {
		flood.Go(func() {
			status, _ := form(fmt.Sprintf("203.0.%d.%d", 100+n/250, n%250), to(fmt.Sprintf("vloed%d@voorbeeld.example", n)))
			mu.Lock()
			defer mu.Unlock()
			codes[status]++
		})
	}
	flood.Wait()
	if codes[http.StatusOK] > 100 || codes[http.StatusOK]+codes[http.StatusTooManyRequests] != 400 {
		t.Errorf("the flood got %v, want at most a hundred taken and the rest asked to wait", codes)
	}
	taken := 2 + codes[http.StatusOK]
	if mails := sink.Wait(taken, 30*time.Second); len(mails) > taken {
		t.Errorf("%d mails went out for %d forms", len(mails), taken)
	}
	if w := found([]byte(r.stderr.String()), []string{jan, "vloed1@voorbeeld.example"}); len(w) > 0 {
		t.Errorf("the log holds %v", w)
	}
	if status, page := r.try(attack{method: "POST", path: link, header: map[string]string{"X-Forwarded-For": "198.51.100.40"}}); status != http.StatusOK {
		t.Errorf("after all that the real link got %d: %s", status, tail(page, 300))
	}
}

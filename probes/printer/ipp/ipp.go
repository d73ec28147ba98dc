// Package ipp asks a printer, or a print queue, over IPP (RFC 8011) for its
// attributes.
//
// It hands over what the printer said and judges nothing. It follows no redirect to
// another host, and reads no more of an answer than a printer needs.
package ipp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/OpenPrinting/goipp"
)

// Dial connects; it judges the address (ruling 40).
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Question is one printer or queue to ask.
type Question struct {
	Dial Dial

	// Address is ipp://HOST:PORT/PATH, or ipps://. Without a path, those of printers
	// are tried.
	Address string

	// Known is where the printer answered last time, so that it need not be searched
	// each time. Empty: not known yet.
	Known Place
}

// Place is where, and how, a printer answers.
type Place struct {
	URL     string // http or https
	Version goipp.Version
}

// Errors of a host that answers, and not as a printer does.
var (
	ErrNoIPP     = errors.New("what answers there is no IPP")
	ErrElsewhere = errors.New("IPP is redirected to another host, which is not followed")
	ErrRefused   = errors.New("IPP is refused")
	ErrNoQueue   = errors.New("IPP knows no printer at that path")
)

// mostBytes of an answer are read; a printer with every attribute needs a tenth.
const mostBytes = 256 << 10

// paths of printers, most common first: IPP Everywhere, then what came before.
var paths = []string{"/ipp/print", "/ipp", "/", "/ipp/printer"}

// Ask returns what the printer says. Beyond the errors above it returns those of
// the network.
func Ask(ctx context.Context, q Question) (Answer, error) {
	client := q.client()
	defer client.CloseIdleConnections()
	if q.Known.URL != "" {
		// Whatever it says there now, it may answer elsewhere: TLS was switched off, or
		// the port changed.
		a, err := send(ctx, client, q.Known)
		if err == nil || ctx.Err() != nil {
			return a, err
		}
	}
	places, err := q.places()
	if err != nil {
		return Answer{}, err
	}
	for _, p := range places {
		var a Answer
		if a, err = send(ctx, client, p); err == nil || !moved(err) {
			return a, err
		}
	}
	return Answer{}, err
}

// moved reports whether the printer may answer at another path.
func moved(err error) bool { return errors.Is(err, ErrNoQueue) || errors.Is(err, ErrNoIPP) }

// places are the web addresses behind q.Address.
func (q *Question) places() ([]Place, error) {
	u, err := url.Parse(q.Address)
	if err != nil {
		return nil, fmt.Errorf("ipp: %w", err)
	}
	u.Scheme = map[string]string{"ipp": "http", "ipps": "https"}[u.Scheme]
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), "631")
	}
	list := []string{u.Path}
	if u.Path == "" {
		list = paths
	}
	var places []Place
	for _, path := range list {
		u.Path = path
		places = append(places, Place{URL: u.String(), Version: goipp.DefaultVersion})
	}
	return places, nil
}

func (q *Question) client() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: q.Dial,
			// Printers carry certificates they signed themselves, and old TLS: what is
			// asked is no secret, and whether people can print does not depend on it.
			TLSClientConfig:        &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10},
			DisableKeepAlives:      true,
			DisableCompression:     true, // nothing small that unpacks to something large
			MaxResponseHeaderBytes: 16 << 10,
			TLSHandshakeTimeout:    10 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// mostHops are followed from one address: to TLS, and to another path.
const mostHops = 3

// send asks at p, and where it sends us on the same host.
func send(ctx context.Context, client *http.Client, p Place) (Answer, error) {
	m, p, err := exchange(ctx, client, p, request)
	if err != nil {
		return Answer{}, err
	}
	a := answer(m.Printer)
	a.Place = p
	if a.State == 0 {
		return Answer{}, fmt.Errorf("%w: it does not tell its state", ErrNoIPP)
	}
	return a, nil
}

// exchange sends what build makes for the place that answers, and returns that place
// with the answer.
func exchange(ctx context.Context, client *http.Client, p Place, build func(Place) ([]byte, error)) (goipp.Message, Place, error) {
	for range mostHops {
		m, next, err := post(ctx, client, p, build)
		switch {
		case err != nil:
			return m, p, err
		case next != "":
			p.URL = next
			continue
		case goipp.Status(m.Code) == goipp.StatusErrorVersionNotSupported && p.Version != oldest:
			p.Version = oldest
			continue
		}
		return m, p, status(goipp.Status(m.Code))
	}
	return goipp.Message{}, p, fmt.Errorf("%w: it redirects in a circle", ErrNoIPP)
}

// oldest version still asked with, where a printer does not know the present one.
var oldest = goipp.MakeVersion(1, 1)

// status says what an answer without attributes means.
func status(s goipp.Status) error {
	switch {
	case s < 0x0100:
		return nil
	case s == goipp.StatusErrorNotFound:
		return ErrNoQueue
	case s == goipp.StatusErrorForbidden, s == goipp.StatusErrorNotAuthenticated, s == goipp.StatusErrorNotAuthorized:
		return fmt.Errorf("%w: %s", ErrRefused, s)
	}
	return fmt.Errorf("%w: it says %s", ErrNoIPP, s)
}

// post sends one request; next is where on the same host to ask instead.
func post(ctx context.Context, client *http.Client, p Place, build func(Place) ([]byte, error)) (m goipp.Message, next string, err error) {
	body, err := build(p)
	if err != nil {
		return m, "", fmt.Errorf("ipp: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, bytes.NewReader(body))
	if err != nil {
		return m, "", fmt.Errorf("ipp: %w", err)
	}
	req.Header.Set("Content-Type", goipp.ContentType)
	resp, err := client.Do(req)
	if err != nil {
		return m, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	if next, err = elsewhere(resp); err != nil || next != "" {
		return m, next, err
	}
	return decode(resp.Body)
}

// decode reads an answer, as much as a printer needs.
func decode(body io.Reader) (m goipp.Message, _ string, err error) {
	limited := &io.LimitedReader{R: body, N: mostBytes}
	if err := m.DecodeEx(limited, goipp.DecoderOptions{EnableWorkarounds: true}); err != nil {
		if limited.N == 0 {
			return m, "", fmt.Errorf("%w: the answer is longer than %d KiB", ErrNoIPP, mostBytes>>10)
		}
		var network net.Error
		if errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) {
			return m, "", err
		}
		return m, "", ErrNoIPP
	}
	return m, "", nil
}

// elsewhere reads an answer that is not the printer's: a redirect within the host
// is followed, everything else is an error.
func elsewhere(resp *http.Response) (next string, err error) {
	asked := resp.Request.URL
	switch resp.StatusCode {
	case http.StatusOK:
		return "", nil
	case http.StatusNotFound:
		return "", ErrNoQueue
	case http.StatusUnauthorized, http.StatusForbidden:
		return "", fmt.Errorf("%w: HTTP %d", ErrRefused, resp.StatusCode)
	case http.StatusUpgradeRequired:
		u := *asked
		u.Scheme = "https"
		return u.String(), nil
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		u, err := resp.Location()
		if err != nil {
			return "", fmt.Errorf("%w: HTTP %d", ErrNoIPP, resp.StatusCode)
		}
		if u.Hostname() != asked.Hostname() || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
			return "", ErrElsewhere
		}
		return u.String(), nil
	}
	return "", fmt.Errorf("%w: HTTP %d", ErrNoIPP, resp.StatusCode)
}

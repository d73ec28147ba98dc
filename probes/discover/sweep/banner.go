package sweep

import (
	"bufio"
	"context"
	"io"
	"net/textproto"
	"strconv"
	"strings"
)

// mostLine bounds what is read of a greeting.
const mostLine = 4 << 10

// talk connects to a service and returns a reader and writer of lines; nil if nobody
// is there.
func (v *visit) talk(ctx context.Context, service string) (*textproto.Reader, func(string), func()) {
	c, err := v.dial(ctx, "tcp", v.at(service))
	if err != nil {
		return nil, nil, nil
	}
	done := until(ctx, c)
	lines := textproto.NewReader(bufio.NewReader(io.LimitReader(c, mostLine)))
	say := func(line string) { _, _ = io.WriteString(c, line+"\r\n") } // a write that fails is seen by the next read
	return lines, say, done
}

// ssh reads the greeting: it tells a server, and what runs on it.
func (v *visit) ssh(ctx context.Context) {
	ctx, cancel := v.within(ctx, 2)
	defer cancel()
	lines, _, done := v.talk(ctx, "ssh")
	if lines == nil {
		return
	}
	defer done()
	if line, err := lines.ReadLine(); err == nil && strings.HasPrefix(line, "SSH-") {
		v.host.Greeting = line
	}
}

// smtp greets a mail server and leaves, as the probe of kind smtp does.
func (v *visit) smtp(ctx context.Context) {
	ctx, cancel := v.within(ctx, 2)
	defer cancel()
	lines, say, done := v.talk(ctx, "smtp")
	if lines == nil {
		return
	}
	defer done()
	_, words, err := lines.ReadResponse(220)
	if err != nil {
		return
	}
	say("EHLO headstart.invalid")
	if _, _, err := lines.ReadResponse(250); err != nil {
		return
	}
	say("QUIT")
	v.serves(Service{Kind: "smtp", Port: v.Ports.own("smtp"), Words: words})
}

// imap reads the greeting of a mailbox server and leaves.
func (v *visit) imap(ctx context.Context) {
	ctx, cancel := v.within(ctx, 2)
	defer cancel()
	lines, say, done := v.talk(ctx, "imap")
	if lines == nil {
		return
	}
	defer done()
	line, err := lines.ReadLine()
	words, ok := strings.CutPrefix(line, "* OK")
	if err != nil || !ok {
		return
	}
	say("h1 LOGOUT")
	v.serves(Service{Kind: "imap", Port: v.Ports.own("imap"), Words: strings.TrimSpace(words)})
}

func itoa(n int) string { return strconv.Itoa(n) }

package redistest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"time"
)

// Proxy stands before a server: clients keep its address while another server takes
// over, and what one tells the other can be late, held back, lost, or torn in the middle.
type Proxy struct {
	Addr string // host:port

	mu    sync.Mutex
	to    string
	held  [2]chan struct{} // by direction: closed when bytes may pass; nil: they do
	snare *snare
	late  time.Duration
	tears [2]bool // by direction: what passes next is torn
	torn  int
	conns map[net.Conn]bool
}

// Direction is which way bytes go.
type Direction int

// To the server go commands, from it come replies.
const (
	ToServer Direction = iota
	FromServer
)

// StartProxy listens for the test's life and hands connections on to to.
func StartProxy(tb TB, to string) *Proxy {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("proxy: %v", err)
	}
	p := &Proxy{Addr: ln.Addr().String(), to: to, conns: map[net.Conn]bool{}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return // the test is over
			}
			go p.serve(conn)
		}
	}()
	tb.Cleanup(func() {
		_ = ln.Close()
		<-done
		p.Release()
		p.Cut()
	})
	return p
}

// Switch sends new connections to another server, and cuts those there are.
func (p *Proxy) Switch(to string) {
	p.mu.Lock()
	p.to = to
	p.mu.Unlock()
	p.Cut()
}

// Hold keeps back every byte from now on, until Release. What a client sent is held even
// when the client gave up waiting: the server gets it late. Only Cut loses it.
func (p *Proxy) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hold(ToServer)
	p.hold(FromServer)
}

// Snare has Hold begin with the next command that contains text, and closes caught then: the
// command itself is held, or with reached it still gets to the server, and only what the
// server answers from then on is held.
func (p *Proxy) Snare(text string, reached bool) (caught <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.snare = &snare{text: []byte(text), reached: reached, caught: make(chan struct{})}
	return p.snare.caught
}

type snare struct {
	text    []byte
	reached bool
	caught  chan struct{}
}

// Release lets bytes pass again.
func (p *Proxy) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for way, held := range p.held {
		if held != nil {
			close(held)
			p.held[way] = nil
		}
	}
}

func (p *Proxy) hold(way Direction) {
	if p.held[way] == nil {
		p.held[way] = make(chan struct{})
	}
}

// Delay has everything from now on pass so much later; zero: at once.
func (p *Proxy) Delay(late time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late = late
}

// Tear lets only the first half of what goes that way next pass, and then ends its
// connection.
func (p *Proxy) Tear(way Direction) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tears[way] = true
}

// Torn is how often that has happened.
func (p *Proxy) Torn() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.torn
}

// Cut ends all connections, and with them what is held back.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close() // it may have ended by itself
	}
}

func (p *Proxy) serve(client net.Conn) {
	p.mu.Lock()
	to := p.to
	p.mu.Unlock()
	server, err := (&net.Dialer{}).Dial("tcp", to)
	if err != nil {
		_ = client.Close() // as a server that is down answers
		return
	}
	if !p.keep(client, server) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.pass(server, client, ToServer) })
	both.Go(func() { p.pass(client, server, FromServer) })
	both.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, client)
	delete(p.conns, server)
}

// keep remembers conns so that Cut finds them; false: the target changed meanwhile.
func (p *Proxy) keep(client, server net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if server.RemoteAddr().String() != p.to {
		_ = errors.Join(client.Close(), server.Close())
		return false
	}
	p.conns[client], p.conns[server] = true, true
	return true
}

// pass copies until one side ends. What is late waits in a queue: late is not slow, and
// what comes behind it is not held up.
func (p *Proxy) pass(to, from net.Conn, way Direction) {
	defer func() { _ = errors.Join(to.Close(), from.Close()) }() // it may have ended by itself
	queue, over := make(chan piece, 1024), make(chan struct{})
	go func() {
		defer close(over)
		defer func() { _ = from.Close() }() // ends the reading when the writing did
		for next := range queue {
			if !p.hand(to, next, way) {
				return
			}
		}
	}()
	defer func() { <-over }()
	defer close(queue)
	buf := make([]byte, 256<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			select {
			case queue <- piece{slices.Clone(buf[:n]), time.Now()}:
			case <-over:
				return
			}
		}
		if err != nil { // io.EOF, or cut
			return
		}
	}
}

// piece is what came at once.
type piece struct {
	text []byte
	at   time.Time
}

// hand writes what came, or what the fate of it leaves; false: the connection ends.
func (p *Proxy) hand(to io.Writer, next piece, way Direction) bool {
	time.Sleep(time.Until(next.at.Add(p.lateness())))
	held, tear := p.fate(way, next.text)
	if held != nil {
		<-held
	}
	if tear {
		_, _ = to.Write(next.text[:len(next.text)/2]) // it ends anyway
		return false
	}
	_, err := to.Write(next.text)
	return err == nil
}

func (p *Proxy) lateness() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.late
}

// fate is what happens to what passes next.
func (p *Proxy) fate(way Direction, next []byte) (held chan struct{}, tear bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if way == ToServer {
		p.spring(next)
	}
	if tear = p.tears[way] && len(next) > 1; tear {
		p.tears[way] = false
		p.torn++
	}
	return p.held[way], tear
}

// spring closes the snare on a command that it is for.
func (p *Proxy) spring(command []byte) {
	s := p.snare
	if s == nil || !bytes.Contains(command, s.text) {
		return
	}
	p.snare = nil
	if !s.reached {
		p.hold(ToServer)
	}
	p.hold(FromServer)
	close(s.caught)
}

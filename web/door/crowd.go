package door

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// crowd caps the connections of a listener and keeps it open for whoever comes: when
// there are too many, the one that has asked nothing for longest is closed. Whoever holds
// connections open without a whole request on them closes his own, and a request that is
// being answered is never cut off. Only if all are being answered does one more wait.
type crowd struct {
	net.Listener
	most int

	mu    sync.Mutex
	conns map[*guest]struct{}
	left  chan struct{} // has room for one: a connection ended, or a request on it
	once  sync.Once
	shut  chan struct{} // closed when nobody is let in any more
}

// guest is one connection of a crowd.
type guest struct {
	net.Conn
	of *crowd

	// Of crowd.mu:
	asked int       // requests being answered
	since time.Time // when the last was answered, or it came
}

func newCrowd(l net.Listener, most int) *crowd {
	return &crowd{Listener: l, most: most, conns: map[*guest]struct{}{}, left: make(chan struct{}, 1), shut: make(chan struct{})}
}

// Accept implements net.Listener.
func (c *crowd) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	g := &guest{Conn: conn, of: c, since: time.Now()}
	for !c.enter(g) {
		select {
		case <-c.left:
		case <-c.shut:
			_ = conn.Close()
			return nil, net.ErrClosed
		}
	}
	return g, nil
}

// Close implements net.Listener.
func (c *crowd) Close() error {
	c.once.Do(func() { close(c.shut) })
	return c.Listener.Close()
}

// enter lets g in if there is room, or if one can be made.
func (c *crowd) enter(g *guest) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.conns) >= c.most {
		oldest := c.idlest()
		if oldest == nil {
			return false
		}
		delete(c.conns, oldest)
		_ = oldest.Conn.Close() // its server notices
	}
	c.conns[g] = struct{}{}
	return true
}

// idlest is the connection on which nothing has been answered for longest; nil: on all of
// them something is.
func (c *crowd) idlest() (oldest *guest) {
	for g := range c.conns {
		if g.asked == 0 && (oldest == nil || g.since.Before(oldest.since)) {
			oldest = g
		}
	}
	return oldest
}

// Close implements net.Conn.
func (g *guest) Close() error {
	err := g.Conn.Close()
	g.of.change(func() { delete(g.of.conns, g) })
	return err
}

// CloseWrite lets a server say no before it has read all, and be heard.
func (g *guest) CloseWrite() error {
	if w, ok := g.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}

// change does what changes who is idle, and tells the listener.
func (c *crowd) change(do func()) {
	c.mu.Lock()
	do()
	c.mu.Unlock()
	select {
	case c.left <- struct{}{}:
	default:
	}
}

type guestKey struct{}

// withGuest is the ConnContext of a server whose listener is a crowd.
func withGuest(ctx context.Context, conn net.Conn) context.Context {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	if g, ok := conn.(*guest); ok {
		return context.WithValue(ctx, guestKey{}, g)
	}
	return ctx
}

// answering says that a request whose headers arrived is being answered, until done.
func answering(ctx context.Context) (done func()) {
	g, ok := ctx.Value(guestKey{}).(*guest)
	if !ok {
		return func() {}
	}
	g.of.change(func() { g.asked++ })
	return func() { g.of.change(func() { g.asked--; g.since = time.Now() }) }
}

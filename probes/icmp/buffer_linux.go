package icmp

import (
	"syscall"

	"golang.org/x/net/icmp"
)

// receiveBuffer asks for a buffer of size bytes, as best it may, and returns
// what the kernel gave. Losing here is survivable: pacing covers it.
// SO_RCVBUFFORCE passes net.core.rmem_max and needs CAP_NET_ADMIN; plain
// SO_RCVBUF is capped by it.
func receiveBuffer(c *icmp.PacketConn, size int) (got int) {
	var sc syscall.Conn
	var ok bool
	if p := c.IPv4PacketConn(); p != nil {
		sc, ok = p.PacketConn.(syscall.Conn)
	} else if p := c.IPv6PacketConn(); p != nil {
		sc, ok = p.PacketConn.(syscall.Conn)
	}
	if !ok {
		return 0
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) { // fails on a closed socket only
		if syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, size) != nil {
			_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, size)
		}
		got, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF)
	})
	return got
}

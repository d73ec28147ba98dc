package icmp

import (
	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// listen opens an ICMP socket on network ("udp4", "ip4:icmp", "udp6",
// "ip6:ipv6-icmp") and returns it with the receive buffer really obtained.
func listen(network string, buffer int) (packetConn, int, error) {
	address := "0.0.0.0"
	if network == "udp6" || network == "ip6:ipv6-icmp" {
		address = "::"
	}
	c, err := icmp.ListenPacket(network, address)
	if err != nil {
		return nil, 0, err
	}
	if err := filter(c, network); err != nil {
		_ = c.Close() // the error that matters is err
		return nil, 0, err
	}
	return c, receiveBuffer(c, buffer), nil
}

// filter lets only what we wait for into a raw socket, which otherwise receives
// every ICMP packet of the host.
func filter(c *icmp.PacketConn, network string) error {
	switch network {
	case "ip4:icmp":
		var f ipv4.ICMPFilter
		f.SetAll(true)
		f.Accept(ipv4.ICMPTypeEchoReply)
		f.Accept(ipv4.ICMPTypeDestinationUnreachable)
		return c.IPv4PacketConn().SetICMPFilter(&f)
	case "ip6:ipv6-icmp":
		var f ipv6.ICMPFilter
		f.SetAll(true)
		f.Accept(ipv6.ICMPTypeEchoReply)
		f.Accept(ipv6.ICMPTypeDestinationUnreachable)
		return c.IPv6PacketConn().SetICMPFilter(&f)
	}
	return nil
}

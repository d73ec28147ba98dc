package icmp

import (
	"encoding/binary"
	"net/netip"
)

// An echo is 8 bytes of ICMP header, then nonce, serial and send time, 8 bytes
// each. The nonce tells our echoes from those of other programs, whose replies
// a raw socket receives too.
const (
	headerLen = 8
	echoLen   = headerLen + 24
)

// ICMP message types of RFC 792 and RFC 4443.
const (
	echoRequest4, echoReply4, unreachable4 = 8, 0, 3
	echoRequest6, echoReply6, unreachable6 = 128, 129, 1
)

// message is what one packet from the network says.
type message struct {
	unreachable bool
	code        int        // of unreachable
	dst         netip.Addr // of unreachable: where the echo was going
	id, seq     uint16     // of the echo
	nonce       uint64     // of a reply
	serial      uint64     // of a reply
	sentNanos   int64      // of a reply: monotonic, since the socket was opened
}

// encode writes an echo request into b, which holds echoLen bytes.
func encode(b []byte, v6 bool, id uint16, nonce, serial uint64, sentNanos int64) {
	b[0], b[1], b[2], b[3] = echoRequest4, 0, 0, 0
	if v6 {
		b[0] = echoRequest6
	}
	binary.BigEndian.PutUint16(b[4:], id)
	binary.BigEndian.PutUint16(b[6:], uint16(serial))
	binary.BigEndian.PutUint64(b[8:], nonce)
	binary.BigEndian.PutUint64(b[16:], serial)
	binary.BigEndian.PutUint64(b[24:], uint64(sentNanos))
	if !v6 { // the kernel writes that of IPv6, which covers the addresses
		binary.BigEndian.PutUint16(b[2:], checksum(b[:echoLen]))
	}
}

// decode reads a packet from the network, without IP header. Anything but an
// echo reply long enough to be ours, or an unreachable that quotes an echo
// request, is refused.
func decode(b []byte, v6 bool) (message, bool) {
	reply, unreachable := byte(echoReply4), byte(unreachable4)
	if v6 {
		reply, unreachable = echoReply6, unreachable6
	}
	switch {
	case len(b) >= echoLen && b[0] == reply && b[1] == 0:
		return message{
			id: binary.BigEndian.Uint16(b[4:]), seq: binary.BigEndian.Uint16(b[6:]),
			nonce: binary.BigEndian.Uint64(b[8:]), serial: binary.BigEndian.Uint64(b[16:]),
			sentNanos: int64(binary.BigEndian.Uint64(b[24:])),
		}, true
	case len(b) > headerLen && b[0] == unreachable:
		m, ok := decodeQuoted(b[headerLen:], v6)
		m.unreachable, m.code = true, int(b[1])
		return m, ok
	}
	return message{}, false
}

// decodeQuoted reads the packet an unreachable quotes: an IP header, and of the
// echo only the first eight bytes for sure (RFC 792), so no nonce.
func decodeQuoted(b []byte, v6 bool) (message, bool) {
	var m message
	request := byte(echoRequest4)
	if v6 {
		const ip6Len, nextICMP = 40, 58
		if len(b) < ip6Len+headerLen || b[0]>>4 != 6 || b[6] != nextICMP {
			return m, false
		}
		m.dst, _ = netip.AddrFromSlice(b[24:40])
		b, request = b[ip6Len:], echoRequest6
	} else {
		const protoICMP = 1
		if len(b) < 20 || b[0]>>4 != 4 || b[9] != protoICMP {
			return m, false
		}
		m.dst, _ = netip.AddrFromSlice(b[16:20])
		n := int(b[0]&0x0f) * 4
		if n < 20 || len(b) < n+headerLen {
			return m, false
		}
		b = b[n:]
	}
	if b[0] != request {
		return m, false
	}
	m.id, m.seq = binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:])
	return m, true
}

// checksum is the one's complement sum of RFC 1071 over an even number of bytes.
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

package handshake

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"headstart"
)

// Sizes and places of SMB2 ([MS-SMB2] 2.2.1.2, 2.2.3, 2.2.4).
const (
	smbHeader    = 64
	smbNegotiate = 36 // of the request, without dialects
	smbAnswer    = 65 // StructureSize of the response, whatever its length
	smbMost      = 64 << 10
)

// smbDialects are 2.0.2, 2.1, 3.0 and 3.0.2. 3.1.1 is left out: it asks for
// contexts, and a server that knows it knows the others.
var smbDialects = []uint16{0x0202, 0x0210, 0x0300, 0x0302}

// smbRequest is an SMB2 NEGOTIATE in a frame of direct TCP ([MS-SMB2] 2.1).
func smbRequest() []byte {
	size := smbHeader + smbNegotiate + 2*len(smbDialects)
	b := make([]byte, 4+size)
	b[2], b[3] = byte(size>>8), byte(size)
	h := b[4:]
	copy(h, "\xfeSMB")
	binary.LittleEndian.PutUint16(h[4:], smbHeader)
	binary.LittleEndian.PutUint16(h[14:], 1) // credits asked for
	n := h[smbHeader:]
	binary.LittleEndian.PutUint16(n, smbNegotiate)
	binary.LittleEndian.PutUint16(n[2:], uint16(len(smbDialects)))
	n[4] = 1 // signing enabled
	for i, d := range smbDialects {
		binary.LittleEndian.PutUint16(n[smbNegotiate+2*i:], d)
	}
	return b
}

// SMB asks a file server which dialect it would speak, and goes.
func SMB(ctx context.Context, dial Dial, address string) Answer {
	c, done, err := connect(ctx, dial, address)
	if err != nil {
		return failed(ctx, err)
	}
	defer done()
	if _, err := c.Write(smbRequest()); err != nil {
		return failed(ctx, err)
	}
	var frame [4]byte
	if _, err := io.ReadFull(c, frame[:]); err != nil {
		return failed(ctx, err)
	}
	size := int(frame[1])<<16 | int(frame[2])<<8 | int(frame[3])
	if frame[0] != 0 || size < smbHeader || size > smbMost {
		return garbled("SMB 2")
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(c, b); err != nil {
		return failed(ctx, err)
	}
	return readNegotiate(b)
}

// readNegotiate reads the response, without its frame.
func readNegotiate(b []byte) Answer {
	if len(b) < smbHeader || string(b[:4]) != "\xfeSMB" || binary.LittleEndian.Uint16(b[12:]) != 0 {
		return garbled("SMB 2")
	}
	if status := binary.LittleEndian.Uint32(b[8:]); status != 0 {
		return Answer{Verdict: headstart.Down, Reason: fmt.Sprintf("it refuses to negotiate: NT status %#08x", status)}
	}
	body := b[smbHeader:]
	if len(body) < 6 || binary.LittleEndian.Uint16(body) != smbAnswer {
		return garbled("SMB 2")
	}
	dialect := binary.LittleEndian.Uint16(body[4:])
	return Answer{Verdict: headstart.OK, Reason: fmt.Sprintf("serves files, SMB %s", version(byte(dialect>>8), byte(dialect>>4)&15))}
}

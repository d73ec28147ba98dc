package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// bbolt reads its file through a memory map and trusts it: a page that is cut off or
// overwritten ends the program while it opens, on a goroutine where nobody can catch
// it. So the file is read as plain bytes first. Its format: bbolt's internal/common,
// version 2, in the byte order of the machine.
const (
	pageHeader  = 16 // id uint64, flags uint16, count uint16, overflow uint32
	pageElement = 16 // of a branch: pos, ksize uint32, id uint64; of a leaf: flags, pos, ksize, vsize uint32
	branchPage  = 0x01
	leafPage    = 0x02
	bucketLeaf  = 0x01
	metaMagic   = 0xED0CDAED
	metaLen     = 64 // magic, version, page size, flags uint32, root, sequence, freelist, pages, transaction, checksum uint64

	// mostPage bounds one page with its overflow, in bytes, and deepest the levels of
	// a tree: nothing we store comes near.
	mostPage = 256 << 20
	deepest  = 64
)

// inspect reads everything a file of bbolt holds and reports the first thing that bbolt
// could not have written, as ErrDamaged. An empty file is a new one.
func inspect(name string) error {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	return inspectFile(f, info.Size())
}

func inspectFile(f io.ReaderAt, size int64) error {
	meta, err := newestMeta(f, size)
	if err != nil {
		return err
	}
	i := &inspection{file: f, size: size, page: int64(meta.page), pages: meta.pages, seen: map[uint64]bool{}}
	return i.tree(meta.root, 0)
}

// fileMeta is what a meta page says.
type fileMeta struct {
	page               uint32
	root, pages, txnum uint64
}

// newestMeta finds the newer of the two meta pages that is whole.
func newestMeta(f io.ReaderAt, size int64) (newest fileMeta, err error) {
	found := false
	look := func(at int64) (m fileMeta, ok bool) {
		b := make([]byte, pageHeader+metaLen)
		if _, err := f.ReadAt(b, at); err != nil {
			return m, false
		}
		if m, ok = readMeta(b[pageHeader:]); ok && (!found || m.txnum > newest.txnum) {
			newest, found = m, true
		}
		return m, ok
	}
	if m, ok := look(0); ok {
		look(int64(m.page))
	} else { // the second one stands where the first would say
		for page := int64(1 << 9); page <= 1<<16 && page < size; page <<= 1 {
			look(page)
		}
	}
	if !found {
		return newest, fmt.Errorf("%w: neither of its two first pages is whole", ErrDamaged)
	}
	return newest, nil
}

func readMeta(b []byte) (m fileMeta, ok bool) {
	e := binary.NativeEndian
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaLen-8])
	m = fileMeta{page: e.Uint32(b[8:]), root: e.Uint64(b[16:]), pages: e.Uint64(b[40:]), txnum: e.Uint64(b[48:])}
	size := m.page
	return m, e.Uint32(b) == metaMagic && e.Uint64(b[56:]) == sum.Sum64() && size >= 1<<9 && size <= 1<<16 && size&(size-1) == 0
}

// inspection walks a file.
type inspection struct {
	file       io.ReaderAt
	size, page int64
	pages      uint64 // none from here on are in use
	seen       map[uint64]bool
	room       [][]byte // by depth: a page is read where the last one as deep stood
}

func (i *inspection) bad(id uint64, what string) error {
	return fmt.Errorf("%w: page %d %s", ErrDamaged, id, what)
}

// tree reads the page id and all below it.
func (i *inspection) tree(id uint64, depth int) error {
	b, err := i.load(id, depth)
	if err != nil {
		return err
	}
	return i.content(id, b, depth)
}

// load reads a page with its overflow. It stands until another one as deep is read.
func (i *inspection) load(id uint64, depth int) ([]byte, error) {
	switch {
	case depth > deepest:
		return nil, i.bad(id, "is too deep")
	case id < 2 || id >= i.pages || int64(id) > i.size/i.page: //nolint:gosec // i.pages was checked against the size below
		return nil, i.bad(id, "is beyond the end")
	case i.seen[id]:
		return nil, i.bad(id, "is used twice")
	}
	i.seen[id] = true
	at := int64(id) * i.page //nolint:gosec // at most the size
	b := i.roomAt(depth, i.page)
	n, err := i.file.ReadAt(b, at)
	if n < pageHeader {
		return nil, i.bad(id, "is cut off")
	}
	e := binary.NativeEndian
	length := (int64(e.Uint32(b[12:])) + 1) * i.page
	switch {
	case e.Uint64(b) != id:
		return nil, i.bad(id, "says that it is another one")
	case length > mostPage || at+length > i.size:
		return nil, i.bad(id, "is cut off")
	}
	if err == nil && length > i.page {
		b = i.roomAt(depth, length)
		_, err = i.file.ReadAt(b, at)
	}
	if err != nil {
		return nil, fmt.Errorf("read page %d: %w", id, err)
	}
	return b, nil
}

// roomAt is for a page of so many bytes: a file has a hundred thousand, and nobody looks at
// one again.
func (i *inspection) roomAt(depth int, length int64) []byte {
	for len(i.room) <= depth {
		i.room = append(i.room, nil)
	}
	if int64(cap(i.room[depth])) < length {
		i.room[depth] = make([]byte, length)
	}
	return i.room[depth][:length]
}

// content reads what stands on a page, or in a bucket that is so small that it stands
// in the page of its parent.
func (i *inspection) content(id uint64, b []byte, depth int) error {
	e := binary.NativeEndian
	flags, count := e.Uint16(b[8:]), int(e.Uint16(b[10:]))
	if flags != branchPage && flags != leafPage || pageHeader+count*pageElement > len(b) {
		return i.bad(id, "is neither branch nor leaf")
	}
	if flags == branchPage && count == 0 {
		return i.bad(id, "is an empty branch")
	}
	var last []byte
	for n := range count {
		at := pageHeader + n*pageElement
		key, err := i.element(id, b, at, flags == branchPage, depth)
		if err != nil {
			return err
		}
		if n > 0 && bytes.Compare(last, key) >= 0 {
			return i.bad(id, "has its keys in the wrong order")
		}
		last = key
	}
	return nil
}

// element reads one entry of a page and returns its key.
func (i *inspection) element(id uint64, b []byte, at int, branch bool, depth int) ([]byte, error) {
	e := binary.NativeEndian
	flags, pos, klen, vlen := uint32(0), e.Uint32(b[at:]), e.Uint32(b[at+4:]), uint32(0)
	if !branch {
		flags, pos, klen, vlen = e.Uint32(b[at:]), e.Uint32(b[at+4:]), e.Uint32(b[at+8:]), e.Uint32(b[at+12:])
	}
	from := int64(at) + int64(pos)
	if from+int64(klen)+int64(vlen) > int64(len(b)) {
		return nil, i.bad(id, "has an entry that leads out of it")
	}
	key := b[from : from+int64(klen)]
	if branch {
		return key, i.tree(e.Uint64(b[at+8:]), depth+1)
	}
	if flags&bucketLeaf == 0 {
		return key, nil
	}
	val := b[from+int64(klen) : from+int64(klen)+int64(vlen)]
	switch {
	case len(val) < 16:
		return nil, i.bad(id, "has a bucket that is cut off")
	case e.Uint64(val) != 0:
		return key, i.tree(e.Uint64(val), depth+1)
	case len(val) < 16+pageHeader || depth >= deepest:
		return nil, i.bad(id, "has a bucket that is cut off")
	}
	return key, i.content(id, val[16:], depth+1)
}

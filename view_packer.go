package headstart

import (
	"encoding/binary"
	"strings"
	"time"
)

// packer goes over the fields of a row, in one order for whatever is done with them: what
// was written is what is read.
type packer struct {
	does  task
	words *lexicon
	b     []byte    // written so far
	from  packedRow // left to be read
}

type task uint8

const (
	writing task = iota
	reading
	passing  // nobody asks what it says, but for flags and counts
	dropping // the row is no more: so are its uses of words
)

// number is one of any sign; small ones are short.
func number[T ~int | ~int64](p *packer, x *T) {
	if p.does == writing {
		p.b = binary.AppendVarint(p.b, int64(*x))
		return
	}
	u := p.next()
	if *x = T(u >> 1); u&1 != 0 {
		*x = ^*x
	}
}

// count is one that is not negative.
func count[T ~int | ~uint64](p *packer, x *T) {
	if p.does == writing {
		p.b = binary.AppendUvarint(p.b, uint64(*x))
		return
	}
	*x = T(p.next())
}

// next reads a number as binary.AppendUvarint wrote it.
func (p *packer) next() (x uint64) {
	for n := range binary.MaxVarintLen64 {
		c := p.from[n]
		x |= uint64(c&0x7f) << (7 * n)
		if c < 0x80 {
			p.from = p.from[n+1:]
			return x
		}
	}
	panic("headstart: a packed row is torn")
}

// flags are up to eight.
func (p *packer) flags(all ...*bool) {
	if p.does == writing {
		var set byte
		for n, x := range all {
			if *x {
				set |= 1 << n
			}
		}
		p.b = append(p.b, set)
		return
	}
	set := p.from[0]
	p.from = p.from[1:]
	for n, x := range all {
		*x = set&(1<<n) != 0
	}
}

// literal is a text that no other row says.
func literal[T ~string](p *packer, s *T) {
	n := len(*s)
	count(p, &n)
	if p.does == writing {
		p.b = append(p.b, *s...)
		return
	}
	*s, p.from = T(p.from[:n]), p.from[n:]
}

// word is a text that other rows say too.
func word[T ~string](p *packer, s *T) {
	switch p.does {
	case writing:
		n := uint64(0)
		if *s != "" {
			n = uint64(p.words.take(string(*s))) + 1
		}
		p.b = binary.AppendUvarint(p.b, n)
	case reading:
		if n := p.next(); n > 0 {
			*s = T(p.words.texts[n-1].text)
		}
	case passing:
		p.next()
	case dropping:
		if n := p.next(); n > 0 {
			p.words.drop(uint32(n - 1)) //nolint:gosec // it was written from one
		}
	}
}

// phrase is two words with a slash between them, as in the key of a problem; or one.
func phrase[T ~string](p *packer, s *T) {
	a, b, two := strings.Cut(string(*s), "/")
	p.flags(&two)
	word(p, &a)
	if !two {
		*s = T(a)
		return
	}
	if word(p, &b); p.does == reading {
		*s = T(a + "/" + b)
	}
}

// size is how many there are of something, and whether it is there at all.
func (p *packer) size(n int, there bool) (int, bool) {
	if there {
		n++
	}
	count(p, &n)
	return n - 1, n > 0
}

// list is a list of what each goes over; nil stays nil.
func list[T any](p *packer, x *[]T, each func(*packer, *T)) {
	n, there := p.size(len(*x), *x != nil)
	if !there {
		return
	}
	if p.does == passing || p.does == dropping {
		for range n {
			var gone T
			each(p, &gone)
		}
		return
	}
	if p.does == reading {
		*x = make([]T, n)
	}
	for i := range *x {
		each(p, &(*x)[i])
	}
}

// mapping is a map from words; nil stays nil.
func mapping[T any](p *packer, x *map[string]T, each func(*packer, *T)) {
	n, there := p.size(len(*x), *x != nil)
	if !there {
		return
	}
	if p.does == writing {
		for k, v := range *x {
			word(p, &k)
			each(p, &v)
		}
		return
	}
	if p.does == reading {
		*x = make(map[string]T, n)
	}
	var k string
	var v, none T
	for range n {
		k, v = "", none
		word(p, &k)
		if each(p, &v); p.does == reading {
			(*x)[k] = v
		}
	}
}

// pointed is what may be nil.
func pointed[T any](p *packer, x **T, each func(*packer, *T)) {
	there := *x != nil
	if p.flags(&there); !there {
		return
	}
	if *x == nil {
		*x = new(T)
	}
	each(p, *x)
}

// lately is about when rows are written, in Unix milliseconds: times since then are short
// numbers.
const lately = 1_790_000_000_000

// moment is a time in UTC, as rows tell them: nearly always one of the log, which counts in
// milliseconds.
func (p *packer) moment(t *time.Time) {
	const there, finer = 1, 2
	var at, rest int64
	if p.does == writing && !t.IsZero() {
		at = (t.UnixMilli()-lately)<<2 | there
		if rest = int64(t.Nanosecond() % 1e6); rest != 0 {
			at |= finer
		}
	}
	if number(p, &at); at&finer != 0 {
		number(p, &rest)
	}
	if p.does == reading && at&there != 0 {
		*t = time.UnixMilli(at>>2 + lately).Add(time.Duration(rest)).UTC()
	}
}

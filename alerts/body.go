package alerts

import (
	"cmp"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"unsafe"
)

// readBody returns the body if it is of the right kind and size; of says what it holds.
func readBody(w http.ResponseWriter, r *http.Request, of string) (string, *schemaError) {
	b, err := readInto(nil, w, r, of)
	return textOf(b), err
}

// read is readBody for alerts. The text lies in the room: once that is left, the next request
// is read over it. A repeat leaves nothing behind, and what it was read into would be nearly
// all of its garbage.
func (r *room) read(w http.ResponseWriter, req *http.Request) (string, *schemaError) {
	b, err := readInto(r.body[:0], w, req, "alerts")
	r.body = b
	return textOf(b), err
}

// textOf is b as a string without a copy: nobody may write to b while somebody has it.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// readInto reads the body behind what is in b, which is empty, and returns it even if it is refused.
func readInto(b []byte, w http.ResponseWriter, r *http.Request, of string) ([]byte, *schemaError) {
	b = slices.Grow(b, int(min(max(r.ContentLength, 512), MaxBody))+1) // one more, to find its end
	for body := http.MaxBytesReader(w, r.Body, MaxBody); ; {
		n, err := body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			break
		}
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			return b, &schemaError{http.StatusRequestEntityTooLarge, "the body is larger than 8 MiB; send less in one request"}
		}
		if err != nil {
			return b, malformed(err)
		}
		if len(b) == cap(b) {
			b = slices.Grow(b, len(b))
		}
	}
	if len(b) == 0 {
		return b, &schemaError{codeRequired, of + " in body is required"}
	}
	header := cmp.Or(r.Header.Get("Content-Type"), "application/octet-stream")
	if kind, _, _ := mime.ParseMediaType(header); kind != "application/json" {
		return b, &schemaError{http.StatusUnsupportedMediaType, `unsupported media type "` + header + `", only [application/json] are allowed`}
	}
	return b, nil
}

package blackbox

import (
	"encoding/pem"
	"net/http/httptest"
)

// pemOf returns the certificate of s as a CA file holds it.
func pemOf(s *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

package issuer

import (
	"encoding/json"
	"strings"
	"testing"
)

// Whatever an issuer sends, a person has a name that breaks no line and groups that are
// names.
func FuzzPerson(f *testing.F) {
	f.Add(`{"sub":"s","preferred_username":"fatima","groups":["a","b"]}`, "groups")
	f.Add(`{"sub":"s","realm_access":{"roles":["a"]}}`, "realm_access.roles")
	f.Add(`{"sub":"s","email":"a\\u202eb","groups":{"a":1},"_claim_names":{"groups":"src"}}`, "")
	f.Fuzz(func(t *testing.T, token, claim string) {
		claims := map[string]json.RawMessage{}
		if json.Unmarshal([]byte(token), &claims) != nil {
			return
		}
		p := New(Options{GroupsClaim: claim}).person(claims)
		if p.Name == "" || len(p.Name) > mostName || strings.ContainsAny(p.Name, "\n\r\t :\u202e") {
			t.Errorf("name %q", p.Name)
		}
		if len(p.Groups) > 0 && !p.HasGroups {
			t.Errorf("groups %v of a claim that is not there", p.Groups)
		}
	})
}

package notify

import (
	"errors"
	"strings"
	"testing"
	"time"

	"headstart"
)

// What a mail server says of a user's address stays out of the log; of an address that
// the operator configured it is worth knowing.
func TestAddressesOfUsersAreNotLogged(t *testing.T) {
	err := errors.New("550 5.1.1 <z.oranje@planten.voorbeeld.example>: user unknown")
	for plane, kept := range map[headstart.Plane]bool{headstart.PlaneTickets: false, headstart.PlaneUsers: true} {
		d := outcome(&item{id: "k", notice: &headstart.Notice{Plane: plane}, place: &place{}}, nil, err, time.Now()).delivery
		if strings.Contains(d.Err, "oranje") != kept || !strings.Contains(d.Err, "user unknown") {
			t.Errorf("%s: the log says %q", plane, d.Err)
		}
	}
}

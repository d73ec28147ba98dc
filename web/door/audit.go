package door

import (
	"context"
	"net/http"
	"time"

	"headstart"
)

// recordWait is how long a log-in waits for its line in the audit log, at most: who
// repairs the store must be able to log in while it is down.
const recordWait = 2 * time.Second

// failuresRecorded is how many failed log-ins are taken down at once, and one a minute
// from then on: an attacker must not fill the log. The service's own log has them all.
const failuresRecorded = 20

// record takes an act down in the audit log. One that cannot be is an error in the
// service's own log, and no reason to refuse it.
func (d *Door) record(ctx context.Context, by, kind, on string, done bool) {
	if d.opts.Record == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWait)
	defer cancel()
	err := d.opts.Record(ctx, headstart.Command{ID: "door-" + token(12), By: by, Do: "act", Kind: kind, Ref: on, Value: &done})
	if err != nil {
		d.logger.Error("act not in the audit log", "act", kind, "subject", by, "err", err)
	}
}

// failedLogin takes down an attempt that did not come in, and from where. name is what
// was typed: it stands there only if an account has it, for people type passwords in
// the wrong field.
func (d *Door) failedLogin(r *http.Request, name string) {
	v := visitOf(r)
	if _, known := v.guard.users[name]; !known {
		name = ""
	}
	if d.failures.AllowN(d.now(), 1) {
		d.record(r.Context(), name, "login-failed", network(v.from.addr), false)
	}
}

// recorded takes down what rt does, when it was let in; whole: its handler came to its
// end.
func (d *Door) recorded(rt headstart.Route, w http.ResponseWriter, r *http.Request, whole bool) {
	a, ok := w.(*answer)
	if rt.Act == "" || !ok {
		return
	}
	d.record(r.Context(), headstart.IdentityFrom(r.Context()).Name, rt.Act, r.PathValue("name"), whole && a.status < http.StatusBadRequest)
}

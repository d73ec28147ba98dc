package door

import "net/http"

// failedLogin takes down an attempt that did not come in.
func (d *Door) failedLogin(r *http.Request, by, name string) {}

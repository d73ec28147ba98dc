package notify

import "context"
import "headstart"

type Operators struct{}

func (*Operators) Names() []string { return nil }
func newReceiverPlace(o *Operators, name string) *place {
	return &place{name: name, send: func(context.Context, *headstart.Notice, Handle) (Handle, error) { return nil, nil }}
}

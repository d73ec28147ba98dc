// Package demo is an invented organisation on an ordinary Monday: its buildings, its
// devices, which fail and recover, and its people, who write tickets and call.
//
// It knows the service only from outside: what it has to say goes over loopback, as
// Prometheus, a site agent and a ticket system say it, and what comes of that it reads
// as any reader does. So what is shown is what the product decides, and the same
// organisation loads any other service on this machine.
//
// The same seed tells the same story. The clock is the demonstration's own (Clock): it
// stamps the log, runs as many times faster as asked for, and waits for whoever lives by
// it, so that a slow machine makes the story longer and never different.
package demo

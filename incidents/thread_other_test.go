//go:build !linux

package incidents

import "time"

var began = time.Now()

// threadTime is the clock's where no thread is asked for its own.
func threadTime() time.Duration { return time.Since(began) }

func processTime() time.Duration { return time.Since(began) }

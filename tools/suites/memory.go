package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// shared is where Linux has a file system in memory.
const shared = "/dev/shm"

// roomy is the least that must be free there. All suites write less than a tenth of it.
const roomy = 8 << 30

// inMemory returns a folder in memory for what tests write, and what removes it. It is
// empty where there is no room, or where no program may run, as in many a container.
//
// Tests sync files thousands of times, and on a busy disk wait for that more than for
// anything else. They lose nothing by it: what they prove is what is left when a process
// is killed, and a killed process leaves on disk and in memory the same. What is left
// when the power fails no test here can tell.
func inMemory() (folder string, remove func()) {
	none := func() {}
	var room syscall.Statfs_t
	if err := syscall.Statfs(shared, &room); err != nil || int64(room.Bavail)*int64(room.Bsize) < roomy {
		return "", none
	}
	folder, err := os.MkdirTemp(shared, "suites-")
	if err != nil {
		return "", none
	}
	remove = func() { _ = os.RemoveAll(folder) } // what is left of it the next start of the machine removes
	// As in /tmp, a server that a test starts as another user reaches its own folder.
	if err := os.Chmod(folder, 0o755); err != nil || !runs(folder) {
		remove()
		return "", none
	}
	return folder, remove
}

// runs reports whether a program in folder may run.
func runs(folder string) bool {
	name := filepath.Join(folder, "runs")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"), 0o700); err != nil {
		return false
	}
	defer func() { _ = os.Remove(name) }()
	return exec.Command(name).Run() == nil
}

// Package exports writes what retention is about to delete into files first
// (retention.export_dir): incidents with their messages and timeline, the messages of
// planned work, and which tickets were linked to what.
//
// Nothing of these is deleted before it stands in a file that is whole and on disk: the
// engine deletes only what the log says was written, as it was written, and this package
// says so only after the file has its name and its folder was synced. Killed at any point
// it writes again what the log does not name yet, under another name: twice is harmless,
// since each line has its id. No file is ever changed or replaced.
//
// Texts of tickets, who reported them and who did what never get into a file.
package exports

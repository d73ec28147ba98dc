// Package knownerrors takes known errors in and out as files, CSV and Markdown, and looks
// whether the articles they name are still there.
//
// A file proposes: Compare says what reading it would change, and nothing is changed
// before a person said so (ruling 44). What is written can be read again: it comes back
// as it was, but for space around words.
package knownerrors

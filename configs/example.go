package configs

import _ "embed"

// Example is a headstart.yml to begin with, explained; docs/configuration.md has every key.
//
//go:embed example.yml
var Example string

package configs

import _ "embed"

// Example is headstart.yml with every key this version honours, explained.
//
//go:embed example.yml
var Example string

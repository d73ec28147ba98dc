package configs

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// remedyFor says what to write instead of an unknown key: the nearest known key
// beside it, which it returns too, else where that very key belongs, else what is
// known here.
func remedyFor(key, path string, known map[string]reflect.Type) (text, near string) {
	names := slices.Sorted(maps.Keys(known))
	if near = nearest(key, names); near != "" {
		return "did you mean " + quote(near) + "?", near
	}
	if home := homeOf(key, reflect.TypeFor[Config](), "", 0); home != "" && home != path {
		return "it belongs under " + home, ""
	}
	if len(names) > 12 {
		return "`headstart config show --example` prints every key", ""
	}
	return "known here: " + strings.Join(names, ", "), ""
}

// homeOf returns the first path at which key is known, "" if none.
func homeOf(key string, t reflect.Type, path string, depth int) string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || depth > 4 || !ours(t) {
		return ""
	}
	known := keysOf(t)
	if _, ok := known[key]; ok && path != "" {
		return path
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if home := homeOf(key, known[name], join(path, name), depth+1); home != "" {
			return home
		}
	}
	return ""
}

// nearest returns the name word was probably meant to be, or "". Up to a third
// of its letters may differ, and at least two.
func nearest(word string, names []string) string {
	if len(word) > 64 { // not a slip of the finger
		return ""
	}
	best, at := "", max(2, len(word)/3)+1
	for _, name := range names {
		if d := distance(strings.ToLower(word), strings.ToLower(name)); d < at && d < len(name) {
			best, at = name, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap between a and b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, row := make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		next := make([]int, len(t)+1)
		next[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			next[j+1] = min(next[j]+1, row[j+1]+1, row[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(t)]
}

func quote(s string) string { return `"` + s + `"` }

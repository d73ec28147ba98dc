#!/usr/bin/env bash
# Builds alertmanager and amtool of the version we link, for comparison, and
# prints the folder they are in. Its module lacks the web pages its code embeds,
# so `go install` fails: an empty page in a copy of the module is enough.
set -euo pipefail

version=${1:-0.34.2}
module=github.com/prometheus/alertmanager
out="${XDG_CACHE_HOME:-$HOME/.cache}/headstart/alertmanager-$version"

if [ ! -x "$out/alertmanager" ] || [ ! -x "$out/amtool" ]; then
	dir=$(cd / && GOFLAGS=-mod=mod go mod download -json "$module@v$version" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	cp -R "$dir/." "$work"
	chmod -R u+w "$work"
	mkdir -p "$work/ui/app/dist" "$out"
	: >"$work/ui/app/dist/index.html"
	for program in alertmanager amtool; do
		(cd "$work" && go build -ldflags "-X github.com/prometheus/common/version.Version=$version" -o "$out/$program.new" "./cmd/$program") >&2
		mv "$out/$program.new" "$out/$program"
	done
fi
echo "$out"

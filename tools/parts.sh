#!/usr/bin/env bash
# The real parts the suites run against. An absent part is installed where that
# is allowed (root, and CI or FORCE set); elsewhere it is named and we fail:
# a suite that quietly runs without its part proves nothing.
set -euo pipefail

# command, or a file, and the Debian package that brings it; dma keeps Request
# Tracker from bringing a mail server that listens
parts=(
	redis-server:redis-server
	redis-cli:redis-tools
	redis-benchmark:redis-tools
	prometheus:prometheus
	promtool:prometheus
	prometheus-alertmanager:prometheus-alertmanager
	amtool:prometheus-alertmanager
	fping:fping
	chromium:chromium
	ip:iproute2
	cupsd:cups-daemon
	lpadmin:cups-client
	ippeveprinter:cups-ipp-utils
	snmpd:snmpd
	/usr/sbin/dovecot:dovecot-core
	/usr/lib/dovecot/imap:dovecot-imapd
	dbus-daemon:dbus-daemon
	dma:dma
	/usr/share/request-tracker5/libexec/rt-server:request-tracker5
	/usr/share/doc/rt5-db-sqlite/copyright:rt5-db-sqlite
	/usr/share/perl5/Plack/Handler/Starlet.pm:rt5-standalone
)

# What only make long needs comes as arguments, written the same way.
parts+=("$@")

missing() {
	local part
	for part in "${parts[@]}"; do
		[ -e "${part%%:*}" ] || PATH="$PATH:/usr/sbin:/sbin" command -v "${part%%:*}" >/dev/null || echo "${part##*:}"
	done | sort -u
}

# Debian starts a daemon it installs, on the port the tests' own copies or an
# operator's may want. policy-rc.d is Debian's way to say no.
install() {
	local policy=/usr/sbin/policy-rc.d made=no
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=yes
	fi
	# Tests make databases of their own; nobody is there to answer questions.
	if command -v debconf-set-selections >/dev/null; then
		debconf-set-selections <<-'ANSWERS'
			request-tracker5 request-tracker5/dbconfig-install boolean false
			request-tracker5 request-tracker5/install-cronjobs boolean false
			request-tracker5 request-tracker5/handle-siteconfig-permissions boolean false
		ANSWERS
	fi
	local status=0
	{ apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } >&2 || status=$?
	[ "$made" = no ] || rm -f "$policy"
	if [ -d /run/systemd/system ]; then
		local unit
		for unit in "$@"; do systemctl disable --quiet "$unit" 2>/dev/null || true; done
	fi
	return "$status"
}

mapfile -t absent < <(missing)
if [ "${#absent[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && [ -n "${CI:-}${FORCE:-}" ] && command -v apt-get >/dev/null; then
	echo "installing ${absent[*]}"
	install "${absent[@]}" || true
	mapfile -t absent < <(missing)
fi
if [ "${#absent[@]}" -gt 0 ]; then
	echo "missing: ${absent[*]}" >&2
	echo "install them with: apt-get install --no-install-recommends ${absent[*]}" >&2
	echo "or run as root with FORCE=1 and this script does it" >&2
	exit 1
fi

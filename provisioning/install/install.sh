#!/bin/sh
# Makes a kiosk, a centre or both of a running Debian or Raspberry Pi OS, offline, from the folder it lies in:
#
#     sudo sh install.sh kiosk|centre|broker ...
#
# Installs the package (see testigo-update beside this) and lets its units start at each boot; a kiosk that was not
# enrolled yet stays off. A broker has mosquitto's own unit and only needs the programs. Can be repeated. Exit status: as testigo-update.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
key=/etc/testigo/updates.pem

say() { echo "install.sh: $1" >&2; }

[ $# -gt 0 ] || { say 'say what this machine is to be: kiosk, centre, broker, or several of them'; exit 2; }
units=
for role in "$@"; do
	case $role in
	kiosk) units="$units testigo.target" ;;
	centre) units="$units testigo-central.service" ;;
	broker) ;;
	*) say "$role is neither kiosk, centre nor broker"; exit 2 ;;
	esac
done
[ "$(id -u)" = 0 ] || { say 'only root can install: run it with sudo'; exit 3; }

if [ ! -f "$key" ]; then
	[ -f "$folder/updates.pem" ] || { say "$folder/updates.pem is missing"; exit 1; }
	install -D -m 644 "$folder/updates.pem" "$key"
	# The first time there is nothing to hold the key against but paper.
	say "updates are taken from the key $(openssl pkey -pubin -in "$key" -outform DER | sha256sum | cut -c1-64)"
elif ! cmp -s "$folder/updates.pem" "$key"; then
	say "this stick is signed with another key than $key: it is not for this machine"
	exit 1
fi
sh "$folder/testigo-update" "$folder" || exit $?
# shellcheck disable=SC2086
[ -z "$units" ] || systemctl --quiet enable $units
say "installed; next: enrol it, and put its settings into /etc/testigo (README.md)"

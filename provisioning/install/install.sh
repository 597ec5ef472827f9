#!/bin/sh
# Makes a kiosk, a centre or both of a running Debian or Raspberry Pi OS, offline, from the folder that make-stick wrote:
#
#     sudo sh install.sh kiosk|centre|broker ... [--from FOLDER] [--key LETTERS]
#
# FOLDER is the one that this file lies in, unless it says so. Installs the package (see testigo-update beside this) and
# lets its units start at each boot; a kiosk that was not enrolled yet stays off. A broker has mosquitto's own unit and
# only needs the programs. Can be repeated. Exit status: as testigo-update.
#
# The first time there is nothing to hold the stick against but paper: the digest of this file, compared by a tool of
# the system before it is run (README.md), and here the key's 64 letters, which a script gives with --key. A key is kept
# for updates only after all that was signed with it holds and somebody has said yes.
set -eu
umask 022
PATH=/usr/sbin:/usr/bin:/sbin:/bin
folder=$(cd "$(dirname "$0")" && pwd)
key=/etc/testigo/updates.pem

say() { echo "install.sh: $1" >&2; }
refuse() { say "$1"; exit 1; }
wrongly() { say "$1"; exit 2; }

roles='' units='' told=''
while [ $# -gt 0 ]; do
	case $1 in
	kiosk) roles=1 units="$units testigo.target" ;;
	centre) roles=1 units="$units testigo-central.service testigo-board.service testigo-publish.service" ;;
	broker) roles=1 ;;
	--from | --key)
		[ $# -ge 2 ] || wrongly "$1 takes a value"
		if [ "$1" = --from ]; then folder=$2; else told=$2; fi
		shift
		;;
	*) wrongly "$1 is neither kiosk, centre nor broker" ;;
	esac
	shift
done
[ -n "$roles" ] || wrongly 'say what this machine is to be: kiosk, centre, broker, or several of them'
[ "$(id -u)" = 0 ] || { say 'only root can install: run it with sudo'; exit 3; }

# What is looked at, and what is run and kept, is one copy: a stick can give other bytes at each reading.
copy=$(mktemp -d) || { say 'no copy can be made'; exit 3; }
trap 'rm -rf "$copy"' EXIT
trap 'exit 3' HUP INT TERM
for name in updates.pem SHA256SUMS SHA256SUMS.sig testigo-update; do
	[ -f "$folder/$name" ] || refuse "$folder/$name is missing"
	head -c 65537 "$folder/$name" >"$copy/$name" || { say "$folder/$name could not be copied"; exit 3; }
	[ "$(wc -c <"$copy/$name")" -le 65536 ] || refuse "$folder/$name is larger than 65536 bytes"
done
digest_of_key() { openssl pkey -pubin -in "$1" -outform DER 2>/dev/null | sha256sum | cut -c1-64; }
letters=$(digest_of_key "$copy/updates.pem")
[ ! -f "$key" ] || [ "$(digest_of_key "$key")" = "$letters" ] ||
	refuse "this stick is signed with another key than $key: it is not for this machine"
openssl pkey -pubin -in "$copy/updates.pem" -noout -text 2>/dev/null | grep -q ^ED25519 ||
	refuse "$folder/updates.pem is no Ed25519 public key: take the stick back to where it was made"
openssl pkeyutl -verify -pubin -inkey "$copy/updates.pem" -rawin -in "$copy/SHA256SUMS" -sigfile "$copy/SHA256SUMS.sig" >/dev/null 2>&1 ||
	refuse "$folder/SHA256SUMS is not signed with its key: take the stick back to where it was made"
(cd "$copy" && grep -x '[0-9a-f]\{64\}  testigo-update' SHA256SUMS | sha256sum --check --status 2>/dev/null) ||
	refuse "$folder/testigo-update is damaged: its digest is not the signed one"

if [ ! -f "$key" ]; then
	if [ -n "$told" ]; then
		[ "$told" = "$letters" ] || refuse "the key of this stick is $letters, and not $told: nothing was installed"
	else
		[ -t 0 ] || wrongly "nobody here to compare the key's letters: give them with --key"
		printf '\n    %s\n\nAre these the 64 letters of the key on your paper? sí/no ' "$letters" >&2
		read -r answer || answer=
		case $answer in
		[sS]í | [sS]Í | [sS][iI] | [yY][eE][sS]) ;;
		*) refuse 'nothing was installed' ;;
		esac
	fi
	# Whole or not at all: half a key would refuse every stick from then on.
	install -D -m 644 "$copy/updates.pem" "$key.new"
	sync "$key.new"
	mv "$key.new" "$key"
fi
sh "$copy/testigo-update" "$folder" || exit $?
# shellcheck disable=SC2086
[ -z "$units" ] || systemctl --quiet enable $units
say "installed; next: enrol it, and put its settings into /etc/testigo (README.md)"

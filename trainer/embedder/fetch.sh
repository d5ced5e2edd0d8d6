#!/bin/sh
# Unpacks the packages of packages.txt into FOLDER (nothing is installed): sh trainer/embedder/fetch.sh FOLDER
# A mirror that no longer has a version gives the one it has, and says so.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && cd "$1"
grep -v '^#' "$here/packages.txt" | while IFS="$(printf '\t')" read -r name _ version; do
	[ -d "$name" ] && continue
	apt-get download -q "$name=$version" >/dev/null 2>&1 || { echo "$name: another version than $version" >&2 && apt-get download -q "$name" >/dev/null; }
	dpkg -x "$name"_*.deb "$name.new" && mv "$name.new" "$name"
done
rm -f ./*.deb

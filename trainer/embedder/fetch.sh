#!/bin/sh
# Unpacks the packages of packages.txt into FOLDER (nothing is installed): sh trainer/embedder/fetch.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && cd "$1"
grep -v '^#' "$here/packages.txt" | cut -f1 | while read -r name; do
	[ -d "$name" ] && continue
	apt-get download -q "$name" >/dev/null && dpkg -x "$name"_*.deb "$name.new" && mv "$name.new" "$name"
done
rm -f ./*.deb

#!/bin/sh
# get CERT KEY CA URL: writes what the address names to standard output.
set -eu
if [ "$1" = help ]; then
  echo "shelf $# words: give me to 'helm repo add'"
  exit
fi
[ $# -eq 5 ] || { echo "expected 5 words, got $#" >&2; exit 9; }
path=/${5#shel*://*/}
[ -f "$path" ] || { echo "shelf: nothing at $path ($HELM_PLUGIN_NAME)" >&2; exit 4; }
cat "$path"

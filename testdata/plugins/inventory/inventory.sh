#!/bin/sh
# Calls back the Helm that runs it, for every chart that is named.
set -eu
[ "$1" = list ] || { echo "unexpected first word: $1" >&2; exit 9; }
shift
status=0
while [ $# -gt 0 ]; do
  case $1 in
    --exit) status=$2; shift 2 ;;
    --settings) env | sed -n 's/^\(HELM_[A-Z_]*\|TILLER_[A-Z]*\)=/\1 /p' | grep -v '^HELM_BIN ' | sort; shift ;;
    -*) echo "unknown option: $1" >&2; exit 2 ;;
    *)
      "$HELM_BIN" inspect chart "$1" | awk '/^name: / { name = $2 } /^version: / { version = $2 } END { print name, version }'
      shift ;;
  esac
done
[ "$status" -eq 0 ] || echo "leaving with $status" >&2
exit "$status"

#!/usr/bin/env bash
# Installs a released program, after its checksum was verified: what action.yml runs.
#
# Reads VERSION, REPOSITORY, SYSTEM (such as Linux-X64), FOLDER, and optionally SHA256 and AS_HELM. Appends the folder to
# $GITHUB_PATH, and the path of the program to $GITHUB_OUTPUT, where these are set.
set -euo pipefail

case $SYSTEM in
  Linux-X64) name=skeg-linux-x64 ;;
  Linux-ARM64) name=skeg-linux-arm64 ;;
  macOS-X64) name=skeg-macos-x64 ;;
  macOS-ARM64) name=skeg-macos-arm64 ;;
  Windows-X64) name=skeg-windows-x64.exe ;;
  *) echo "skeg has no program for $SYSTEM." >&2; exit 1 ;;
esac
case $VERSION in
  [0-9]*.[0-9]*.[0-9]*) ;;
  *) echo "VERSION is '$VERSION'. Give a version such as 0.1.0." >&2; exit 1 ;;
esac

checksum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }
fetch() { curl --fail --silent --show-error --location --retry 3 --proto '=https,file' --output "$2" "$1"; }

mkdir -p "$FOLDER"
base=$REPOSITORY/releases/download/v$VERSION
target=$FOLDER/skeg
[ "${name%.exe}" = "$name" ] || target=$target.exe
fetch "$base/$name" "$target"

expected=${SHA256:-}
if [ -z "$expected" ]; then
  fetch "$base/SHA256SUMS" "$FOLDER/SHA256SUMS"
  expected=$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1 }' "$FOLDER/SHA256SUMS")
  [ -n "$expected" ] || { echo "SHA256SUMS of version $VERSION does not name $name." >&2; exit 1; }
fi
found=$(checksum "$target")
if [ "$found" != "$expected" ]; then
  rm -f "$target"
  echo "The checksum of $name $VERSION is $found, and should be $expected. Nothing was installed." >&2
  exit 1
fi
# With a checksum of the caller there is nothing left that a signature could add.
if [ -z "${SHA256:-}" ] && [ "${REPOSITORY#https://github.com/}" != "$REPOSITORY" ] && command -v gh >/dev/null; then
  gh attestation verify "$target" --repo "${REPOSITORY#https://github.com/}"
fi
chmod 755 "$target"
if [ "${AS_HELM:-false}" = true ]; then cp "$target" "$FOLDER/helm${target#"$FOLDER/skeg"}"; fi
if [ -n "${GITHUB_PATH:-}" ]; then echo "$FOLDER" >> "$GITHUB_PATH"; fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "path=$target" >> "$GITHUB_OUTPUT"; fi
echo "skeg $VERSION is installed as $target, checksum $found."

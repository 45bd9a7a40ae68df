#!/bin/sh
# Makes the keyrings of this folder anew, in ./out. Needs GnuPG 1.4 (gpg1) and 2.2 (gpg).
set -e
work=$(mktemp -d)
mkdir -m 700 "$work/1" "$work/2"
word="open sesame"
g1="gpg1 --homedir $work/1 --batch --quiet"
# Long ago, so that the keys are good whatever a machine's clock says, and Eve's has run out.
g2="gpg --homedir $work/2 --batch --quiet --pinentry-mode loopback --faked-system-time 20200101T000000!"

# key NAME EXPIRY PROTECTION; the algorithm comes from stdin
key() {
  { cat; [ -n "$3" ] && echo "Passphrase: $3" || echo %no-protection
    echo "Name-Real: $1"; echo "Name-Email: $(echo "$1" | cut -d' ' -f1 | tr A-Z a-z)@example.com"
    echo "Expire-Date: $2"; echo %commit; } > "$work/parameters"
  $g2 --passphrase "$3" --gen-key "$work/parameters"
}
rsa() { printf 'Key-Type: RSA\nKey-Length: 2048\nKey-Usage: sign,cert\n'; }
rsa | key "Ann Signer" 0 ""
rsa | key "Bob Locked" 0 "$word"
rsa | key "Eve Expired" 1y ""
rsa | key "Rita Revoked" 0 ""
printf 'Key-Type: DSA\nKey-Length: 2048\nKey-Usage: sign,cert\n' | key "Dora Old" 0 ""
printf 'Key-Type: RSA\nKey-Length: 2048\nKey-Usage: cert\nSubkey-Type: RSA\nSubkey-Length: 2048\nSubkey-Usage: sign\n' |
  key "Sub Signer" 0 ""
printf 'Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign,cert\n' | key "Edna Curve" 0 ""

rita=$($g2 --with-colons -k rita@example.com | awk -F: '/^fpr/{print $10; exit}')
sed 's/^:---/---/' "$work/2/openpgp-revocs.d/$rita.rev" | $g2 --import

mkdir -p out/gnupg1 out/gnupg2
cp "$work/2/pubring.kbx" out/gnupg2/
$g2 --armor --export > out/public.asc
$g2 --passphrase "$word" --armor --export-secret-keys > out/secret.asc
$g2 --export bob@example.com > out/bob.gpg
# Edwards curves are newer than GnuPG 1.
for name in ann bob eve rita dora sub; do
  $g2 --passphrase "$word" --export-secret-keys $name@example.com | $g1 --import
  $g2 --export $name@example.com | $g1 --import
done
cp "$work/1/pubring.gpg" "$work/1/secring.gpg" out/gnupg1/
rm -rf "$work"

#!/bin/sh
# Makes the archive that ansible-galaxy installs: make-collection.sh COLLECTION DIRECTORY. It is what
# "ansible-galaxy collection build" makes, for machines that build acct and have no Ansible.
set -eu

collection=$(cd -P "$1" && pwd)
directory=$(cd -P "$2" && pwd)
name() { sed -n "s/^$1: //p" "$collection/galaxy.yml"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$collection/." "$work/"
rm -f "$work/galaxy.yml"
version=$(name version)

sum() { sha256sum "$1" | cut -d ' ' -f 1; }

cd "$work"
{
  printf '{"files": [\n'
  printf '{"name": ".", "ftype": "dir", "chksum_type": null, "chksum_sha256": null, "format": 1}'
  find . -mindepth 1 | LC_ALL=C sort | while read -r path; do
    if [ -d "$path" ]; then
      printf ',\n{"name": "%s", "ftype": "dir", "chksum_type": null, "chksum_sha256": null, "format": 1}' "${path#./}"
    else
      printf ',\n{"name": "%s", "ftype": "file", "chksum_type": "sha256", "chksum_sha256": "%s", "format": 1}' \
        "${path#./}" "$(sum "$path")"
    fi
  done
  printf '\n], "format": 1}\n'
} >"$work.files"
mv "$work.files" FILES.json
cat >MANIFEST.json <<END
{
  "collection_info": {
    "namespace": "$(name namespace)",
    "name": "$(name name)",
    "version": "$(name version)",
    "authors": ["The acct developers"],
    "readme": "README.md",
    "tags": ["networking", "iptables", "accounting", "netfilter", "linux"],
    "description": "$(name description)",
    "license": ["Apache-2.0"],
    "license_file": null,
    "dependencies": {},
    "repository": null,
    "documentation": null,
    "homepage": null,
    "issues": null
  },
  "file_manifest_file": {
    "name": "FILES.json",
    "ftype": "file",
    "chksum_type": "sha256",
    "chksum_sha256": "$(sum FILES.json)",
    "format": 1
  },
  "format": 1
}
END
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime='2026-01-01 00:00:00Z' -czf "$directory/acct-netfilter-$version.tar.gz" -- *

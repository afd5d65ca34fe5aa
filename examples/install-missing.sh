#!/bin/sh
# Installs what acct's build, tests and demo need and this machine lacks. Only as root, only with
# apt-get, and it says what. Elsewhere it names what is missing and goes on: tests that need it say so.
set -u

missing=
need() { # COMMAND PACKAGE
  PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need javac jdk
need mvn maven
need iptables-nft iptables
need iptables-legacy iptables
need ip iproute2
need ping iputils-ping
need unshare util-linux
need ps procps
need ipset ipset
need nfacct nfacct
need shellcheck shellcheck
need systemd-analyze systemd
need tmux tmux
need strace strace
need nft nftables
need ferm ferm
need ansible-playbook ansible-core
need ansible-lint ansible-lint

[ -n "$missing" ] || exit 0
# shellcheck disable=SC2046,SC2086 # a list of words
set -- $(printf '%s\n' $missing | sort -u)
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "missing here: $* (install them as root; what needs them is skipped until then)" >&2
  exit 0
fi
echo "installing: $*"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || exit 1
for package; do
  shift
  # Not every release has a JDK 17, and not every default is at least that.
  if [ "$package" = jdk ]; then
    package=default-jdk-headless
    [ -z "$(apt-cache search --names-only '^openjdk-17-jdk-headless$')" ] ||
      package=openjdk-17-jdk-headless
  fi
  set -- "$@" "$package"
done
apt-get install -y -qq --no-install-recommends "$@" >/dev/null

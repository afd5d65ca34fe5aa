#!/bin/sh
# The main job, shown on a real kernel in a network namespace of its own: demo.sh PATH/TO/acct
# An old firewall that counts by hand is adopted, packets are sent, a rule is changed; the counters
# that can live on, live on. Nothing outside the namespace is touched.
set -eu

here=$(cd -P "$(dirname "$0")" && pwd)
acct=$(cd -P "$(dirname "$1")" && pwd)/$(basename "$1")
PATH=$PATH:/usr/sbin:/sbin
export PATH

say() { printf '\n\033[1m# %s\033[0m\n' "$1" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }
show() { printf '$ %s\n' "$*" | sed "s|$acct|acct|; s|$here/||g"; }
run() { show "$@"; "$@"; }
quietly() { show "$@"; "$@" >/dev/null; }

if [ "${2:-}" != inside ]; then
  for flags in "--net" "--map-root-user --net"; do
    # shellcheck disable=SC2086 # one or two words
    if unshare $flags sh -c 'command -v iptables && iptables -w 5 -S' >/dev/null 2>&1; then
      export XTABLES_LOCKFILE="${TMPDIR:-/tmp}/acct-demo.$$.lock"
      trap 'rm -f "$XTABLES_LOCKFILE"' EXIT
      # shellcheck disable=SC2086
      unshare $flags sh "$0" "$1" inside
      exit
    fi
  done
  say "No network namespace with iptables is to be had here; the plan alone, offline"
  run "$acct" plan "$here/seed.yaml" --against "$here/seed.v4"
  exit 0
fi

ip link set lo up
ip addr add 123.1.2.1/32 dev lo
ip addr add 123.1.2.2/32 dev lo
say "A firewall from the days before, with counters in it ($(iptables -V))"
run iptables-restore --counters "$here/seed.v4"
run iptables -L INET_IN -v -x -n

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say "The policy: the same rule, now with a name, and two sites more"
sed -n '/^ *chains:/,$p' "$here/seed.yaml"

say "What has to change, before anything does"
run "$acct" plan "$here/seed.yaml"

say "Apply"
quietly "$acct" apply --state-dir "$work/state" "$here/seed.yaml"

say "Plan again: nothing to do"
run "$acct" plan --detailed-exitcode "$here/seed.yaml"

say "Some real packets: 5 to 123.1.2.1 and 3 to 123.1.2.2, over lo (each echo is answered, and the answer comes in too)"
quietly ping -q -c 5 -i 0.05 -I 123.1.2.1 123.1.2.1
quietly ping -q -c 3 -i 0.05 -I 123.1.2.2 123.1.2.2
run iptables -L INET_IN -v -x -n

say "Now the third site moves to another address: only its rule is touched"
sed 's/123\.1\.2\.3/123.1.2.4/' "$here/seed.yaml" >"$work/seed.yaml"
(cd "$work" && run "$acct" apply --state-dir "$work/state" seed.yaml)
run iptables -L INET_IN -v -x -n

say "And back again: the journal has the way, and the last values"
run "$acct" undo --state-dir "$work/state"
run iptables -L INET_IN -v -x -n

say "Another program flushes the chain, and apply puts it back: the kernel has forgotten, the totals have not"
run iptables -F INET_IN
quietly "$acct" apply --state-dir "$work/state" "$here/seed.yaml"
run iptables -L INET_IN -v -x -n
run "$acct" show --state-dir "$work/state" --policy "$here/seed.yaml" INET_IN

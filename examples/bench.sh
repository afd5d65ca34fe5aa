#!/bin/sh
# Times acct, and prints tables: bench.sh PATH/TO/DISTRIBUTION, from the root of the built project.
# First the core alone, then the start-up beside java -version, then apply beside bare iptables, in a
# network namespace of its own.
set -eu

dist=$(cd -P "$1" && pwd)
acct=$dist/bin/acct
java=$(cat "$dist/lib/java")
PATH=$PATH:/usr/sbin:/sbin
export PATH

libraries=
for jar in "$dist"/lib/*.jar; do
  [ "${jar##*/}" = acct.jar ] || libraries=$libraries:$jar
done
here=$(pwd)
classes=$here/target/classes:$here/target/test-classes$libraries

turns() { "$java" -cp "$classes" acct.bench.Turns "$@"; }
say() { printf '\n# %s\n' "$1"; }

# policy RULES LAST: clients c1 to cRULES, the last with the address LAST.
policy() {
  printf 'apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: bench}\nspec:\n'
  printf '  families: [ipv4]\n  chains:\n  - name: ACCT\n    attach: [INPUT]\n    rules:\n'
  awk -v n="$1" -v last="$2" 'BEGIN {
    for (i = 1; i < n; i++) printf "    - {name: c%d, destination: 10.0.%d.%d}\n", i, i / 256, i % 256
    printf "    - {name: c%d, destination: %s}\n", n, last
  }'
}

# dump RULES LAST: as iptables-save -c prints what that policy asks for.
dump() {
  printf '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:ACCT - [0:0]\n'
  printf '[0:0] -A INPUT -m comment --comment acct:bench -j ACCT\n'
  awk -v n="$1" -v last="$2" 'BEGIN {
    for (i = 1; i < n; i++)
      printf "[7:900] -A ACCT -d 10.0.%d.%d/32 -m comment --comment c%d\n", i / 256, i % 256, i
    printf "[7:900] -A ACCT -d %s/32 -m comment --comment c%d\n", last, n
  }'
  printf 'COMMIT\n'
}

# apply BACKEND: run inside the namespace.
apply() {
  for n in 10 1000 10000; do
    policy "$n" 10.9.9.9 >"$work/changed.yaml"
    dump "$n" 10.8.8.8 >"$work/live"
    printf '*filter\n-D ACCT %s\n-A ACCT -d 10.8.8.8/32 -m comment --comment c%s\nCOMMIT\n' "$n" "$n" >"$work/back"
    "iptables-$1-restore" -c "$work/live"
    say "$1, $n rules: one changed, by acct and back by hand"
    turns 11 -- 0 "acct apply" "$acct" apply --state-dir "$work/state" --iptables "/usr/sbin/iptables-$1" "$work/changed.yaml" \
      -- 0 "iptables-save, iptables-restore" sh -c \
      "iptables-$1-save -c >/dev/null && iptables-$1-restore -n -c <$work/back"
  done
}

if [ "${2:-}" = inside ]; then
  work=$4
  apply "$3"
  exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say "The core: rules in one chain, $("$java" -version 2>&1 | sed -n 's/.*version "\(.*\)".*/Java \1/p'), 512 MiB, a fresh JVM for each row"
echo "  core = policy + compile + parse + diff"
flags="-Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# shellcheck disable=SC2086 # several flags
"$java" $flags -cp "$classes" acct.bench.CoreBench header
for n in 100 10000 100000; do
  for changed in none 1% all; do
    # shellcheck disable=SC2086
    "$java" $flags -cp "$classes" acct.bench.CoreBench "$n" "$changed"
  done
done

policy 20 10.9.9.9 >"$work/policy.yaml"
dump 194 10.8.8.8 >"$work/dump"
sed 's/destination: 10.0.0.7/destintion: 10.0.0.7/' "$work/policy.yaml" >"$work/invalid.yaml"
say "Start-up: 20 rules against a dump of 200 lines, whole processes"
turns 15 -- 0 "acct plan" "$acct" plan "$work/policy.yaml" --against "$work/dump" -- 0 "java -version" "$java" -version
turns 15 -- 0 "acct plan --output json" "$acct" plan "$work/policy.yaml" --against "$work/dump" --output json \
  -- 0 "java -version" "$java" -version
turns 15 -- 3 "acct plan, an invalid policy" "$acct" plan "$work/invalid.yaml" --against "$work/dump" \
  -- 0 "java -version" "$java" -version
turns 15 -- 0 "acct version" "$acct" version -- 0 "the launcher alone" env ACCT_JAVA=/bin/true "$acct" version
ACCT_JAVA_OPTIONS="-Xlog:class+load:file=$work/loaded" "$acct" plan "$work/policy.yaml" --against "$work/dump" >/dev/null
awk '/source: shared objects file/ {shared++; next}
  / source: / {other++; if (/LambdaForm|Lambda\$/) made++}
  END {printf "  classes of acct plan: %d from the archive, %d not, of which %d made at run time\n", shared, other, made}' "$work/loaded"

say "Apply (acct reads both families, before and after; by hand only IPv4 is read, and once)"
for backend in nft legacy; do
  if ! XTABLES_LOCKFILE=$work/lock unshare -n "iptables-$backend" -w 5 -S >/dev/null 2>&1; then
    echo "  no network namespace with iptables-$backend is to be had here: skipped"
    continue
  fi
  XTABLES_LOCKFILE=$work/lock unshare -n sh "$0" "$dist" inside "$backend" "$work"
done

#!/bin/sh
# Times acct, and prints tables: bench.sh PATH/TO/DISTRIBUTION, from the root of the built project.
# First the core alone, then the start-up beside java -version, then apply, an apply with nothing to
# do, and show, beside ferm and bare iptables, in network namespaces of their own. Ratios are held
# against examples/bench-ratios.tsv: it ends with 1 where one has risen by more than half.
# ACCT_BENCH_RECORD=1 records them anew.
set -eu

dist=$(cd -P "$1" && pwd)
acct=$dist/bin/acct
java=$(cat "$dist/lib/java")
PATH=$PATH:/usr/sbin:/sbin
export PATH

libraries=
for jar in "$dist"/lib/*.jar; do
  case ${jar##*/} in
    acct-*) ;;
    *) libraries=$libraries:$jar ;;
  esac
done
here=$(pwd)
classes=$here/target/classes:$here/target/test-classes$libraries

recorded=$here/examples/bench-ratios.tsv
failed=${4:+$4/failed}

# turns TURNS KEY -- STATUS LABEL COMMAND … -- …: a ratio that has risen is told, and what follows is done.
turns() {
  count=$1
  key=$2
  shift 2
  "$java" -cp "$classes" acct.bench.Turns "$count" "$key" "$recorded" "$@" || echo "$key" >>"$failed"
}
say() { printf '\n# %s\n' "$1"; }

# policy RULES LAST: clients c1 to cRULES, the last with the address LAST.
policy() {
  printf 'apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: bench}\nspec:\n'
  printf '  families: [ipv4]\n  chains:\n  - name: ACCT\n    attach: [INPUT]\n    rules:\n'
  awk -v n="$1" -v last="$2" 'BEGIN {
    for (i = 1; i < n; i++) printf "    - {name: c%d, destination: 10.%d.%d.%d}\n", i, i / 65536, i / 256 % 256, i % 256
    printf "    - {name: c%d, destination: %s}\n", n, last
  }'
}

# dump RULES LAST: as iptables-save -c prints what that policy asks for.
dump() {
  printf '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:ACCT - [0:0]\n'
  printf '[0:0] -A INPUT -m comment --comment acct:bench -j ACCT\n'
  awk -v n="$1" -v last="$2" 'BEGIN {
    for (i = 1; i < n; i++)
      printf "[7:900] -A ACCT -d 10.%d.%d.%d/32 -m comment --comment c%d\n", i / 65536, i / 256 % 256, i % 256, i
    printf "[7:900] -A ACCT -d %s/32 -m comment --comment c%d\n", last, n
  }'
  printf 'COMMIT\n'
}

# ferm RULES LAST: what ferm reads for the same rules. It flushes the table, and all counters.
ferm_rules() {
  awk -v n="$1" -v last="$2" 'BEGIN {
    print "table filter chain ACCT {"
    for (i = 1; i < n; i++)
      printf "  daddr 10.%d.%d.%d mod comment comment \"c%d\" NOP;\n", i / 65536, i / 256 % 256, i % 256, i
    printf "  daddr %s mod comment comment \"c%d\" NOP;\n}\n", last, n
    print "table filter chain INPUT mod comment comment \"acct:bench\" jump ACCT;"
  }'
}

# by_hand RULES OLD NEW: one rule changed, as somebody does it who keeps the other counters.
by_hand() {
  printf '*filter\n-D ACCT -d %s/32 -m comment --comment c%s\n' "$2" "$1"
  printf '%s\nCOMMIT\n' "-A ACCT -d $3/32 -m comment --comment c$1"
}

# elsewhere COMMAND …: in the other namespace, where ferm and bare iptables have the same rules.
elsewhere="nsenter --net=/proc/${5:-self}/ns/net"

# beside BACKEND: run inside the namespace.
beside() {
  iptables=/usr/sbin/iptables-$1
  for n in 10 1000 10000; do
    for turn in a b; do
      [ $turn = a ] && last=10.9.9.9 && other=10.8.8.8
      [ $turn = b ] && last=10.8.8.8 && other=10.9.9.9
      policy "$n" "$last" >"$work/$turn.yaml"
      ferm_rules "$n" "$last" >"$work/$turn.ferm"
      by_hand "$n" "$other" "$last" >"$work/$turn.hand"
    done
    dump "$n" 10.8.8.8 >"$work/live"
    state="--state-dir $work/state-$1-$n --iptables $iptables"
    "$iptables-restore" -c "$work/live"
    $elsewhere "$iptables-restore" -c "$work/live"
    # shellcheck disable=SC2086 # several words
    "$acct" apply $state "$work/b.yaml" >/dev/null 2>&1
    hand="$elsewhere $iptables-save -c >/dev/null && $elsewhere $iptables-restore -n -c <$work/{}.hand"
    say "$1, $n rules: one changed"
    # shellcheck disable=SC2086
    if [ "$1" = nft ]; then
      turns 9 "apply $1 $n" -- 0 "acct apply" "$acct" apply $state "$work/{}.yaml" \
        -- 0 "ferm (all counters are lost)" $elsewhere ferm --domain ip "$work/{}.ferm"
      $elsewhere "$iptables-restore" -c "$work/live"
    fi
    # shellcheck disable=SC2086
    turns 9 "apply beside hand $1 $n" -- 0 "acct apply" "$acct" apply $state "$work/{}.yaml" \
      -- 0 "iptables-save, iptables-restore" sh -c "$hand"
    say "$1, $n rules: nothing to do"
    # shellcheck disable=SC2086
    turns 9 "same $1 $n" -- 0 "acct apply" "$acct" apply $state "$work/a.yaml" \
      -- 0 "java -version, iptables-save" sh -c "$java -version 2>/dev/null; exec $iptables-save -c >/dev/null"
    say "$1, $n rules: show"
    # shellcheck disable=SC2086
    turns 9 "show $1 $n" -- 0 "acct show" "$acct" show $state -- 0 "iptables -L -v -x -n" "$iptables" -L -v -x -n
  done
}

# memory LABEL COMMAND …: the most memory that it had at a time.
memory() {
  label=$1
  shift
  "$@" >/dev/null 2>&1 &
  peak=0
  while kill -0 $! 2>/dev/null; do
    now=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' /proc/$!/status 2>/dev/null)
    [ "${now:-0}" -gt "$peak" ] && peak=$now
    sleep 0.02
  done
  printf '  %-42s %9d MB at most\n' "$label" $((peak / 1024))
}

# large: 100,000 rules, run inside the namespace.
large() {
  say "nft, 100,000 rules"
  for turn in a b; do
    [ $turn = a ] && last=10.9.9.9 && other=10.8.8.8
    [ $turn = b ] && last=10.8.8.8 && other=10.9.9.9
    policy 100000 "$last" >"$work/$turn.yaml"
    by_hand 100000 "$other" "$last" >"$work/$turn.hand"
  done
  dump 100000 10.8.8.8 >"$work/live"
  state="--state-dir $work/state-large --iptables /usr/sbin/iptables-nft"
  iptables-nft-restore -c "$work/live"
  $elsewhere iptables-nft-restore -c "$work/live"
  # shellcheck disable=SC2086
  "$acct" apply $state "$work/b.yaml" >/dev/null 2>&1
  hand="$elsewhere iptables-nft-save -c >/dev/null && $elsewhere iptables-nft-restore -n -c <$work/{}.hand"
  # shellcheck disable=SC2086
  turns 3 "apply beside hand nft 100000" -- 0 "acct apply" "$acct" apply $state "$work/{}.yaml" \
    -- 0 "iptables-save, iptables-restore" sh -c "$hand"
  # shellcheck disable=SC2086
  memory "acct apply, one of 100,000 changed" "$acct" apply $state "$work/a.yaml"
  # shellcheck disable=SC2086
  memory "acct show of 100,000" "$acct" show $state
}

if [ "${2:-}" = inside ]; then
  work=$4
  if [ "$3" = large ]; then large; else beside "$3"; fi
  exit
fi

work=$(mktemp -d)
failed=$work/failed
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
turns 15 "plan 20" -- 0 "acct plan" "$acct" plan "$work/policy.yaml" --against "$work/dump" -- 0 "java -version" "$java" -version
turns 15 "plan json 20" -- 0 "acct plan --output json" "$acct" plan "$work/policy.yaml" --against "$work/dump" --output json \
  -- 0 "java -version" "$java" -version
turns 15 "plan invalid" -- 3 "acct plan, an invalid policy" "$acct" plan "$work/invalid.yaml" --against "$work/dump" \
  -- 0 "java -version" "$java" -version
turns 15 "version" -- 0 "acct version" "$acct" version -- 0 "the launcher alone" env ACCT_JAVA=/bin/true "$acct" version
ACCT_JAVA_OPTIONS="-Xlog:class+load:file=$work/loaded" "$acct" plan "$work/policy.yaml" --against "$work/dump" >/dev/null
awk '/source: shared objects file/ {shared++; next}
  / source: / {other++; if (/LambdaForm|Lambda\$/) made++}
  END {printf "  classes of acct plan: %d from the archive, %d not, of which %d made at run time\n", shared, other, made}' "$work/loaded"

say "Beside other programs (acct reads both families, before and after; the others only IPv4, and once)"
command -v ferm >/dev/null 2>&1 || echo "  ferm is not installed: make deps"
in_namespaces() { # BACKEND|large
  # shellcheck disable=SC2016 # the inner shell expands them
  XTABLES_LOCKFILE=$work/lock unshare -n sh -c '
    unshare -n sleep 10000 &
    other=$!
    trap "kill $other" EXIT
    while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
    sh "$0" "$1" inside "$2" "$3" "$other"' "$0" "$dist" "$1" "$work"
}
for backend in nft legacy; do
  if ! XTABLES_LOCKFILE=$work/lock unshare -n "iptables-$backend" -w 5 -S >/dev/null 2>&1; then
    echo "  no network namespace with iptables-$backend is to be had here: skipped"
    continue
  fi
  in_namespaces "$backend"
  [ "$backend" = nft ] && in_namespaces large
done
if [ -s "$failed" ]; then
  printf '\nslower than recorded, by more than half: %s\n' "$(tr '\n' ',' <"$failed")"
  exit 1
fi

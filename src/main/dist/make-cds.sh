#!/bin/sh
# Makes the class-data archive of a distribution for one Java: make-cds.sh DISTRIBUTION JAVA_HOME
# The archive is dumped beside its final name, tried once, and only then moved into place: a
# truncated archive crashes Java 17 at start.
set -eu

dist=$1
java=$2/bin/java
release=$2/release

lib=$dist/lib
(cd "$lib" && ls -- *.jar) | sort | { printf 'acct.jar'; grep -v '^acct\.jar$' | while read -r jar; do printf ':%s' "$jar"; done; echo; } >"$lib/classpath"
printf '%s\n' "$java" >"$lib/java"

runtime=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"$/\1/p' "$release" 2>/dev/null || :)
if [ -z "$runtime" ]; then
  echo "no release file in $2: acct will start without a class-data archive" >&2
  exit 0
fi
mkdir -p "$lib/cds"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
archive=$lib/cds/$runtime.jsa
rm -f "$archive"

run() {
  # shellcheck disable=SC2086 # several words
  ACCT_JAVA=$java ACCT_JAVA_OPTIONS="-Xshare:off -XX:DumpLoadedClassList=$work/$1" \
    "$dist/bin/acct" $2 >/dev/null 2>&1 || :
}
policy=$dist/policies/by-port.yaml
against=$dist/examples/seed.v4
sed 's/protocol: tcp/protocol: tpc/' "$policy" >"$work/bad.yaml"
run text "plan $policy --against $against"
run json "plan $policy --against $against --output json"
run live "plan $policy"
run bad "plan $work/bad.yaml --against $against"
run valid "validate $policy"
run show "show --against $against"
run kept "plan $dist/examples/seed.yaml --against $against"
cat "$work/kept" "$work/text" "$work/json" "$work/live" "$work/bad" "$work/valid" "$work/show" | sort -u >"$work/classes"

classpath=
for jar in $(tr ':' ' ' <"$lib/classpath"); do
  classpath=$classpath${classpath:+:}$dist/bin/../lib/$jar
done
"$java" -Xshare:dump -XX:SharedClassListFile="$work/classes" -XX:SharedArchiveFile="$archive.new" \
  -XX:+UseSerialGC -Xlog:disable -cp "$classpath" >/dev/null 2>&1
sync "$archive.new" 2>/dev/null || sync
"$java" -XX:SharedArchiveFile="$archive.new" -Xshare:on -XX:+UseSerialGC -Xlog:disable -cp "$classpath" \
  acct.cli.Main version >/dev/null
mv "$archive.new" "$archive"
(cd -P "$lib" && pwd) >"$lib/cds/made-for"

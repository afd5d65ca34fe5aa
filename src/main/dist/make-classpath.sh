#!/bin/sh
# Places acct's jar in a distribution and writes its class path: make-classpath.sh JAR DISTRIBUTION
# The jar's name carries a hash of all jars' content. What is made for one content, as an archive of
# its classes, carries the same hash, and so is never taken for another: Java 25.0.3 runs the old
# code of a jar that has changed and kept its size (JDK-8377932).
set -eu

jar=$1
lib=$2/lib

rm -f "$lib"/acct-*.jar "$lib/acct.jar"
# The order of the names is that of the class path: one for all builds.
LC_ALL=C
export LC_ALL
hash=$(cat "$jar" "$lib"/*.jar | sha256sum | cut -c 1-16)
{
  printf 'acct-%s.jar' "$hash"
  for library in "$lib"/*.jar; do
    printf ':%s' "${library##*/}"
  done
  echo
} >"$lib/classpath"
cp "$jar" "$lib/acct-$hash.jar"

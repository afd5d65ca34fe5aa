#!/bin/sh
# Installs a distribution: install.sh DISTRIBUTION DESTDIR PREFIX
# Everything stands in PREFIX/lib/acct, with a link in PREFIX/bin. The units name /usr/lib/acct, so
# with another prefix they are written for that. Nothing is enabled: systemctl enable does it.
set -eu

dist=$1
root=$2
prefix=$3
home=$root$prefix/lib/acct
units=$root$prefix/lib/systemd/system
plugins=$root$prefix/share/netfilter-persistent/plugins.d

mkdir -p "$home" "$root$prefix/bin" "$units" "$plugins"
cp -R "$dist/." "$home/"
ln -sf "../lib/acct/bin/acct" "$root$prefix/bin/acct"
for unit in "$dist"/systemd/*; do
  sed "s|/usr/lib/acct|$prefix/lib/acct|g" "$unit" >"$units/${unit##*/}"
done
for name in 05-acct 40-acct; do
  sed "s|/usr/lib/acct|$prefix/lib/acct|g" "$dist/netfilter-persistent/acct" >"$plugins/$name"
  chmod 755 "$plugins/$name"
done
# A class-data archive fits only the place where its jars stood when it was made.
if [ -z "$root" ]; then
  java=${ACCT_JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/java}}
  java=$(readlink -f "${java:-$(command -v java)}")
  sh "$home/make-cds.sh" "$home" "${java%/bin/java}"
fi
echo "installed in $home; see acct help, and systemctl enable acct-restore.service acct-snapshot.timer"

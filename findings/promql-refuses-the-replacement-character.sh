#!/usr/bin/env bash
# Prometheus 2.42.0 refuses U+FFFD where it stands as it is in a string of PromQL.
#
# U+FFFD is a character like others: EF BF BD is valid UTF-8, YAML 1.2 allows it, and a label may have it
# as its value. The lexer of PromQL takes it for the mark of bytes that are no UTF-8, and fails with
# "invalid UTF-8 rune". The same character written as \ufffd is taken.
#
# Seen: a rules file whose expression has the character is refused as a whole; with the escape it is taken.
# Who writes rules or queries from names must escape U+FFFD.
#
# Needs apt-get (Debian 12) and dpkg-deb. Ends with 0 when all of this was seen, else with 1.
set -euo pipefail

version=2.42.0+ds-5+deb12u1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq "prometheus=$version" 2>/dev/null
dpkg-deb -x prometheus_*.deb package
promtool=package/usr/bin/promtool

rule() { # FILE NAME-IN-PROMQL
  printf 'groups:\n  - name: g\n    rules:\n      - record: r\n        expr: '"'"'metric{name="%s"}'"'"'\n' "$2" > "$1"
}
rule literal.yml "$(printf 'a\xef\xbf\xbdb')"
rule escaped.yml 'a\ufffdb'
rule other.yml "$(printf 'a\xef\xbf\xbcb')" # U+FFFC, its neighbour

"$promtool" --version 2>&1 | head -n 1
failed=0
if "$promtool" check rules literal.yml > literal.txt 2>&1; then
  echo "changed: the literal character is taken"; failed=1
elif grep -q 'invalid UTF-8 rune' literal.txt; then
  echo "literal U+FFFD: refused, invalid UTF-8 rune"
else
  echo "changed: refused for another reason"; cat literal.txt; failed=1
fi
for taken in escaped other; do
  if "$promtool" check rules "$taken.yml" > "$taken.txt" 2>&1; then
    echo "$taken: taken"
  else
    echo "changed: $taken is refused"; cat "$taken.txt"; failed=1
  fi
done
exit $failed

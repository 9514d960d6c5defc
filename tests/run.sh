#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs test programs, JOBS at a time, and adds up what libcheck says of each:
#   run.sh [-j JOBS] PROGRAM...
# Those that boot most begin first. The last line is
# "check: N passed, N failed", and ", N skipped" where a test has said that it
# cannot be made here (skip.h), which is shown with its reason. A program that
# dies, says nothing or leaves no result is a failure; so is a run of nothing.
set -u

# One program: its output to a file, its summary shown at once.
one() {
	# Two halves may have a test of one name: unit/test_net, vm/test_net.
	label=$(basename "$(dirname "$1")")/$(basename "$1")
	name=$(echo "$label" | tr / -)
	start=$(date +%s)
	"$1" >"$dir/$name.out" 2>&1 </dev/null
	code=$?
	sum=$(grep -E '^[0-9]+%: Checks: ' "$dir/$name.out" | tail -n 1)
	# shellcheck disable=SC2046 # the words are wanted apart
	set -- $(echo "$sum" | tr -dc '0-9 ') "$1"
	if [ $# -ne 5 ]; then
		set -- 0 0 0 1 "$1"
		echo "$name: no result, exit code $code" >>"$dir/$name.out"
	elif [ $code -ne 0 ] && [ $(($3 + $4)) -eq 0 ]; then
		set -- 0 "$2" "$3" 1 "$5"
		echo "$name: exit code $code" >>"$dir/$name.out"
	fi
	failed=$(($3 + $4))
	skipped=$(grep -c '^SKIP: ' "$dir/$name.out")
	passed=$(($2 > failed + skipped ? $2 - failed - skipped : 0))
	took=$(($(date +%s) - start))
	printf '%-24s %4d passed, %d failed  (%d s)\n' \
		"$label" "$passed" "$failed" "$took"
	sed -n "s|^SKIP: |skipped: $label: |p" "$dir/$name.out"
	[ "$failed" -eq 0 ] || grep -vE '^Running suite' "$dir/$name.out"
	echo "$passed $failed $skipped" >"$dir/$name.sum"
}

if [ "${1:-}" = --one ]; then
	dir=$2
	one "$3"
	exit 0
fi

jobs=1
if [ "${1:-}" = -j ]; then
	jobs=$2
	shift 2
fi
[ $# -gt 0 ] || { echo "run.sh: no test programs" >&2; exit 1; }

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

# Boots are what costs, and of some there are many.
sort_long_first() {
	for program in "$@"; do
		case $program in
		*/vm/full_outcomes | */vm/test_outcome | */vm/test_streams | */vm/test_pid1) k=0 ;;
		*/vm/*) k=1 ;;
		*) k=2 ;;
		esac
		echo "$k $program"
	done | sort -s -k1,1 | cut -d' ' -f2-
}

echo "running $# test programs, $jobs at a time"
# xargs ends its children when it is interrupted with us: one process group.
sort_long_first "$@" | xargs -P "$jobs" -I '{}' sh "$0" --one "$dir" '{}'

left=$(find "$dir" -name '*.sum' | wc -l)
if [ "$left" -ne $# ]; then
	echo "check: $(($# - left)) of $# programs left no result" >&2
	exit 1
fi
for sum in "$dir"/*.sum; do
	grep -q ' 0 [0-9]*$' "$sum" || echo "failed: $(basename "$sum" .sum)"
done
cat "$dir"/*.sum | {
	p=0 f=0 s=0
	while read -r a b c; do
		p=$((p + a)) f=$((f + b)) s=$((s + c))
	done
	[ "$s" -eq 0 ] && s='' || s=", $s skipped"
	echo "check: $p passed, $f failed$s"
	[ "$f" -eq 0 ] && [ "$p" -gt 0 ]
}

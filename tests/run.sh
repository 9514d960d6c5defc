#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs test programs, JOBS at a time, and adds up what libcheck says of each:
#   run.sh [-j JOBS] PROGRAM...
# The last line is "check: N passed, N failed". A program that dies, or says
# nothing, is a failure; so is a run of nothing.
set -u

jobs=1
if [ "${1:-}" = -j ]; then
	jobs=$2
	shift 2
fi
[ $# -gt 0 ] || { echo "run.sh: no test programs" >&2; exit 1; }

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

# One program: its output to a file, its summary shown at once.
one() {
	name=$(basename "$1")
	start=$(date +%s)
	"$1" >"$dir/$name.out" 2>&1 </dev/null
	code=$?
	sum=$(grep -E '^[0-9]+%: Checks: ' "$dir/$name.out" | tail -n 1)
	# shellcheck disable=SC2046 # the words are wanted apart
	set -- $(echo "$sum" | tr -dc '0-9 ')
	if [ $# -ne 4 ]; then
		set -- 0 0 0 1
		echo "$name: no result, exit code $code" >>"$dir/$name.out"
	elif [ $code -ne 0 ] && [ $(($3 + $4)) -eq 0 ]; then
		set -- 0 "$2" "$3" 1
		echo "$name: exit code $code" >>"$dir/$name.out"
	fi
	failed=$(($3 + $4))
	passed=$(($2 > failed ? $2 - failed : 0))
	echo "$passed $failed" >"$dir/$name.sum"
	took=$(($(date +%s) - start))
	printf '%-24s %4d passed, %d failed  (%d s)\n' \
		"$name" "$passed" "$failed" "$took"
	[ "$failed" -eq 0 ] || grep -vE '^Running suite' "$dir/$name.out"
}

n=0
for program in "$@"; do
	one "$program" &
	n=$((n + 1))
	if [ $((n % jobs)) -eq 0 ]; then
		wait
	fi
done
wait

done=$(find "$dir" -name '*.sum' | wc -l)
if [ "$done" -ne "$n" ]; then
	echo "check: $((n - done)) of $n programs have left no result" >&2
	exit 1
fi
cat "$dir"/*.sum | {
	p=0 f=0
	while read -r a b; do
		p=$((p + a)) f=$((f + b))
	done
	echo "check: $p passed, $f failed"
	[ "$f" -eq 0 ] && [ "$p" -gt 0 ]
}

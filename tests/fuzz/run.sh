#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs fuzz targets, and says in a line each how that went:
#   run.sh [-j JOBS] [-s SECONDS] NAME...
# The programs are in $FUZZ_BIN. What is learned stays there, in work/NAME, and
# is where the next run begins; what is found, in found/NAME-*.
set -u

jobs=1 seconds=60 one=
while getopts 1j:s: opt; do
	case $opt in
	1) one=yes ;;
	j) jobs=$OPTARG ;;
	s) seconds=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
: "${FUZZ_BIN:=build/fuzz}"
here=$(dirname "$0")

# Several at a time, each by this script; in the end the worst of them counts.
if [ -z "$one" ]; then
	mkdir -p "$FUZZ_BIN/found" "$FUZZ_BIN/log"
	printf '%s\n' "$@" |
		xargs -P "$jobs" -I '{}' sh "$0" -1 -s "$seconds" '{}' && exit 0
	echo "an input is given to its target again by: $FUZZ_BIN/NAME FILE" >&2
	exit 1
fi

name=$1
log=$FUZZ_BIN/log/$name
mkdir -p "$FUZZ_BIN/work/$name" || exit 1
# What was found before is written again under its old name: its time tells.
begin=$log.begin
: >"$begin" || exit 1
set -- -max_total_time="$seconds" -print_final_stats=1 -timeout=10 \
	-close_fd_mask=3 -artifact_prefix="$FUZZ_BIN/found/$name-"
[ ! -f "$here/dict/$name" ] || set -- "$@" -dict="$here/dict/$name"
nice "$FUZZ_BIN/$name" "$@" "$FUZZ_BIN/work/$name" "$here/corpus/$name" \
	</dev/null >"$log" 2>&1
code=$?

new=$(find "$FUZZ_BIN/found" -name "$name-*-*" -newer "$begin" | sort)
rm -f "$begin"
awk -v name="$name" -v found="$(echo "$new" | grep -c .)" '
	$2 ~ /^(NEW|REDUCE|pulse|INITED|RELOAD|DONE)$/ { cov = $4; time = $0 }
	/^Done [0-9]+ runs in/ { seconds = $5 }
	/^stat::number_of_executed_units/ { runs = $2 }
	END { printf "%-12s %10d executions %5d s  cov %5d  findings %d\n",
		name, runs, seconds, cov, found }' "$log"
if [ $code -ne 0 ]; then
	grep -aE 'SUMMARY|runtime error' "$log" | head -n 3
	[ -n "$new" ] && echo "$new" || echo "see $log"
	exit 1
fi

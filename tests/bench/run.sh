#!/bin/sh
# SPDX-License-Identifier: MIT
# The performance table: what `make bench` runs.
#
#     tests/bench/run.sh [-o FILE] [NAME...]
#
# Runs the benchmarks of this directory, or those named, one after the other,
# and prints their rows as a table; -o writes it as Markdown, too. Exit status 1
# when a row is above its limit or a benchmark fails.
#
# A benchmark is an executable file here without a dot in its name. It prints
# rows on stdout, with tabs between, as pairs does (whose comment has the
# fields); a row that cannot be measured on this machine has "-" as its ratio
# and says why as its text. Its title is after "# bench: ". It finds in its
# environment:
#     BOOTLET         the program (build/bootlet)
#     BENCH_BIN       the directory of bench.mk's programs (build/bench)
#     BENCH_DIR       an empty directory, removed afterwards
#     BENCH_N         pairs at least, where that is said
#     BOOTLET_BENCH   "short": only rows that are the same on a busy machine,
#                     counts and -icount, in a minute: for `make check`
# In the short form only those are run in which BOOTLET_BENCH is looked at, and
# one may have no rows.
set -u

here=$(dirname "$0")
BENCH_BIN=${BENCH_BIN:-build/bench}
BOOTLET=${BOOTLET:-build/bootlet}
BOOTLET_BENCH=${BOOTLET_BENCH:-}
LC_ALL=C
export BENCH_BIN BOOTLET BOOTLET_BENCH LC_ALL
# No benchmark may keep the others from being run, and killed it cleans up.
most=900

# The order of the table; what is not named here comes last.
order='init run-true root warm overhead kernel image'

is_bench() {
	case $1 in
	*.* | scan) false ;;
	*) [ -x "$here/$1" ] && [ -f "$here/$1" ] ;;
	esac
}

all() {
	for name in $order; do
		! is_bench "$name" || echo "$name"
	done
	for file in "$here"/*; do
		name=$(basename "$file")
		case " $order " in
		*" $name "*) continue ;;
		esac
		! is_bench "$name" || echo "$name"
	done
}

usage() {
	echo "usage: run.sh [-o FILE] [NAME...]; names:" "$(all | tr '\n' ' ')" >&2
	exit 2
}

out=
while getopts o: opt; do
	case $opt in
	o) out=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
for name in "$@"; do
	is_bench "$name" || {
		echo "run.sh: $name: no such benchmark" >&2
		usage
	}
done
# shellcheck disable=SC2046 # one word a name
[ $# -gt 0 ] || set -- $(all)
absolute() {
	[ -x "$1" ] || {
		echo "run.sh: $1: is not there; run make bench" >&2
		return 1
	}
	echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
}
PAIRS=$(absolute "$BENCH_BIN/pairs") && BOOTLET=$(absolute "$BOOTLET") || exit 1
BENCH_BIN=$(dirname "$PAIRS")

dir=$(mktemp -d) || exit 1
child=
stop() {
	[ -z "$child" ] || { kill "$child" && wait "$child"; } 2>/dev/null
	exit 130
}
trap 'rm -rf "$dir"' EXIT
trap stop HUP INT TERM

machine() {
	cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
	qemu=$(qemu-system-x86_64 --version 2>/dev/null |
		sed -n 's/^QEMU emulator version \([^ ]*\).*/\1/p')
	printf '%s, %s cores, %s GB; Linux %s; QEMU %s; load %s; %s\n' \
		"${cpu:-$(uname -m)}" "$(nproc)" \
		"$(awk '/^MemTotal/ { printf "%.0f", $2 / 1e6 }' /proc/meminfo)" \
		"$(uname -r)" "${qemu:--}" \
		"$(cut -d' ' -f1 /proc/loadavg)" "$(date -u +%Y-%m-%d)"
}

# In the background, so that a signal is not kept waiting for it.
run_one() {
	BENCH_DIR=$dir/work
	export BENCH_DIR
	mkdir "$BENCH_DIR"
	timeout "$most" "$here/$1" >"$dir/rows" 2>"$dir/words" </dev/null &
	child=$!
	wait "$child"
	code=$?
	child=
	rm -rf "$BENCH_DIR"
	return $code
}

progress() {
	[ ! -t 2 ] || printf '\r\033[K%s' "$1" >&2
}

begin=$(date +%s)
machine >"$dir/machine"
failed=
: >"$dir/table"
for name in "$@"; do
	if [ "$BOOTLET_BENCH" = short ] &&
		! grep -qw BOOTLET_BENCH "$here/$name"; then
		continue
	fi
	progress "$name ..."
	run_one "$name" && code=0 || code=$?
	progress ''
	if [ "$BOOTLET_BENCH" = short ] && [ $code -eq 0 ] &&
		[ ! -s "$dir/rows" ]; then
		continue
	fi
	title=$(sed -n 's/^# bench: //p' "$here/$name" | head -n 1)
	printf '=\t%s\n' "${title:-$name}" >>"$dir/table"
	if [ $code -ne 0 ]; then
		failed="$failed $name"
		[ $code -ne 124 ] || echo "took more than $most s" >>"$dir/words"
		echo "$name: failed:" >&2
		cat "$dir/words" >&2
	elif ! awk -F '\t' 'NF != 9 { bad = 1 } END { exit !NR || bad }' "$dir/rows"; then
		failed="$failed $name"
		echo "$name: these are no rows:" >&2
		cat "$dir/rows" >&2
	fi
	cat "$dir/rows" >>"$dir/table"
done

# One line a row: what is printed, and how it stands to its limit.
awk -F '\t' -v OFS='\t' '
	$1 == "=" { print "=", $2; next }
	NF != 9 { next }
	{
		verdict = $5 == "-" ? "not measured" : $8 == "-" ? "" : \
			$5 > $8 + 0 ? "ABOVE" : "ok"
		ratio = $5 == "-" || $6 == "-" ? $5 : $5 " (" $6 " to " $7 ")"
		unit = $4 == "-" ? "" : " " $4
		print "|", $1, $2 == "-" ? "" : $2 unit, \
			$3 == "-" ? "" : $3 unit, ratio, \
			$8 == "-" ? "" : $8, verdict, $9
	}' "$dir/table" >"$dir/lines"

print_text() {
	cat "$dir/machine"
	awk -F '\t' '
		NR == FNR {
			for (i = 2; $1 == "|" && i <= 7; i++)
				if (length($i) > wide[i])
					wide[i] = length($i)
			next
		}
		$1 == "=" { printf "\n%s\n", $2; next }
		{
			line = sprintf("  %-*s", wide[2], $2)
			for (i = 3; i <= 7; i++)
				line = line sprintf("  %*s", wide[i], $i)
			print line "  " $8
		}' "$dir/head" "$dir/head"
}

print_markdown() {
	printf '%s\n\n' "$(cat "$dir/machine")"
	awk -F '\t' '
		BEGIN {
			print "| what | bootlet | reference | ratio (95 %) | at most | reference is |"
			print "|---|--:|--:|--:|--:|---|"
		}
		{ gsub(/[|]/, "\\|", $0) }
		$1 == "=" { printf "| **%s** | | | | | |\n", $2; next }
		{
			sub(/^\\/, "", $1)
			flag = $7 == "ok" || $7 == "" ? "" : " " $7
			printf "| %s | %s | %s | %s | %s%s | %s |\n", \
				$2, $3, $4, $5, $6, flag, $8
		}' "$dir/lines"
}

printf '|\twhat\tbootlet\treference\tratio (95 %%)\tat most\t\treference is\n' |
	cat - "$dir/lines" >"$dir/head"
print_text
[ -z "$out" ] || print_markdown >"$out" || failed="$failed $out"

count() {
	awk -F '\t' -v what="$1" '$1 == "|" && (what == "" || $7 == what)' \
		"$dir/lines" | wc -l
}
above=$(count ABOVE)
rows=$(count '')
echo
echo "bench: $rows rows, $above above their limit, $(count 'not measured')" \
	"not measured${failed:+, failed:$failed}; $(($(date +%s) - begin)) s"
[ "$rows" -gt 0 ] && [ "$above" -eq 0 ] && [ -z "$failed" ]

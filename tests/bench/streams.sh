#!/bin/sh
# SPDX-License-Identifier: MIT
# Bytes a second between bootlet and a guest's command, by the guest's clock
# from the command's start to its end: each way of the channel, into the guest,
# out of it, and both at once. What arrives is compared with what was sent.
#
#   tests/bench/streams.sh [MEGABYTES [MEGABYTES-FOR-UARTS]]
#
# BOOTLET: the program (build/bootlet).
set -eu

bootlet=${BOOTLET:-build/bootlet}
mb=${1:-50}
slow_mb=${2:-1}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

# way, direction, megabytes, the command
measure() {
	head -c "$((${3} * 1000000))" /dev/urandom >"$dir/in"
	"$bootlet" run -k distro --accel tcg --append quiet --channel "$1" \
		--timeout 3600 -- sh -c \
		"read a b </proc/uptime; $4; read c d </proc/uptime; \
		echo \$a \$c >&2" <"$dir/in" >"$dir/out" 2>"$dir/times"
	case $2 in
	both)	cmp "$dir/in" "$dir/out" ;;
	out)	test "$(wc -c <"$dir/out")" -eq "$((${3} * 1000000))" ;;
	in)	test "$(cat "$dir/out")" = "$(md5sum <"$dir/in")" ;;
	esac
	awk -v mb="$3" -v way="$1" -v dir="$2" 'END {
		printf "%-8s %-5s %4d MB %8.2f MB/s\n", way, dir, mb,
		       mb / ($2 - $1)
	}' "$dir/times"
}

for way in virtio uart ports; do
	n=$mb
	test $way = virtio || n=$slow_mb
	measure $way both "$n" cat
	measure $way out "$n" \
		"dd if=/dev/zero bs=10000 count=$((n * 100)) 2>/dev/null"
	measure $way in "$n" md5sum
done

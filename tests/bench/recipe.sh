# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What benchmarks share, sourced: the programs, and the plain recipe, which is
# what everybody types: the bzImage on QEMU's default machine, an image that
# find | cpio | gzip -9 has packed, and in it BusyBox and a shell script as
# /init.
#
# Sets dir, an empty directory that does not stay, BOOTLET, BENCH_BIN and PAIRS.

BOOTLET=${BOOTLET:-build/bootlet}
BENCH_BIN=${BENCH_BIN:-build/bench}
PAIRS=$BENCH_BIN/pairs
LC_ALL=C
export LC_ALL
if [ -n "${BENCH_DIR:-}" ]; then
	dir=$BENCH_DIR
else
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 130' HUP INT TERM
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/bootlet

# say WORDS: on stderr, after the benchmark's name
say() { echo "${0##*/}: $*" >&2; }

# fail WORDS
fail() {
	say "$@"
	exit 1
}

# not_measured NAME UNIT LIMIT WHY: a row
not_measured() {
	printf '%s\t-\t-\t%s\t-\t-\t-\t%s\t%s\n' "$1" "$2" "$3" "$4"
}

# kernel_of OPTION...: the file that `bootlet run OPTION...` gives to QEMU
# shellcheck disable=SC2317 # it is eval that calls them
kernel_of() (
	lines=$("$BOOTLET" run --accel tcg "$@" --print -- true) || exit 1
	# The lines are sh's to read, whatever the file is called.
	mkdir() { :; }
	bootlet() { :; }
	qemu() {
		while [ $# -gt 1 ]; do
			[ "$1" != -kernel ] || printf '%s\n' "$2"
			shift
		done
	}
	eval "$(printf '%s\n' "$lines" |
		sed 's/^qemu-system-x86_64 /qemu /')"
)

# The one that bootlet puts into images; -k distro has brought it.
busybox() {
	for f in "${BUSYBOX:-}" "$cache/packages/busybox-static/bin/busybox" \
		"$cache/packages/busybox-static/usr/bin/busybox" /bin/busybox; do
		[ ! -x "$f" ] || { echo "$f"; return; }
	done
	fail 'no BusyBox: set BUSYBOX'
}

# recipe_make: $recipe_kernel and $recipe_image, which has to boot
recipe_make() {
	recipe_kernel=$(kernel_of -k distro --entry bzimage) || exit 1
	recipe_image=$dir/recipe.gz
	mkdir -p "$dir/recipe/bin" "$dir/recipe/dev" "$dir/recipe/proc" \
		"$dir/recipe/sys"
	cp "$(busybox)" "$dir/recipe/bin/busybox"
	for name in sh mount cut true poweroff; do
		ln -s busybox "$dir/recipe/bin/$name"
	done
	cat >"$dir/recipe/init" <<-'END'
	#!/bin/sh
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs dev /dev
	echo "This boot took $(cut -d' ' -f1 /proc/uptime) seconds"
	true
	poweroff -f
	END
	chmod +x "$dir/recipe/init"
	(cd "$dir/recipe" && find . | cpio -o -H newc --quiet | gzip -9) \
		>"$recipe_image"
	recipe_run >"$dir/console" 2>&1 </dev/null || :
	grep -q '^This boot took' "$dir/console" ||
		fail "the plain recipe did not boot:
$(tail -n 20 "$dir/console")"
}

# recipe_run [COMMAND...]: boot it; or, as the last words of a COMMAND
recipe_run() {
	"$@" qemu-system-x86_64 -accel tcg -kernel "$recipe_kernel" \
		-initrd "$recipe_image" -append console=ttyS0 -nographic \
		-no-reboot
}

# recipe_row NAME LIMIT OPTION...: `bootlet run OPTION... -- true` against it
recipe_row() {
	name=$1 limit=$2
	shift 2
	# The first fills caches.
	recipe_run "$PAIRS" --warmup 1 --name "$name" \
		--limit "$limit" --ref \
		'qemu -kernel bzImage -initrd image.gz, script on BusyBox' -- \
		"$BOOTLET" run --accel tcg "$@" -- true --vs
}

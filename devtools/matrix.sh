#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds and tests the driver with the DPDK of other Debian releases, in root folders that it makes:
#
#   devtools/matrix.sh [OPTION...] [RELEASE...]
#
#   RELEASE                 22.11 (Debian 12), 24.11 (Debian 13) or 25.11 (Debian sid); without any,
#                           all but the one that is installed here
#   --source RELEASE=DIR    a source tree of that DPDK, for driver headers, where Debian's archives
#                           hand out none; DPDK_SOURCE_24_11=DIR in the environment does the same
#   --sanitized             under ASan and UBSan too
#
# In each, devtools/quickstart.sh and the suites unit and vdev run on a copy of this checkout's files,
# committed or not. The root folders, with what was built in them, stay in build-matrix/ for the next
# time. A release for which a root folder or driver headers cannot be had is skipped. The last line
# is always "N passed, N failed, N skipped"; exit code 0 if nothing failed, 77 if nothing ran.

set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

roots="$top/build-matrix"
chroot="$top/devtools/chroot.sh"
checkout=/root/net_dualbuf

passed=0
failed=0
skipped=0

usage()
{
	sed -n '4,18s/^# \{0,1\}//p' "$0"
}

suite_of()
{
	case "$1" in
	22.11) echo bookworm ;;
	24.11) echo trixie ;;
	25.11) echo sid ;;
	*) return 1 ;;
	esac
}

# take_source RELEASE=DIR
take_source()
{
	local release="${1%%=*}" dir="${1#*=}"

	if [ "$release=$dir" != "$1" ] || [ -z "$dir" ] || ! suite_of "$release" >/dev/null; then
		die "--source needs RELEASE=DIR, with a release of ${all_releases[*]}"
	fi
	declare -g "DPDK_SOURCE_${release/./_}=$dir"
}

parse_arguments()
{
	releases=()
	sanitized=no
	while [ $# -gt 0 ]; do
		case "$1" in
		--source) take_source "${2:-}"; shift ;;
		--source=*) take_source "${1#--source=}" ;;
		--sanitized) sanitized=yes ;;
		-h | --help) usage; exit 0 ;;
		*)
			suite_of "$1" >/dev/null || die "unknown argument '$1' (--source RELEASE=DIR," \
				"--sanitized and the releases ${all_releases[*]} are known)"
			releases+=("$1")
			;;
		esac
		shift
	done
	[ ${#releases[@]} -gt 0 ] || choose_releases
}

# The installed release is tested here, not in a root folder.
choose_releases()
{
	local release own

	own="$(series_of "$(pkg-config --modversion libdpdk 2>/dev/null)")"
	for release in "${all_releases[@]}"; do
		[ "$release" = "$own" ] || releases+=("$release")
	done
}

# skip RELEASE WHY...
skip()
{
	local which="$1"

	shift
	warn "$which is skipped: $*"
	skipped=$((skipped + 1))
}

# in_background COMMAND...: a signal is to end this script at once, and the command with it.
in_background()
{
	local status=0

	setpriv --pdeathsig KILL "$@" <&0 7>&- &
	running=$!
	wait "$running" || status=$?
	running=
	return $status
}

stop_all()
{
	trap '' HUP INT TERM
	[ -z "${running:-}" ] || kill "$running" 2>/dev/null || true
	wait
	exit "$1"
}

# inside COMMAND...: in the checkout's copy, with the DPDK tree that there may be
inside()
{
	in_background "$chroot" run "${offer[@]}" --cd "$checkout" "$root" "$@"
}

# The files of the checkout as they are now, new ones too; never what was built here.
pack_checkout()
{
	local safe=(-c "safe.directory=$top")

	(cd "$top" && git "${safe[@]}" ls-files -z --cached --others --exclude-standard --deduplicate |
		while IFS= read -r -d '' file; do
			# what is deleted and not yet committed
			[ ! -e "$file" ] && [ ! -L "$file" ] || printf '%s\0' "$file"
		done | tar -c --no-recursion --null --files-from=-)
}

# Only what differs is written, so that the build there finds new what is new.
# shellcheck disable=SC2016
unpack_checkout='
	set -eu
	rm -rf incoming && mkdir -p incoming net_dualbuf
	tar -x --no-same-owner -C incoming
	(cd incoming && find . ! -type d | sort) >incoming.list
	while IFS= read -r file; do
		cmp -s "incoming/$file" "net_dualbuf/$file" && [ ! -L "incoming/$file" ] || {
			mkdir -p "$(dirname "net_dualbuf/$file")"
			cp -P --remove-destination "incoming/$file" "net_dualbuf/$file"
		}
		[ -L "incoming/$file" ] || chmod --reference="incoming/$file" "net_dualbuf/$file"
	done <incoming.list
	[ ! -f checkout.list ] || comm -23 checkout.list incoming.list | while IFS= read -r file; do
		rm -f "net_dualbuf/$file"
	done
	mv incoming.list checkout.list
	rm -rf incoming'

copy_checkout()
{
	pack_checkout >"$roots/checkout.tar"
	in_background "$chroot" run "$root" sh -c "$unpack_checkout" <"$roots/checkout.tar" ||
		die "the checkout cannot be copied into $root"
	rm -f "$roots/checkout.tar"
}

# Adds the counts in the last line of the log. A command that failed before it counted is one failure.
add_counts()
{
	local status="$1" counts

	counts="$(tail -n 1 "$log" |
		sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')"
	# shellcheck disable=SC2086
	set -- $counts
	passed=$((passed + ${1:-0}))
	failed=$((failed + ${2:-0}))
	skipped=$((skipped + ${3:-0}))
	[ "$status" -eq 0 ] || [ "${2:-0}" -gt 0 ] || failed=$((failed + 1))
	[ "$status" -eq 0 ]
}

# logged COMMAND...: runs inside, shown with the release before each line, and kept in $log
logged()
{
	local status=0 shown

	exec 8> >(tee "$log" | sed -u "s/^/$release: /")
	shown=$!
	inside "$@" >&8 2>&1 8>&- || status=$?
	exec 8>&-
	wait "$shown"
	return $status
}

# sid goes on to another DPDK one day.
has_release()
{
	local candidate

	candidate="$(inside sh -c 'LC_ALL=C apt-cache policy libdpdk-dev' |
		sed -n 's/^ *Candidate: //p')"
	[ "$(series_of "$candidate")" = "$release" ] && return
	skip "$release" "Debian $(suite_of "$release") has libdpdk-dev ${candidate:-of no version}"
	return 1
}

skip_without_headers()
{
	skip "$release" "$1; give a tree of DPDK $release with --source $release=DIR or" \
		"DPDK_SOURCE_${release/./_}=DIR"
}

# Root folders take minutes to make, so a mirror that lacks the source is found out before.
may_have_headers()
{
	local mirrors=()

	[ -z "$source" ] || return 0
	mapfile -t mirrors < <(mirrors)
	/usr/bin/python3 "$top/devtools/archive-source.py" dpdk "$suite" "${mirrors[@]}" && return
	skip_without_headers "no mirror hands out the source of $suite's DPDK (${mirrors[*]})"
	return 1
}

# With a tree its headers must do; without, Debian's archives hand out the source or they do not.
has_headers()
{
	[ -z "$source" ] || return 0
	logged devtools/dpdk-sdk.sh && return
	skip_without_headers "there are no driver headers"
	return 1
}

test_quickstart()
{
	if logged devtools/quickstart.sh && grep -q '^identical: *yes' "$log"; then
		passed=$((passed + 1))
	else
		warn "$release: quickstart.sh failed"
		failed=$((failed + 1))
	fi
}

# test_part OPTION...
test_part()
{
	local status=0

	logged devtools/test.sh --no-vm "$@" || status=$?
	add_counts $status || warn "$release: test.sh --no-vm $* failed"
}

test_release()
{
	local status=0 suite

	suite="$(suite_of "$release")"
	root="$roots/$suite"
	log="$roots/$suite-output.log"
	offer=()
	echo
	say "== DPDK $release, Debian $suite"
	source="$(source_of "$release")"
	may_have_headers || return 0
	in_background "$chroot" make "$root" "$suite" || status=$?
	case $status in
	0) ;;
	77) skip "$release" "no root folder of Debian $suite can be had"; return ;;
	*) warn "$release: no root folder"; failed=$((failed + 1)); return ;;
	esac
	[ -z "$source" ] || offer=(--bind-ro "$source" /dpdk-src --env DPDK_SOURCE=/dpdk-src)
	copy_checkout
	has_release && has_headers || return 0
	test_quickstart
	test_part --quick
	[ $sanitized = no ] || test_part --part sanitized
}

check_sources()
{
	local release source

	for release in "${releases[@]}"; do
		source="$(source_of "$release")"
		[ -z "$source" ] || [ -f "$source/VERSION" ] ||
			die "$source, given for $release, is no source tree of DPDK"
	done
}

main()
{
	local release source root log offer

	parse_arguments "$@"
	check_sources
	# a closed standard input could not be handed on
	{ : <&0; } 2>/dev/null || exec </dev/null
	mkdir -p "$roots"
	# Two runs would build in one folder.
	exec 7<"$roots"
	flock --nonblock 7 || { say "waiting for another run in this checkout"; flock 7; }
	trap 'stop_all 129' HUP
	trap 'stop_all 130' INT
	trap 'stop_all 143' TERM
	if "$chroot" check; then
		for release in "${releases[@]}"; do
			test_release
		done
	else
		skipped=${#releases[@]}
		warn "${releases[*]} skipped: no root folders can be made here"
	fi
	echo
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed -eq 0 ] || exit 1
	[ $passed -gt 0 ] || exit 77
}

main "$@"

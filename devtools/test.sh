#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds everything with warnings as errors and runs all tests:
#
#   devtools/test.sh                with gcc, under sanitizers too; clang compiles; then runs the
#                                   bench, to see that it works: no figure fails a test; at last
#                                   devtools/matrix.sh, for the DPDK of other Debian releases
#   devtools/test.sh --quick        with gcc alone
#   devtools/test.sh --sanitize     under sanitizers alone: all tests under ASan and UBSan, and
#                                   those that have races in them under ThreadSanitizer
#   devtools/test.sh --cc clang     with clang alone (also with --sanitize)
#   devtools/test.sh --part NAME    one part alone: plain, compiled, sanitized or raced
#   devtools/test.sh --no-vm        without the suites that need virtual machines (also with others)
#   devtools/test.sh --full         with those of their tests that repeat on another model of NIC
#                                   what one model shows (also with others)
#
# The last line is always "N passed, N failed, N skipped"; exit code 0 if nothing failed. A part
# that does not build counts as one failure, and the others go on.

set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

passed=0
failed=0
skipped=0

usage()
{
	sed -n '4,19s/^# \{0,1\}//p' "$0"
}

parse_arguments()
{
	parts=()
	cc=gcc
	sanitize=no
	quick=no
	whole=no
	vm=yes
	full=no
	local chosen=no only=

	while [ $# -gt 0 ]; do
		case "$1" in
		--quick) quick=yes ;;
		--sanitize) sanitize=yes ;;
		--no-vm) vm=no ;;
		--full) full=yes ;;
		--part) only="${2:-}"; shift ;;
		--part=*) only="${1#--part=}" ;;
		--cc) cc="${2:-}"; chosen=yes; shift ;;
		--cc=*) cc="${1#--cc=}"; chosen=yes ;;
		-h | --help) usage; exit 0 ;;
		*) die "unknown argument '$1' (see --help)" ;;
		esac
		[ $# -gt 0 ] || die "an argument is missing (see --help)"
		shift
	done
	case "$cc" in gcc | clang) ;; *) die "--cc must be gcc or clang" ;; esac

	if [ -n "$only" ]; then
		case "$only" in
		plain | compiled | sanitized | raced) parts=("$only $cc") ;;
		*) die "--part must be plain, compiled, sanitized or raced" ;;
		esac
	elif [ $sanitize = yes ]; then
		parts=("sanitized $cc" "raced $cc")
	elif [ $quick = yes ] || [ $chosen = yes ]; then
		parts=("plain $cc")
	else
		parts=('plain gcc' 'compiled clang' 'sanitized gcc' 'raced gcc')
		whole=yes
	fi
}

install_packages()
{
	local packages=("${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}")

	[[ "${parts[*]}" != *clang* ]] || packages+=(clang)
	[[ "${parts[*]}" != *'sanitized clang'* ]] || packages+=(libclang-rt-dev)
	need_packages "${packages[@]}"
}

# folder_of NAME CC: gcc has the plain names
folder_of()
{
	local suffix=

	[ "$2" = gcc ] || suffix="-$2"
	printf '%s/%s%s' "$top" "$1" "$suffix"
}

# build_part DIR TARGET [OPTION...]
build_part()
{
	local dir="$1" target="$2"

	shift 2
	set_up "$dir" -Dwerror=true -Dtests=enabled "$@" && ninja -C "$dir" --quiet "$target"
}

# add_counts PASSED FAILED SKIPPED
add_counts()
{
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + $3))
}

# Adds what meson noted of each test to the sums.
count_results()
{
	local counts

	counts="$(/usr/bin/python3 - "$1/meson-logs/testlog.json" <<-'END'
		import collections, json, sys
		with open(sys.argv[1]) as log:
		    results = [json.loads(line)["result"] for line in log]
		# An expected failure is a pass; an unexpected pass, a time-out, an error are not.
		kinds = {"OK": "passed", "EXPECTEDFAIL": "passed", "SKIP": "skipped"}
		sums = collections.Counter(kinds.get(result, "failed") for result in results)
		print(sums["passed"], sums["failed"], sums["skipped"])
	END
	)" || counts='0 1 0'
	# shellcheck disable=SC2086
	set -- $counts
	add_counts "$@"
	[ "$2" -gt 0 ]
}

run_tests()
{
	local dir="$1" status=0 options=()

	rm -f "$dir/meson-logs/testlog.json"
	[ $vm = yes ] || options+=(--no-suite vm --no-suite vm-igb --no-suite vm-e1000)
	[ $full = yes ] || options+=(--no-suite full)
	meson test -C "$dir" --no-rebuild --print-errorlogs "${options[@]}" || status=$?
	if [ ! -f "$dir/meson-logs/testlog.json" ]; then
		[ $status -eq 0 ] || failed=$((failed + 1))
		return
	fi
	# meson's own verdict counts as well, should it see more than its log shows
	count_results "$dir" || [ $status -eq 0 ] || failed=$((failed + 1))
}

# What guests are made of: not every model is of the same QEMU.
build_machines()
{
	local model

	for model in e1000e igb e1000; do
		/usr/bin/python3 "$top/devtools/vm.py" build --model "$model" >/dev/null ||
			warn "the virtual machine with $model cannot be made: its tests will fail"
	done
}

run_part()
{
	local kind="$1" dir target=all options=()

	export CC="$2"
	case "$kind" in
	sanitized)
		dir="$(folder_of build-asan "$CC")"
		# at -O3 the sanitizers' own code makes gcc see ghosts
		options=('-Db_sanitize=address,undefined' -Db_lundef=false -Doptimization=1)
		;;
	raced)
		dir="$(folder_of build-tsan "$CC")"
		target=race-tests
		options=(-Db_sanitize=thread -Db_lundef=false -Doptimization=1)
		;;
	*) dir="$(folder_of build "$CC")" ;;
	esac

	echo
	say "== $kind, $CC"
	if ! build_part "$dir" "$target" "${options[@]}"; then
		warn "the build with $CC failed ($kind)"
		failed=$((failed + 1))
	elif [ "$kind" != compiled ]; then
		# what guests and examples are made of is downloaded here, where no time-out of a test applies
		[ "$kind" != plain ] || [ -n "${DPDK_SOURCE:-}" ] || "$top/devtools/dpdk-sdk.sh" --whole ||
			warn "no sources of DPDK: the tests of its examples are skipped"
		[ "$kind" != plain ] || [ $vm = no ] || build_machines
		run_tests "$dir"
	fi
}

# It counts as one test.
run_bench()
{
	local status=0

	echo
	say "== bench, gcc: whether it works, not how fast"
	CC=gcc "$top/devtools/bench.sh" --quick || status=$?
	case $status in
	0) passed=$((passed + 1)) ;;
	77) warn "the bench is skipped"; skipped=$((skipped + 1)) ;;
	*) warn "the bench failed"; failed=$((failed + 1)) ;;
	esac
}

# Its counts are added; what it says of releases that it skips stands in the output.
run_matrix()
{
	local status=0 counts

	# a root folder is one release of the matrix itself
	[ ! -s /etc/debian_chroot ] || return 0
	echo
	say "== matrix: the DPDK of other Debian releases"
	mkdir -p "$top/build-matrix"
	"$top/devtools/matrix.sh" 2>&1 | tee "$top/build-matrix/output.log" || status=$?
	counts="$(tail -n 1 "$top/build-matrix/output.log" |
		sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')"
	# shellcheck disable=SC2086
	set -- ${counts:-0 1 0}
	add_counts "$@"
	[ "$2" -gt 0 ] || [ $status -eq 0 ] || [ $status -eq 77 ] || failed=$((failed + 1))
	[ "$3" -eq 0 ] || warn "the matrix skipped $3, see above"
}

main()
{
	local part

	parse_arguments "$@"
	install_packages
	check_plugin_folder "$top"
	have_driver_headers || "$top/devtools/dpdk-sdk.sh"
	for part in "${parts[@]}"; do
		# shellcheck disable=SC2086
		run_part $part
	done
	if [ $whole = yes ]; then
		run_bench
		run_matrix
	fi
	echo
	[ $((passed + failed)) -gt 0 ] || warn "error: no test ran"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed -eq 0 ] && [ $passed -gt 0 ]
}

main "$@"

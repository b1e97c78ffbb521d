#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Measures the driver against others and prints medians with spread, and ratios:
#
#   devtools/bench.sh [--quick] [--json FILE] [--plots DIR] [OPTION...]
#
#   --quick       fewer repetitions, under 3 minutes; shows that it works more than how fast it is
#   --json FILE   the same as a list of objects
#   --plots DIR   a plot (SVG) of each group of rows
#   --rows A,...  some rows only: those of `dualbuf-bench --help`, and nic
#   --dir DIR     captures go there (build-release); in a tmpfs no disk has a say in pcap-fwd
#   --simd BITS   the widest vectors to use, as EAL's --force-max-simd-bitwidth (its default is 256)
#
# Builds in build-release. Reserves 2 MB huge pages, and puts that setting back. Exit code 0 when
# everything was measured, whether goals are met or not; 77 when there are no huge pages to be had.

set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

build="$top/build-release"
bench="$build/app/dualbuf-bench/dualbuf-bench"
plugin="$build/drivers/net/dualbuf/librte_net_dualbuf.so"
nr_hugepages=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
free_hugepages=/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages

# 1 GB; the longest ring with most buffers takes half of it.
wanted_pages=512

usage()
{
	sed -n '4,17s/^# \{0,1\}//p' "$0"
}

# value_of OPTION [VALUE]
value_of()
{
	[ -n "${2:-}" ] || die "$1 needs a value"
	printf '%s' "$2"
}

parse_arguments()
{
	bench_options=(--json)
	table_options=()
	json=
	plots=
	rows=
	quick=no
	dir="$build"
	while [ $# -gt 0 ]; do
		case "$1" in
		--quick) quick=yes; bench_options+=(--quick) ;;
		--json) json="$(value_of "$@")"; shift ;;
		--plots) plots="$(value_of "$@")"; shift ;;
		--rows) rows="$(value_of "$@")"; shift ;;
		--dir) dir="$(value_of "$@")"; shift ;;
		--simd) bench_options+=(--simd "$(value_of "$@")"); shift ;;
		-h | --help) usage; exit 0 ;;
		*) die "unknown argument '$1' (see --help)" ;;
		esac
		shift
	done
	choose_rows
}

# dualbuf-bench measures all rows but nic.
choose_rows()
{
	local row wanted=() own=()

	wants_nic=yes
	wants_bench=yes
	[ -n "$rows" ] || return 0
	wants_nic=no
	IFS=, read -ra wanted <<<"$rows"
	for row in "${wanted[@]}"; do
		if [ "$row" = nic ]; then wants_nic=yes; else own+=("$row"); fi
	done
	if [ ${#own[@]} -gt 0 ]; then
		bench_options+=(--rows "$(IFS=,; printf '%s' "${own[*]}")")
	else
		wants_bench=no
	fi
}

# Better now than after minutes of measuring; and what an earlier run left there is not to be taken
# for the result of one that fails.
open_outputs()
{
	if [ -n "$json" ]; then
		: >"$json" || die "cannot write $json"
		table_options+=(--json "$json")
	fi
	if [ -n "$plots" ]; then
		mkdir -p "$plots" || die "cannot make $plots"
		[ -w "$plots" ] || die "cannot write to $plots"
		table_options+=(--plots "$plots")
	fi
}

install_packages()
{
	local packages=("${build_packages[@]}" "${run_packages[@]}" iproute2 tcpreplay)

	[ -z "$plots" ] || packages+=(python3-matplotlib)
	need_packages "${packages[@]}"
}

build_release()
{
	check_plugin_folder "$top"
	have_driver_headers || "$top/devtools/dpdk-sdk.sh"
	set_up "$build" -Doptimization=3 -Ddebug=false || die "meson setup failed"
	say "ninja -C ${build#"$top/"}"
	ninja -C "$build" --quiet "${bench#"$build/"}" librte_net_dualbuf.so || die "the build failed"
}

# The kernel gives what it can; fewer than asked for is no error to it.
set_hugepages()
{
	printf '%s\n' "$1" | as_root tee "$nr_hugepages" >/dev/null
}

reserve_hugepages()
{
	local free

	[ -r "$nr_hugepages" ] || refuse "this kernel has no 2 MB huge pages"
	free="$(cat "$free_hugepages")"
	if [ "$free" -lt "$wanted_pages" ]; then
		pages_before="$(cat "$nr_hugepages")"
		if ! set_hugepages $((pages_before + wanted_pages - free)); then
			pages_before=
			refuse "cannot write $nr_hugepages"
		fi
		free="$(cat "$free_hugepages")"
	fi
	[ "$free" -ge "$wanted_pages" ] ||
		refuse "only $free of $wanted_pages huge pages (2 MB) can be had"
}

# Test suites know 77 as "skipped": what a machine lacks is no fault of the bench.
refuse()
{
	warn "error: $1; without huge pages mbufs stand one to a 4 KiB page, all their headers" \
		"fall into one set of the L1 cache, and figures lie by 40 %: nothing is measured"
	exit 77
}

clean_up()
{
	local pid

	for pid in ${running:-} ${table:-}; do
		stop "$pid"
		wait "$pid" 2>/dev/null || true
	done
	[ -z "${pages_before:-}" ] || set_hugepages "$pages_before" ||
		warn "error: could not set $nr_hugepages back to $pages_before"
	rm -rf "$captures"
}

# A process under sudo is not ours to stop, and sudo passes on no signal of its own process group.
stop()
{
	local children

	kill "$1" 2>/dev/null && return 0
	children="$(cat "/proc/$1/task/$1/children" 2>/dev/null)" || return 0
	# shellcheck disable=SC2086
	[ -z "$children" ] || as_root kill $children 2>/dev/null || true
}

# A signal is to end this script at once, so what takes long runs beside it.
run()
{
	local status=0

	"$@" &
	running=$!
	wait "$running" || status=$?
	running=
	return $status
}

nic_rows()
{
	local rounds=20

	[ $quick = no ] || rounds=5
	run /usr/bin/python3 "$top/devtools/vm.py" bench --rounds $rounds --plugin "$plugin" \
		>"$captures/nic.txt" || die "vm.py bench failed"
	/usr/bin/python3 "$top/devtools/bench.py" nic <"$captures/nic.txt"
}

measure()
{
	local sudo=()

	# without any such right it leaves out the live rows, and says so
	[ "$(id -u)" -eq 0 ] || ! command -v sudo >/dev/null || sudo=(sudo)
	if [ $wants_bench = yes ]; then
		run "${sudo[@]}" "$bench" "${bench_options[@]}" --dir "$captures" || die "dualbuf-bench failed"
	fi
	[ $wants_nic = no ] || nic_rows
}

main()
{
	parse_arguments "$@"
	install_packages
	build_release
	open_outputs
	captures="$(mktemp -d "$dir/captures.XXXXXX")"
	trap clean_up EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	reserve_hugepages
	say "$(sed -n 's/^model name[\t ]*: //p;T;q' /proc/cpuinfo)," \
		"load $(cut -d ' ' -f 1 /proc/loadavg)"

	mkfifo "$captures/lines"
	/usr/bin/python3 "$top/devtools/bench.py" table "${table_options[@]}" <"$captures/lines" &
	table=$!
	exec 8>"$captures/lines"
	measure >&8 8>&-
	exec 8>&-
	wait "$table"
	table=
}

main "$@"

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds the driver and lets dpdk-testpmd forward a capture through it:
#
#   devtools/quickstart.sh [--pcap FILE]
#
# FILE is any Ethernet capture, pcap or pcapng; without it, a sample is made. What was sent goes
# to build/quickstart-out.pcap and is compared with FILE. Exit code 0 if all packets are there,
# byte for byte and in order.

set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

build="$top/build"
plugin="$build/drivers/net/dualbuf/librte_net_dualbuf.so"
out=build/quickstart-out.pcap
log=build/quickstart-testpmd.log

# How long the count of sent packets may stand still before we stop waiting for more.
patience_seconds=10

# Debian's, whatever else is first in PATH
captures()
{
	/usr/bin/python3 "$top/devtools/captures.py" "$@"
}

usage()
{
	sed -n '4,10s/^# \{0,1\}//p' "$0"
}

parse_arguments()
{
	pcap=
	while [ $# -gt 0 ]; do
		case "$1" in
		--pcap) pcap="${2:-}"; [ -n "$pcap" ] || die "--pcap needs a file"; shift 2 ;;
		--pcap=*) pcap="${1#--pcap=}"; shift ;;
		-h | --help) usage; exit 0 ;;
		*) die "unknown argument '$1' (only --pcap FILE is known)" ;;
		esac
	done
	[ -z "$pcap" ] || [ -r "$pcap" ] || die "cannot read $pcap"
	[ -z "$pcap" ] || pcap="$(realpath -- "$pcap")"
}

build_driver()
{
	need_packages "${build_packages[@]}" "${run_packages[@]}"
	check_plugin_folder "$top"
	have_driver_headers || "$top/devtools/dpdk-sdk.sh"
	set_up "$build" || die "meson setup failed"
	say "ninja -C build"
	ninja -C "$build" --quiet || die "the build failed"
}

# Devargs end at a comma and know brackets and quotes; a link hides all of that from them.
choose_input()
{
	if [ -z "$pcap" ]; then
		input=build/quickstart-sample.pcap
		captures sample "$input"
		pcap="$top/$input"
	elif [[ "$pcap" =~ ^[A-Za-z0-9_./+@%:-]+$ ]]; then
		input="$pcap"
	else
		input=build/quickstart-in.pcap
		ln -sfn -- "$pcap" "$input"
	fi
	# to compare, captures.py needs the programs for what the driver decompresses by itself
	case "$(head -c 4 "$input" | od -An -tx1 | tr -d ' ')" in
	28b52ffd | 502a4d18) need_packages zstd ;;
	04224d18) need_packages lz4 ;;
	esac
	packets_in="$(captures count "$input")" || die "$pcap is no capture that can be read"
	[ "$packets_in" -gt 0 ] || die "$pcap holds no packet"
}

# testpmd forwards on an lcore of its own, beside the one that reads commands. On a machine with
# one CPU both lcores share it.
two_lcores()
{
	local cpus=() part

	for part in $(sed -n 's/^Cpus_allowed_list:[ \t]*//p' /proc/self/status | tr ',' ' '); do
		mapfile -t -O ${#cpus[@]} cpus < <(seq "${part%-*}" "${part#*-}")
		[ ${#cpus[@]} -lt 2 ] || break
	done
	printf '0@%s,1@%s' "${cpus[0]}" "${cpus[1]:-${cpus[0]}}"
}

start_testpmd()
{
	local command=(dpdk-testpmd --no-huge -m 512 --no-pci --no-shconf --no-telemetry
		"--file-prefix=dualbuf-$$" "--lcores=$(two_lcores)" -d "$plugin"
		--vdev "net_dualbuf0,rx_pcap=$input,tx_pcap=$out"
		-- --interactive --forward-mode=io --no-flush-rx --enable-scatter --tx-offloads=0x8000
		--total-num-mbufs=32768)

	say "${command[*]}"
	rm -f "$out"
	mkfifo "$fifos/commands"
	"${command[@]}" <"$fifos/commands" >"$log" 2>&1 &
	testpmd=$!
	exec 8>"$fifos/commands"
	# Should testpmd end early, its log is worth more than a death of this script. Only from
	# here on, or testpmd would inherit it.
	trap '' PIPE
}

is_running()
{
	kill -0 "$testpmd" 2>/dev/null
}

tell()
{
	# The shell's own message about a testpmd that is gone would only confuse.
	{ printf '%s\n' "$1" >&8; } 2>/dev/null || true
}

# The latest number in the log that stands behind the words "$1:".
number_of()
{
	sed -n "s/.*\\b$1: *\\([0-9][0-9]*\\).*/\\1/p" "$log" | tail -n 1 | grep . || echo 0
}

wait_until_forwarded()
{
	local sent=0 before=0 still=0

	while is_running && [ "$sent" -lt "$packets_in" ]; do
		# testpmd goes on without a port when the driver refuses to make one
		! grep -q 'No probed ethernet devices' "$log" || return 0
		tell 'show port stats 0'
		sleep 0.2
		sent="$(number_of TX-packets)"
		still=$((sent == before ? still + 1 : 0))
		[ $still -lt $((patience_seconds * 5)) ] || break
		before="$sent"
	done
}

run_testpmd()
{
	start_testpmd
	tell start
	wait_until_forwarded
	tell stop
	tell 'show port xstats 0'
	tell quit
	exec 8>&-
	wait "$testpmd" || show_failure "dpdk-testpmd ended with exit code $?"
}

show_failure()
{
	grep -iE 'error|fail|cannot|invalid|dualbuf' "$log" | grep -vE '^testpmd>|^Invalid port|^  ' |
		tail -n 12 >&2 || tail -n 12 "$log" >&2
	die "$1; all it said is in $log"
}

clean_up()
{
	[ -z "${testpmd:-}" ] || ! is_running || kill "$testpmd"
	rm -rf "$fifos"
}

print_summary()
{
	local identical=yes

	[ -f "$out" ] || show_failure "dpdk-testpmd wrote no $out"
	captures compare "$input" "$out" >"$fifos/compare" 2>&1 || identical=no
	echo
	printf '%-13s %s\n' \
		'packets in:' "$packets_in" \
		'packets out:' "$(captures count "$out")" \
		'flips:' "$(number_of rx_q0_flips)" \
		'copies:' "$(number_of rx_q0_copies)" \
		'identical:' "$identical"
	[ "$identical" = yes ] || {
		cat "$fifos/compare" >&2
		die "$out differs from $pcap"
	}
}

main()
{
	parse_arguments "$@"
	cd "$top"
	# The result has one name: a second run in this checkout waits for the first.
	exec 7<"$top/devtools"
	flock --nonblock 7 || { say "waiting for another run in this checkout"; flock 7; }
	fifos="$(mktemp -d)"
	trap clean_up EXIT
	build_driver
	choose_input
	run_testpmd
	print_summary
}

main "$@"

#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds the driver inside DPDK's own source tree, to keep the promise that its folder can be
# copied there as it is:
#
#   devtools/intree-check.sh [DIR | RELEASE]
#
# DIR is a source tree of DPDK, which is copied and not changed. RELEASE is 22.11, 24.11 or 25.11, with
# its tree in DPDK_SOURCE_24_11 (for example) or DPDK_SOURCE of the environment; of the release that is
# installed, which is used without an argument too, Debian's source package does as well.

set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

work="$top/build-intree"
driver=net/dualbuf

# Everything that the driver does not stand on, so that the build takes seconds.
unused_libs()
{
	local needed=' argparse cmdline eal ethdev hash kvargs log mbuf mempool meter net pci rcu'
	local lib names=()

	needed+=' ring telemetry '
	for lib in "$work"/dpdk/lib/*/; do
		lib="$(basename "$lib")"
		[[ "$needed" == *" $lib "* ]] || names+=("$lib")
	done
	(IFS=,; printf '%s' "${names[*]}")
}

copy_tree()
{
	rm -rf "$work"
	mkdir "$work"
	cp -r --reflink=auto "$1" "$work/dpdk"
	rm -rf "$work/dpdk/drivers/$driver"
	cp -r "$top/drivers/$driver" "$work/dpdk/drivers/$driver"
	cp "$top"/doc/guides/nics/features/*.ini "$work/dpdk/doc/guides/nics/features/"
	name_driver "$work/dpdk/drivers/net/meson.build"
}

# The one line that DPDK needs, where the alphabet wants it: before the first driver that comes later,
# whatever its name is, since drivers move.
name_driver()
{
	LC_ALL=C awk -v line="'${driver#*/}'," '
		in_list && !done && $1 ~ /^[\x27\]]/ && $1 > line { print "        " line; done = 1 }
		/^drivers = \[/ { in_list = 1 }
		{ print }
		END { exit !done }' "$1" >"$work/meson.build" ||
		die "drivers/net/meson.build of this DPDK does not look as expected"
	cp "$work/meson.build" "$1"
}

# developer_mode switches on DPDK's own checks of the symbols
build_library()
{
	local library

	meson setup "$work/build" "$work/dpdk" -Ddeveloper_mode=enabled -Dplatform=generic \
		-Denable_drivers="$driver" -Dtests=false -Ddisable_apps='*' \
		-Ddisable_libs="$(unused_libs)" -Dwerror=true >"$work/log" 2>&1 ||
		{ tail -n 20 "$work/log" >&2; die "DPDK's meson setup failed"; }
	library="$(ninja -C "$work/build" -t targets all |
		sed -n 's/^\(drivers\/librte_net_dualbuf\.so\.[0-9.]*\): c_LINKER$/\1/p')"
	[ -n "$library" ] || die "DPDK does not build the driver: $(
		grep -A1 -m1 "$driver" "$work/log" || echo "see $work/log")"
	ninja -C "$work/build" --quiet "$library" || die "the driver does not build inside DPDK"
	say "built $library inside $dpdk"
}

# find_tree RELEASE: sets $dpdk
find_tree()
{
	local installed

	dpdk="$(source_of "$1")"
	[ -z "$dpdk" ] || return 0
	installed="$(pkg-config --modversion libdpdk)"
	[ "$1" = "$(series_of "$installed")" ] ||
		die "there is no tree of DPDK $1 here, installed is $installed;" \
			"give one with DPDK_SOURCE_${1/./_}=DIR in the environment"
	"$top/devtools/dpdk-sdk.sh" --whole
	dpdk="$top/.sdk-source/$installed"
}

main()
{
	case "${1:-}" in
	-h | --help) sed -n '4,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
	esac
	need_packages "${build_packages[@]}"
	# since 25.11 DPDK takes the first python3 in PATH; Debian's has pyelftools
	export PATH="/usr/bin:$PATH"
	dpdk="${1:-$(series_of "$(pkg-config --modversion libdpdk)")}"
	[[ ! "$dpdk" =~ ^[0-9]{2}\.[0-9]{2}$ ]] || [ -d "$dpdk" ] || find_tree "$dpdk"
	[ -f "$dpdk/drivers/net/meson.build" ] || die "$dpdk is no DPDK source tree"
	copy_tree "$dpdk"
	build_library
}

main "$@"

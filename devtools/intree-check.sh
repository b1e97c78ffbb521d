#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds the driver inside DPDK's own source tree, to keep the promise that its folder can be
# copied there as it is:
#
#   devtools/intree-check.sh [DPDK]
#
# DPDK is a source tree, which is copied and not changed; without it, the source of the installed
# version is used.

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
	# the one line that DPDK needs, where the alphabet wants it
	sed -i "0,/^ *'e1000',/s//        'dualbuf',\n&/" "$work/dpdk/drivers/net/meson.build"
	grep -q "'dualbuf'," "$work/dpdk/drivers/net/meson.build" ||
		die "drivers/net/meson.build of this DPDK does not look as expected"
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

main()
{
	need_packages "${build_packages[@]}"
	dpdk="${1:-}"
	if [ -z "$dpdk" ]; then
		"$top/devtools/dpdk-sdk.sh" --whole
		dpdk="$top/.sdk-source/$(pkg-config --modversion libdpdk)"
	fi
	[ -f "$dpdk/drivers/net/meson.build" ] || die "$dpdk is no DPDK source tree"
	copy_tree "$dpdk"
	build_library
}

main "$@"

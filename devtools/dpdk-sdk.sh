#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Debian's libdpdk-dev has no headers for drivers. This takes them from the Debian
# source package of the very version that is installed, into .sdk/ of the checkout:
#
#   devtools/dpdk-sdk.sh                the headers, where `meson setup` looks for them
#   devtools/dpdk-sdk.sh --source DIR   the same from an unpacked source tree of DPDK, of the series
#                                       that is installed (24.11.z for 24.11.z)
#   devtools/dpdk-sdk.sh --whole        all of DPDK's source too, in .sdk-source/VERSION
#
# DPDK_SOURCE=DIR in the environment does what --source DIR does, for all scripts that come here;
# DPDK_SOURCE_24_11=DIR does it where 24.11 is installed.
#
# apt gets a configuration of its own, with its own lists and sources, so that nothing
# on the system changes and apt still checks the signatures.

set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

sdk="$top/.sdk"
sources="$top/.sdk-source"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The headers of a driver on the vdev and pci buses; the rest follows from #include lines.
roots=(bus_driver.h ethdev_driver.h ethdev_vdev.h ethdev_pci.h dev_driver.h bus_vdev_driver.h bus_pci_driver.h)

# Since 25.07 sources say by macros of this header what a library exports; older DPDK lacks it.
newer_roots=(eal_export.h)

usage()
{
	sed -n '4,16s/^# \{0,1\}//p' "$0"
}

installed()
{
	dpkg-query -W -f="\${$1}" libdpdk-dev
}

# Headers taken from a tree stay until the installed version changes: nobody who has given one
# once should have to say so at each build.
sdk_is_current()
{
	[ -z "$tree" ] && [ "$(cat "$sdk/VERSION" 2>/dev/null)" = "$version" ] &&
		[[ "$(cat "$sdk/PACKAGE")" == @("$package $package_version"|'source tree '*) ]]
}

# The system's proxy settings hold here too; only what names sources and folders is ours.
write_apt_configuration()
{
	local archive signed=

	mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
	[ ! -f "$keyring" ] || signed="[signed-by=$keyring] "
	debian_archives >"$work/archives"
	while read -r archive; do
		printf 'deb-src %s%s main\n' "$signed" "$archive"
	done <"$work/archives" >"$work/apt/sources.list"
	cat >"$work/apt/apt.conf" <<-END
		Dir::Etc::SourceList "$work/apt/sources.list";
		Dir::Etc::SourceParts "-";
		Dir::State::Lists "$work/apt/lists";
		Dir::Cache "$work/apt/cache";
		Acquire::Languages "none";
		APT::Sandbox::User "root";
		APT::Update::Post-Invoke "";
		APT::Update::Post-Invoke-Success "";
		APT::Update::Pre-Invoke "";
	END
}

private_apt()
{
	APT_CONFIG="$work/apt/apt.conf" apt-get -qq "$@" >"$work/apt/log" 2>&1 || {
		cat "$work/apt/log" >&2
		return 1
	}
}

download_source()
{
	say "downloading the Debian source package $package $package_version"
	write_apt_configuration
	private_apt update || die "apt could not read the source lists; $another_way"
	(cd "$work" && private_apt source --download-only "$package=$package_version") ||
		die "no Debian archive hands out the source of $package $package_version;" \
			"bring libdpdk-dev up to date with apt-get and try again, or $another_way"
}

unpack_source()
{
	mkdir "$work/source"
	tar -xJf "$(echo "$work/$package"_*.orig.tar.xz)" -C "$work/source" \
		--strip-components=1 "$@" || die "cannot unpack the source of $package"
}

# A tree of another series has other structures behind the same names.
check_tree()
{
	local found

	[ -d "$tree/drivers/bus" ] || die "$tree is no source tree of DPDK"
	found="$(cat "$tree/VERSION" 2>/dev/null)" || die "$tree has no file VERSION"
	[ "$(series_of "$found")" = "$(series_of "$version")" ] ||
		die "$tree is DPDK $found, installed is $version;" \
			"allowed is any tree of $(series_of "$version")"
	tree_version="$found"
}

find_header()
{
	find "$headers/lib" "$headers/drivers/bus" -name "$1" \
		-not -path '*/windows/*' -not -path '*/freebsd/*' -not -path '*/bsd/*' -print -quit
}

system_has()
{
	# shellcheck disable=SC2086
	printf '#include <rte_config.h>\n#if !__has_include(<%s>)\n#error\n#endif\n' "$1" |
		"$CC" $dpdk_cflags -E -x c - >/dev/null 2>&1
}

# Copies $1, and what it includes, unless the installed headers have it: two copies of one
# header that differ in a patch would be worse than none.
take_header()
{
	local from include

	[ ! -f "$work/sdk/include/$1" ] && ! system_has "$1" || return 0
	from="$(find_header "$1")"
	[ -n "$from" ] || return 1
	cp "$from" "$work/sdk/include/$1"
	while read -r include; do
		# A header that is nowhere in DPDK belongs to libc or to the compiler.
		take_header "$include" || true
	done < <(sed -n 's/^[ \t]*#[ \t]*include[ \t]*[<"]\([^>"/]*\)[>"].*/\1/p' "$from")
}

# build_sdk ORIGIN: from the tree $headers. VERSION is what is installed: meson.build compares them.
build_sdk()
{
	local header

	mkdir -p "$work/sdk/include"
	for header in "${roots[@]}"; do
		take_header "$header" || die "$1 has no header $header"
	done
	for header in "${newer_roots[@]}"; do
		take_header "$header" || true
	done
	printf '%s\n' "$version" >"$work/sdk/VERSION"
	printf '%s\n' "$1" >"$work/sdk/PACKAGE"
	# New files with the same contents would make ninja build all again.
	! diff -rq "$work/sdk" "$sdk" >/dev/null 2>&1 || return 0
	rm -rf "$sdk"
	mv -T "$work/sdk" "$sdk"
}

get_headers()
{
	if sdk_is_current; then
		say "the driver headers of DPDK $version are in $sdk"
		return
	fi
	if [ -n "$tree" ]; then
		check_tree
		headers="$tree"
		build_sdk "source tree $tree_version"
		say "the driver headers in $sdk are those of DPDK $tree_version in $tree," \
			"for the installed $version"
		return
	fi
	download_source
	unpack_source --wildcards '*/lib/*.h' '*/drivers/bus/*.h'
	headers="$work/source"
	build_sdk "$package $package_version"
	say "put the driver headers of DPDK $version into $sdk"
}

get_source()
{
	if [ -d "$sources/$version" ]; then
		say "the source of DPDK $version is in $sources/$version"
		return
	fi
	download_source
	rm -rf "$work/source"
	unpack_source
	mkdir -p "$sources"
	mv -T "$work/source" "$sources/$version"
	say "put the source of DPDK $version into $sources/$version"
}

parse_arguments()
{
	whole=no
	tree="${DPDK_SOURCE:-}"
	while [ $# -gt 0 ]; do
		case "$1" in
		--whole) whole=yes ;;
		--source)
			tree="${2:-}"
			[ -n "$tree" ] || die "--source needs a source tree of DPDK (all of the source: --whole)"
			shift
			;;
		--source=?*) tree="${1#--source=}" ;;
		-h | --help) usage; exit 0 ;;
		*) die "unknown argument '$1' (--source DIR and --whole are known)" ;;
		esac
		shift
	done
}

main()
{
	parse_arguments "$@"
	need_packages "${sdk_packages[@]}" gcc libc6-dev pkgconf
	version="$(pkg-config --modversion libdpdk)"
	dpdk_cflags="$(pkg-config --cflags-only-I libdpdk)"
	[ -n "$tree" ] || tree="$(source_of "$(series_of "$version")")"
	package="$(installed source:Package)"
	package_version="$(installed source:Version)"
	another_way="give an unpacked source tree of DPDK $(series_of "$version"), as dpdk.org has it:"
	another_way+=" --source DIR, or DPDK_SOURCE=DIR in the environment"

	# Two builds of one checkout may come here at once: the second waits, then finds all done.
	exec 9<"$top"
	flock 9
	# Beside the result, so that the last step is a rename within one file system.
	work="$(mktemp -d "$top/.sdk-tmp.XXXXXX")"
	trap 'rm -rf "$work"' EXIT

	get_headers
	[ "$whole" = no ] || get_source
}

main "$@"

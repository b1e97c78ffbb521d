# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2034
#
# Functions that the scripts of this folder share; sourced, never run. It sets $top to the
# checkout, and the packages that a job needs on a stock Debian 12 or later.

top="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"

# $0 and not this file: the message must name the command that the user typed.
me="$(basename "$0")"

export CC="${CC:-gcc}"

sdk_packages=(libdpdk-dev xz-utils)
build_packages=(gcc libc6-dev meson ninja-build pkgconf libdpdk-dev libpcap-dev
	zlib1g-dev libzstd-dev liblz4-dev libxdp-dev libbpf-dev
	python3 python3-pyelftools)
# dpdk-testpmd is in dpdk-dev, dpdk-pmdinfo.py in dpdk
run_packages=(dpdk dpdk-dev python3)
# ip makes the interfaces of live tests; zstd unpacks the kernel of Debian 13's guests, and captures
test_packages=(libcmocka-dev iproute2 lz4 tcpdump zstd)

# The series that the driver supports: of Debian 12, of Debian 13, and of sid
all_releases=(22.11 24.11 25.11)

say()
{
	printf '%s: %s\n' "$me" "$*"
}

warn()
{
	printf '%s: %s\n' "$me" "$*" >&2
}

die()
{
	warn "error: $*"
	exit 1
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "this needs root rights or sudo: $*"
	fi
}

is_installed()
{
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_packages NAME...: install those that are missing; says nothing when all are there
need_packages()
{
	local missing=() package

	command -v dpkg-query >/dev/null || die "this is not a Debian system; install by hand: $*"
	for package in "$@"; do
		is_installed "$package" || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing with apt-get: ${missing[*]}"
	as_root apt-get update -qq || die "apt-get update failed"
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
		die "apt-get could not install: ${missing[*]}"
}

# series_of VERSION: 24.11 for 24.11.8 and 24.11.0-rc1
series_of()
{
	sed -n '1s/^\([0-9]\{2\}\.[0-9]\{2\}\).*/\1/p' <<<"$1"
}

# source_of RELEASE: the source tree of that DPDK, if the user has named one: for each release in a
# variable of its own, DPDK_SOURCE_24_11, or in DPDK_SOURCE.
source_of()
{
	local variable="DPDK_SOURCE_${1/./_}"
	local dir="${!variable:-}"

	if [ -z "$dir" ] && [ -n "${DPDK_SOURCE:-}" ] &&
		[ "$(series_of "$(cat "$DPDK_SOURCE/VERSION" 2>/dev/null)")" = "$1" ]; then
		dir="$DPDK_SOURCE"
	fi
	printf '%s' "$dir"
}

# One line "URI SUITE" for each of the system's Debian archives: the installed version can
# have come from any of the release, its updates and its security archive.
debian_archives()
{
	local codename

	# shellcheck disable=SC2016
	apt-get indextargets --format '$(ORIGIN)|$(COMPONENT)|$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' 2>/dev/null |
		sed -n 's/^Debian|main|//p' | sort -u | grep . && return
	codename="$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")"
	printf '%s\n' "http://deb.debian.org/debian $codename" \
		"http://deb.debian.org/debian $codename-updates" \
		"http://deb.debian.org/debian-security $codename-security"
}

# The system's own mirror, since a user behind a firewall may reach no other.
mirrors()
{
	[ -z "${DEBIAN_MIRROR:-}" ] || { printf '%s\n' "$DEBIAN_MIRROR"; return; }
	{
		debian_archives | sed -n 's/ .*//; /security/d; s/\/*$//p'
		echo http://deb.debian.org/debian
	} | awk '!seen[$0]++'
}

# A DPDK built with enable_driver_sdk needs no dpdk-sdk.sh; Debian's does.
have_driver_headers()
{
	# shellcheck disable=SC2046
	echo '#include <ethdev_driver.h>' |
		"$CC" $(pkg-config --cflags libdpdk) -E -x c - >/dev/null 2>&1
}

# set_up DIR [OPTION...]: configure DIR, or give the options to what is configured already.
# Each call of `meson configure` costs a full new configuration, so it is kept for changes.
set_up()
{
	local dir="$1" again=() output

	shift
	if [ -f "$dir/meson-private/coredata.dat" ]; then
		# A folder without our note was set up by hand, and stays.
		if [ ! -f "$dir/.set-up-for" ] || [ "$(cat "$dir/.set-up-for")" = "$(set_up_key)" ]; then
			if [ $# -gt 0 ] && [ "$(cat "$dir/.set-up-with" 2>/dev/null)" != "$*" ]; then
				meson configure "$dir" "$@" && echo "$*" >"$dir/.set-up-with"
			fi
			return
		fi
		again=(--wipe)
	fi
	say "meson setup ${dir#"$top/"}${*:+ $*}"
	output="$(meson setup "${again[@]}" "$dir" "$top" "$@" 2>&1)" || {
		grep -E 'ERROR' <<<"$output" >&2 || printf '%s\n' "$output" >&2
		return 1
	}
	set_up_key >"$dir/.set-up-for"
	echo "$*" >"$dir/.set-up-with"
}

# Settings that meson keeps in caches and never looks at again.
set_up_key()
{
	printf '%s|%s|%s\n' "$top" "$CC" "$(pkg-config --modversion libdpdk)"
}

# One message for what EAL would refuse later with a puzzling one.
check_plugin_folder()
{
	local dir

	dir="$(cd "$1" && pwd -P)"
	while :; do
		if [ -n "$(find "$dir" -maxdepth 0 -perm -o+w)" ]; then
			die "EAL loads no plugin below the world-writable folder $dir;" \
				"move this checkout elsewhere, for example to your home folder"
		fi
		[ "$dir" != / ] || return 0
		dir="$(dirname "$dir")"
	done
}

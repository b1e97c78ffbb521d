#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Other Debian releases without a virtual machine: makes a root folder, and runs commands in it.
#
#   devtools/chroot.sh check            whether this machine and user can do both
#   devtools/chroot.sh make DIR SUITE   make DIR of Debian SUITE (bookworm, trixie, sid, ...), or
#                                       bring up to date what is there
#   devtools/chroot.sh run [OPTION...] DIR COMMAND...
#
#   --bind FROM TO       FROM of this machine is seen as TO, an absolute path, in the root folder
#   --bind-ro FROM TO    the same, and nothing can be written there
#   --env NAME=VALUE     an environment variable for COMMAND, which gets PATH, TERM and proxies only
#   --cd FOLDER          COMMAND starts in FOLDER of the root folder (/root)
#
# A command has mounts and processes of its own: both end with it, and with this script however it
# ends. The network is this machine's. DIR is whole or not there. The exit code is COMMAND's; of
# check and make, 77 says that this machine lacks something. Needs root rights, or sudo.

set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

self="$top/devtools/chroot.sh"
proxies=(http_proxy https_proxy ftp_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY)

usage()
{
	sed -n '4,20s/^# \{0,1\}//p' "$0"
}

# Test suites know 77 as "skipped": what a machine lacks is no fault of what runs in a root folder.
refuse()
{
	warn "error: $*"
	exit 77
}

# Prints NAME=VALUE, one a line, of the proxies that are set.
set_proxies()
{
	local name

	for name in "${proxies[@]}"; do
		[ -z "${!name:-}" ] || printf '%s=%s\n' "$name" "${!name}"
	done
}

# This script again with the same arguments, as root. It dies with sudo, which may be killed.
become_root()
{
	local settings=()

	[ "$(id -u)" -ne 0 ] || return 0
	command -v sudo >/dev/null ||
		refuse "a root folder needs root rights, and there is no sudo; run this as root: $me $*"
	mapfile -t settings < <(set_proxies)
	exec sudo env ${DEBIAN_MIRROR:+"DEBIAN_MIRROR=$DEBIAN_MIRROR"} "${settings[@]}" \
		setpriv --pdeathsig KILL "$self" "$@"
}

new_namespaces=(unshare --mount --pid --fork --kill-child --mount-proc)

check_namespaces()
{
	local output

	output="$("${new_namespaces[@]}" true 2>&1)" ||
		refuse "root has no right to make namespaces and mounts on this machine, as in a container" \
			"without CAP_SYS_ADMIN ($output)"
}

# in_namespaces FUNCTION [ARGUMENT...]: unshare waits without hearing SIGTERM, so it is waited for
# here; the first process of the namespaces dies with unshare, and all others with the first.
# The shell lets what stands in the background ignore ^C, which a command in there may want.
in_namespaces()
{
	local status=0

	trap 'stop_all 129' HUP
	trap 'stop_all 130' INT
	trap 'stop_all 143' TERM
	env --default-signal=INT,QUIT setpriv --pdeathsig KILL \
		"${new_namespaces[@]}" bash "$self" --inside "$@" <&0 &
	namespaces=$!
	wait "$namespaces" || status=$?
	return $status
}

stop_all()
{
	trap '' HUP INT TERM
	[ -z "${namespaces:-}" ] || kill -KILL "$namespaces" 2>/dev/null || true
	wait
	exit "$1"
}

# make -------------------------------------------------------------------------------------------

# The settings of apt about proxies, certificates and clocks holds in there too.
carry_settings()
{
	local root="$1" suite="$2"

	apt-config dump | grep -E '^Acquire::(https?::|Check-|Retries|ForceIPv)' |
		grep -vi 'auto-\?detect' >"$root/etc/apt/apt.conf.d/90host" || true
	if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
		mkdir -p "$root/etc/ssl/certs" "$root/usr/local/share/ca-certificates"
		cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
		cp -rL /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/" \
			2>/dev/null || true
	fi
	# no package starts a daemon in there
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	# by this name Debian's tools, and ours, know such a folder
	printf '%s\n' "$suite" >"$root/etc/debian_chroot"
}

# A stable release also has its updates and its security archive, as on any machine.
write_sources()
{
	local root="$1" suite="$2" mirror="$3"

	{
		printf 'deb %s %s main\n' "$mirror" "$suite"
		case "$suite" in
		sid | unstable) ;;
		*)
			printf 'deb %s %s main\n' "$mirror" "$suite-updates" \
				"${mirror%/debian}/debian-security" "$suite-security"
			;;
		esac
	} >"$root/etc/apt/sources.list"
}

bootstrap()
{
	local dir="$1" suite="$2" mirror="$3" script=()

	# A debootstrap that is older than the suite makes it as it makes sid.
	[ -e "/usr/share/debootstrap/scripts/$suite" ] || script=(/usr/share/debootstrap/scripts/sid)
	debootstrap --variant=minbase "$suite" "$dir" "$mirror" "${script[@]}" >"$dir.log" 2>&1
}

# Runs in namespaces of its own, since debootstrap mounts things and may be killed.
make_inside()
{
	local dir="$1" suite="$2" new="$1.new" mirror

	while read -r mirror; do
		rm -rf "$new"
		say "making a root folder of Debian $suite from $mirror"
		if bootstrap "$new" "$suite" "$mirror"; then
			write_sources "$new" "$suite" "$mirror"
			carry_settings "$new" "$suite"
			mv -T "$new" "$dir"
			rm -f "$new.log"
			return
		fi
		tail -n 3 "$new.log" >&2
	done < <(mirrors)
	rm -rf "$new"
	refuse "no root folder of Debian $suite can be made here; what debootstrap said is in $new.log"
}

update_root()
{
	local dir="$1"

	in_namespaces run_inside "$dir" /root '' sh -c '
		apt-get update -qq &&
		DEBIAN_FRONTEND=noninteractive apt-get dist-upgrade -y -qq >/dev/null &&
		apt-get clean' ||
		refuse "apt-get does not work in $dir: no network, or a mirror that does not have this release"
}

make_root()
{
	local dir suite="$2"

	(need_packages debootstrap debian-archive-keyring) || exit 77
	mkdir -p "$(dirname "$1")"
	dir="$(realpath -m -- "$1")"
	# Two runs may come here at once: the second waits, then finds all done.
	exec 9>"$dir.lock"
	flock 9
	if [ ! -d "$dir" ]; then
		in_namespaces make_inside "$dir" "$suite" || exit $?
	fi
	[ "$(cat "$dir/etc/debian_chroot" 2>/dev/null)" = "$suite" ] ||
		die "$dir is there, and no root folder of Debian $suite that this script made"
	update_root "$dir"
}

# run --------------------------------------------------------------------------------------------

mount_system()
{
	local root="$1"

	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	mkdir -p "$root/dev/shm" "$root/run"
	mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
	mount -t tmpfs -o mode=755 tmpfs "$root/run"
	mkdir -m 1777 "$root/run/lock"
	cp -L --remove-destination /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
}

# mount_binds ROOT: the list in $binds, one a line: ro or rw, from, to, between tabs
mount_binds()
{
	local root="$1" mode from to

	while IFS=$'\t' read -r mode from to; do
		[ -n "$mode" ] || continue
		if [ -d "$from" ]; then
			mkdir -p "$root$to"
		else
			mkdir -p "$(dirname "$root$to")"
			[ -e "$root$to" ] || : >"$root$to"
		fi
		mount --rbind "$from" "$root$to"
		[ "$mode" = rw ] || mount -o remount,bind,ro "$root$to"
	done <<<"$binds"
}

# run_inside DIR FOLDER BINDS COMMAND...; the first process there is this shell, which buries what
# the command leaves behind.
run_inside()
{
	local root="$1" folder="$2" binds="$3"

	shift 3
	# a mount point, so that nothing in there is ever looked at through the folder outside
	mount --rbind "$root" "$root"
	mount_system "$root"
	mount_binds "$root"
	# shellcheck disable=SC2016
	chroot "$root" sh -c 'cd "$1" && shift && exec "$@"' sh "$folder" "$@"
}

# A command must not depend on what stands in the environment of whoever starts it.
clean_environment()
{
	local settings=()

	mapfile -t settings < <(set_proxies)
	printf '%s\n' PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		LC_ALL=C.UTF-8 "TERM=${TERM:-dumb}" "${settings[@]}"
}

run_command()
{
	local binds='' variables=() folder=/root root settings=()

	while [ $# -gt 0 ]; do
		case "$1" in
		--bind | --bind-ro)
			[[ "${3:-}" == /* ]] || die "$1 needs two paths, the second absolute"
			[ -e "$2" ] || die "$1: there is no $2"
			binds+="$([ "$1" = --bind ] && echo rw || echo ro)"$'\t'"$(realpath -- "$2")"$'\t'"$3"$'\n'
			shift 3
			;;
		--env) variables+=("${2?--env needs NAME=VALUE}"); shift 2 ;;
		--cd) folder="${2?--cd needs a folder}"; shift 2 ;;
		-*) die "unknown option '$1' (see --help)" ;;
		*) break ;;
		esac
	done
	[ $# -ge 2 ] || die "run needs a root folder and a command (see --help)"
	[ -s "$1/etc/debian_chroot" ] || die "$1 is no root folder; '$me make $1 SUITE' makes it"
	root="$(realpath -- "$1")"
	shift
	mapfile -t settings < <(clean_environment)
	in_namespaces run_inside "$root" "$folder" "$binds" \
		env -i "${settings[@]}" "${variables[@]}" "$@"
}

main()
{
	local action="${1:-}"

	case "$action" in
	--inside)
		shift
		"$@"
		return
		;;
	check | make | run) ;;
	-h | --help) usage; exit 0 ;;
	*) die "unknown action '$action' (check, make and run are known; see --help)" ;;
	esac
	become_root "$@"
	shift
	# a closed standard input could not be handed on
	{ : <&0; } 2>/dev/null || exec </dev/null
	check_namespaces
	case "$action" in
	make) [ $# -eq 2 ] || die "make needs a folder and a suite"; make_root "$@" ;;
	run) run_command "$@" ;;
	esac
}

main "$@"

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The build is configured for another machine than this one: its DPDK, the libraries that it has."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import dpdk_run
from dpdk_run import check, environment

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLUGIN = "librte_net_dualbuf.so"
OPTIONAL = ("libxdp", "libbpf", "zlib", "libzstd", "liblz4")
NAMES = ("RTE_IOVA_IN_MBUF", "RTE_IOVA_AS_PA")


def package(*query):
    """The words of pkg-config about the installed DPDK."""
    return subprocess.run(["pkg-config", *query, "libdpdk"], capture_output=True, text=True,
                          check=True).stdout.strip()


def installed_config():
    """The installed DPDK's rte_build_config.h, without either name."""
    for folder in re.findall(r"-I(\S+)", package("--cflags")) + ["/usr/include"]:
        path = os.path.join(folder, "rte_build_config.h")
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                return "".join(line for line in file
                               if not re.match(rf"#define ({'|'.join(NAMES)})\b", line))
    raise dpdk_run.Failure("the installed DPDK has no rte_build_config.h")


def other_dpdk(folder, defines):
    """A libdpdk.pc of the installed DPDK, but for these lines of its rte_build_config.h."""
    include = os.path.join(folder, "include")
    os.mkdir(include)
    with open(os.path.join(include, "rte_build_config.h"), "w", encoding="utf-8") as file:
        file.write(installed_config() + defines)
    with open(os.path.join(folder, "libdpdk.pc"), "w", encoding="utf-8") as file:
        file.write(f"Name: DPDK\nDescription: {defines!r}\n"
                   f"Version: {package('--modversion')}\n"
                   f"Cflags: -I{include} {package('--cflags')}\nLibs: {package('--libs')}\n")


def set_up(folder, sdk, **variables):
    """Run meson setup with these in its environment; returns it as it ended, and the build folder."""
    if shutil.which("meson") is None:
        print("skipped: no meson in PATH", file=sys.stderr)
        sys.exit(dpdk_run.SKIP)
    build = os.path.join(folder, "build")
    done = subprocess.run(["meson", "setup", "-Dtests=disabled", "-Dwerror=true",
                           f"-Ddpdk_sdk={sdk}", build, TOP],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=dict(os.environ, CC=environment("DUALBUF_CC"), **variables),
                          check=False)
    return done, build


def configure(folder, sdk, defines):
    """The same for a DPDK with these lines in its rte_build_config.h."""
    other_dpdk(folder, defines)
    path = ":".join(filter(None, (folder, os.environ.get("PKG_CONFIG_PATH"))))
    return set_up(folder, sdk, PKG_CONFIG_PATH=path)


def check_told(folder, sdk, defines, wanted):
    """Every source of the driver is told whether mbufs have I/O addresses."""
    done, build = configure(folder, sdk, defines)
    check(done.returncode == 0, f"meson setup failed: {done.stdout[-2000:]}")
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        sources = {entry["file"]: entry["command"] for entry in json.load(file)
                   if "/drivers/net/dualbuf/" in entry["file"]}
    check(any(path.endswith("/gbe_ethdev.c") for path in sources), f"no gbe_ethdev.c: {sources}")
    for path, command in sources.items():
        told = re.findall(r"-DDUALBUF_IOVA_IN_MBUF=(\S*)", command)
        check(told == [wanted], f"{path} is told {told}, not {wanted}")


def mbufs_of_a_newer_dpdk_have_io_addresses(folder, sdk):
    """It has the new name alone; the old one is the installed DPDK's."""
    check_told(folder, sdk, "#define RTE_IOVA_IN_MBUF 1\n", "1")


def mbufs_of_a_newer_dpdk_have_none_when_it_says_so(folder, sdk):
    """Which is not the same as saying nothing."""
    check_told(folder, sdk, "#define RTE_IOVA_IN_MBUF 0\n", "0")


def a_dpdk_that_does_not_say_it_is_refused(folder, sdk):
    """A guess would be DMA to wrong addresses."""
    done, _ = configure(folder, sdk, "")
    check(done.returncode != 0, "meson setup succeeds")
    lines = [line for line in done.stdout.splitlines() if "ERROR" in line]
    check(len(lines) == 1 and all(name in lines[0] for name in NAMES), f"meson says: {lines}")


def without_libraries(folder):
    """A pkg-config that knows none of the optional libraries."""
    path = os.path.join(folder, "pkg-config")
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nfor word; do\n"
                   f"\tcase \"$word\" in {'|'.join(OPTIONAL)}) exit 1 ;; esac\ndone\n"
                   f"exec {shutil.which('pkg-config')} \"$@\"\n")
    os.chmod(path, 0o755)
    return path


def check_refused(build, devargs, *names):
    """The plugin of this folder does not take these arguments, and names what it would need."""
    done = subprocess.run(
        ["dpdk-testpmd", "-d", os.path.join(build, PLUGIN), "--no-huge", "-m", "64", "--no-pci",
         "--no-telemetry", "--file-prefix", f"lean{os.getpid()}", "--vdev",
         f"net_dualbuf0,{devargs}", "--", "--total-num-mbufs=2048"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False, timeout=60)
    lines = [line for line in done.stdout.splitlines() if "this build has no" in line]
    check(len(lines) == 1 and all(name in lines[0] for name in names),
          f"{devargs}: {done.stdout[-2000:]}")


def a_machine_with_no_optional_library_builds_what_names_them(_, sdk):
    """The driver is whole without them, but for what they do."""
    # EAL loads no plugin from below /tmp
    with tempfile.TemporaryDirectory(dir=environment("DUALBUF_BUILD")) as folder:
        done, build = set_up(folder, sdk, PKG_CONFIG=without_libraries(folder))
        check(done.returncode == 0, f"meson setup failed: {done.stdout[-2000:]}")
        done = subprocess.run(["ninja", "-C", build, PLUGIN], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, check=False)
        check(done.returncode == 0, f"it does not build: {done.stdout[-2000:]}")
        check_refused(build, "iface=lo,live=xdp", "libxdp", "libbpf")
        for end, library in (("gz", "zlib"), ("zst", "libzstd"), ("lz4", "liblz4")):
            check_refused(build, f"rx_pcap={environment('DUALBUF_CAPTURE_DIR')}/edges.pcap,"
                          f"tx_pcap={folder}/b.pcap.{end}", library)


if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "new-name": mbufs_of_a_newer_dpdk_have_io_addresses,
        "new-name-0": mbufs_of_a_newer_dpdk_have_none_when_it_says_so,
        "no-libraries": a_machine_with_no_optional_library_builds_what_names_them,
        "no-name": a_dpdk_that_does_not_say_it_is_refused,
    }))

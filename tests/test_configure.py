#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The build is configured for other DPDKs than the one installed: what the driver makes of them."""

import json
import os
import re
import shutil
import subprocess
import sys

import dpdk_run
from dpdk_run import check, environment

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
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


def configure(folder, sdk, defines):
    """Run meson setup; returns it as it ended, and the build folder."""
    if shutil.which("meson") is None:
        print("skipped: no meson in PATH", file=sys.stderr)
        sys.exit(dpdk_run.SKIP)
    other_dpdk(folder, defines)
    env = dict(os.environ, CC=environment("DUALBUF_CC"))
    env["PKG_CONFIG_PATH"] = ":".join(filter(None, (folder, env.get("PKG_CONFIG_PATH"))))
    build = os.path.join(folder, "build")
    done = subprocess.run(["meson", "setup", "-Dtests=disabled", f"-Ddpdk_sdk={sdk}", build, TOP],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env,
                          check=False)
    return done, build


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


if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "new-name": mbufs_of_a_newer_dpdk_have_io_addresses,
        "new-name-0": mbufs_of_a_newer_dpdk_have_none_when_it_says_so,
        "no-name": a_dpdk_that_does_not_say_it_is_refused,
    }))

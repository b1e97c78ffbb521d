# SPDX-License-Identifier: BSD-3-Clause
"""Shared by the tests of several processes: memory that they share, and programs that agree on it."""

import ctypes
import glob
import os
import subprocess

from dpdk_run import check, skip

PAGES = 192
NR_HUGEPAGES = "/proc/sys/vm/nr_hugepages"
FREE_HUGEPAGES = "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"
CLONE_NEWNS = 0x20000


def same_operations():
    """The environment of other programs: Debian's testpmd is linked with a mempool driver that
    they find later. With it from the beginning mempool operations have the same numbers."""
    drivers = glob.glob("/usr/lib/*/librte_mempool_dpaa.so.[0-9][0-9]")
    return {**os.environ, "LD_PRELOAD": ":".join(drivers)}


def number_in(path):
    """A number that the kernel tells."""
    with open(path, encoding="ascii") as file:
        return int(file.read())


def shell(command):
    """Run a command of set-up; returns whether it succeeded."""
    return subprocess.run(command, shell=True, capture_output=True, check=False).returncode == 0


class SharedMemory:
    """Huge pages, and a mount namespace that has them, and EAL's run-time folder, to itself."""

    def __init__(self, folder):
        if "DUALBUF_PRELOAD" in os.environ:
            skip("memory has other addresses under a sanitizer")
        self.huge = os.path.join(folder, "huge")
        self.old = None

    def __enter__(self):
        if number_in(FREE_HUGEPAGES) < PAGES:
            self.old = number_in(NR_HUGEPAGES)
            shell(f"echo {self.old + PAGES} >{NR_HUGEPAGES}")
        if number_in(FREE_HUGEPAGES) < PAGES:
            self.__exit__()
            skip(f"no {PAGES} huge pages of 2 MB")
        if ctypes.CDLL(None).unshare(CLONE_NEWNS) != 0 or not shell("mount --make-rprivate /"):
            self.__exit__()
            skip("no right to mount")
        os.mkdir(self.huge)
        os.makedirs("/run/dpdk", exist_ok=True)
        check(shell("mount -t tmpfs tmpfs /run/dpdk"), "no tmpfs over /run/dpdk")
        check(shell(f"mount -t hugetlbfs -o pagesize=2M hugetlbfs {self.huge}"),
              "huge pages cannot be mounted")
        return self

    def __exit__(self, *_):
        shell(f"umount {self.huge}; umount /run/dpdk")
        if self.old is not None:
            shell(f"echo {self.old} >{NR_HUGEPAGES}")

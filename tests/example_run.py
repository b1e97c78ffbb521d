# SPDX-License-Identifier: BSD-3-Clause
"""Shared by the tests of DPDK's own examples: building them, and captures of packets made for them."""

import glob
import os
import shutil
import struct
import subprocess

from dpdk_run import check, skip

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD_PATIENCE_S = 120
IP_HEADER = 20
CAPTURE_HEADER = struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)


def sources():
    """The folder of the examples of the DPDK that is installed."""
    version = subprocess.run(["pkg-config", "--modversion", "libdpdk"], capture_output=True,
                             text=True, check=True).stdout.strip()
    given = os.environ.get("DPDK_SOURCE", os.path.join(TOP, ".sdk-source", version))
    found = os.path.join(given, "examples")
    if not os.path.isdir(found):
        skip(f"no sources of DPDK {version}: devtools/dpdk-sdk.sh --whole")
    return found


def build(folder, name):
    """An example, built by its own Makefile in a copy of all examples."""
    shutil.copytree(sources(), os.path.join(folder, "examples"), dirs_exist_ok=True)
    made = subprocess.run(["make", "-C", os.path.join(folder, "examples", name), "shared"],
                          capture_output=True, text=True, check=False, timeout=BUILD_PATIENCE_S)
    check(made.returncode == 0, f"{name} does not build:\n{made.stdout}{made.stderr}")
    return glob.glob(os.path.join(folder, "examples", name, "build", "*-shared"))[0]


def ones_sum(data):
    """The Internet checksum of a header whose field for it is 0, or 0 of one that is right."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip_packet(number, payload, target, fragment=0):
    """An Ethernet frame with an IPv4 packet, whose checksum is right."""
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, IP_HEADER + len(payload), number, fragment, 64, 17,
                       0, bytes((10, 0, 0, 1)), bytes(target))
    head = head[:10] + struct.pack("!H", ones_sum(head)) + head[12:]
    return bytes(6) + b"\2\0\0\0\0\1\x08\0" + head + payload


def payload_of(number, size):
    """Bytes that differ from packet to packet; a UDP header comes first."""
    return (struct.pack("!HHHH", 1000 + number, 2000, size, 0)
            + bytes((number * 7 + i) & 0xff for i in range(size - 8)))


def record(packet):
    """A packet as a capture has it."""
    return struct.pack("=IIII", 0, 0, len(packet), len(packet)) + packet


def write(path, packets):
    """A capture of these packets."""
    with open(path, "wb") as file:
        file.write(CAPTURE_HEADER + b"".join(record(packet) for packet in packets))
    return path

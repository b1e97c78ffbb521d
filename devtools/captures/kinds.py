# SPDX-License-Identifier: BSD-3-Clause
"""The kinds of captures that tests ask for by name."""

import os
import struct

from .frames import (ACK, IP6, IP6_CLIENT, IP6_SERVER, MAC_CLIENT, MAC_SERVER, QINQ, TCP, UDP, VLAN,
                     ether, ip6, mark, plain_frame, tcp, timed, udp)
from .writing import LINUX_COOKED, START, write_pcap, write_pcapng, write_pcapng_mixed

def cycle_sizes(sizes):
    """A maker of frames whose sizes repeat those given; --size replaces them."""
    def frames(count, size):
        chosen = [size] if size else sizes
        return (plain_frame(seq, chosen[seq % len(chosen)]) for seq in range(count))
    return frames


IMIX = [60] * 7 + [590] * 4 + [1514]
imix = cycle_sizes(IMIX)
uniform = cycle_sizes([60])
runts = cycle_sizes(list(range(14, 60)))
tiny = cycle_sizes(list(range(1, 14)))
jumbo = cycle_sizes([9000, 9014, 60, 8999])
# the last two are what segmentation offload leaves in a capture: IP's longest plus Ethernet
huge = cycle_sizes([65535, 60, 32768, 65536, 65549])
# both sides of what one 2 KiB buffer holds, and of two
edges = cycle_sizes([1918, 1919, 1920, 1921, 2046, 2047, 2048, 2049, 2050, 4094, 4096, 4097])


def vlan(count, size):
    """Tagged, priority-tagged and double-tagged frames."""
    choices = ([(VLAN, 100)], [(VLAN, 7 << 13)], [(QINQ, 200), (VLAN, 300)], [(VLAN, 4094)])
    for seq in range(count):
        inner = plain_frame(seq, size or IMIX[seq % len(IMIX)])
        tags = b"".join(struct.pack(">HH", *tag) for tag in choices[seq % len(choices)])
        yield inner[:12] + tags + inner[12:]


def ipv6(count, size):
    """UDP and TCP over IPv6."""
    for seq in range(count):
        room = max((size or IMIX[seq % len(IMIX)]) - 74, 4)
        payload = mark(seq).ljust(room, b"6")
        if seq % 2:
            segment, proto = tcp(IP6_CLIENT, IP6_SERVER, (40000, 443), (seq, 1), ACK, payload), TCP
        else:
            segment, proto = udp(IP6_CLIENT, IP6_SERVER, 40000, 9, payload), UDP
        yield ether(MAC_SERVER, MAC_CLIENT, IP6, ip6(IP6_CLIENT, IP6_SERVER, proto, segment))


def snapped(count, size):
    """Frames of which the capture kept the first bytes only."""
    for when, data, wire in timed(imix(count, None)):
        yield when, data[:size or 96], wire


def pcap_kind(frames=imix, **how):
    """A kind that is one maker of frames in one flavour of pcap."""
    return lambda path, count, size: write_pcap(path, timed(frames(count, size)), **how)


def pcapng_kind(**how):
    """The same in pcapng."""
    return lambda path, count, size: write_pcapng(path, timed(imix(count, size)), **how)


def make_pcapng_mixed(path, count, size):
    """All kinds of blocks, units of time and offsets in one file."""
    write_pcapng_mixed(path, timed(imix(count, size)))


def make_snapped(path, count, size):
    """Records shorter than their packets were."""
    write_pcap(path, snapped(count, size), snaplen=size or 96)


def make_truncated(path, count, size):
    """The last of count records lacks its last byte: count - 1 packets are whole."""
    write_pcap(path, timed(imix(count, size)))
    os.truncate(path, os.path.getsize(path) - 1)


def make_corrupt(path, count, size):
    """After count whole records one whose length cannot be."""
    write_pcap(path, timed(imix(count, size)))
    with open(path, "ab") as out:
        out.write(struct.pack("<IIII", START, 0, 0xFFFFFFF0, 60) + bytes(60))


def make_zerolen(path, count, size):
    """Every third record has no byte at all, as a snap length of 0 leaves it."""
    write_pcap(path, ((when, b"" if seq % 3 == 2 else data, wire) for seq, (when, data, wire)
                      in enumerate(timed(imix(count, size)))))


def make_empty(path, _count, _size):
    """No byte at all."""
    with open(path, "wb"):
        pass


def make_garbage(path, _count, _size):
    """A file that is no capture."""
    with open(path, "wb") as out:
        out.write(b"This is not a capture file.\n" * 40)


def make_header_only(path, _count, _size):
    """A correct capture of no packets."""
    write_pcap(path, ())


KINDS = {
    "pcap-us-le": pcap_kind(),
    "pcap-us-be": pcap_kind(endian=">"),
    "pcap-ns-le": pcap_kind(nano=True),
    "pcap-ns-be": pcap_kind(nano=True, endian=">"),
    "pcapng": pcapng_kind(),
    "pcapng-be": pcapng_kind(endian=">"),
    "pcapng-ns": pcapng_kind(nano=True),
    "pcapng-mixed": make_pcapng_mixed,
    "imix": pcap_kind(),
    "uniform": pcap_kind(uniform),
    "tiny": pcap_kind(tiny),
    "runts": pcap_kind(runts),
    "edges": pcap_kind(edges),
    "jumbo": pcap_kind(jumbo),
    "jumbo-64k": pcap_kind(huge),
    "vlan": pcap_kind(vlan),
    "ipv6": pcap_kind(ipv6),
    "snapped": make_snapped,
    "zerolen": make_zerolen,
    "truncated": make_truncated,
    "corrupt": make_corrupt,
    "empty": make_empty,
    "garbage": make_garbage,
    "header-only": make_header_only,
    "cooked": pcap_kind(linktype=LINUX_COOKED),
}

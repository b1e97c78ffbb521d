# SPDX-License-Identifier: BSD-3-Clause
"""Writing captures. A packet is (nanoseconds since START, bytes, length on the wire)."""

import struct

from .reading import MAX_RECORD

ETHERNET = 1
LINUX_COOKED = 113
START = 1_700_000_000  # seconds since 1970 of the first packet


def write_pcap(path, packets, endian="<", nano=False, linktype=ETHERNET, snaplen=MAX_RECORD):
    """Write packets in the classic format; in endian and time unit of choice."""
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    with open(path, "wb") as out:
        out.write(struct.pack(endian + "IHHiIII", magic, 2, 4, 0, 0, snaplen, linktype))
        for when, data, wire in packets:
            seconds, rest = divmod(when, 10**9)
            out.write(struct.pack(endian + "IIII", START + seconds,
                                  rest if nano else rest // 1000, len(data), wire))
            out.write(data)


def pad4(data):
    """data, filled up to a multiple of four bytes."""
    return data + bytes(-len(data) % 4)


def pcapng_block(endian, kind, body):
    """One block: type, length, body, length again."""
    body = pad4(body)
    length = struct.pack(endian + "I", len(body) + 12)
    return struct.pack(endian + "I", kind) + length + body + length


def write_pcapng(path, packets, endian="<", nano=False):
    """Write packets as pcapng, with some blocks and options between that readers must skip."""
    comment = pad4(b"deterministic test capture")
    options = struct.pack(endian + "HH", 1, 26) + comment + bytes(4)
    resolution = struct.pack(endian + "HHB3x", 9, 1, 9) + bytes(4) if nano else b""
    with open(path, "wb") as out:
        out.write(pcapng_block(endian, 0x0A0D0D0A, struct.pack(
            endian + "IHHq", 0x1A2B3C4D, 1, 0, -1) + options))
        out.write(pcapng_block(endian, 1, struct.pack(
            endian + "HHI", ETHERNET, 0, MAX_RECORD) + resolution))
        # a block of a type for local use
        out.write(pcapng_block(endian, 0x80000001, b"skip me"))
        for when, data, wire in packets:
            ticks = START * 10**9 + when
            ticks = ticks if nano else ticks // 1000
            out.write(pcapng_block(endian, 6, struct.pack(
                endian + "IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), wire)
                + data))
        # interface statistics, at the end as dumpcap writes them
        out.write(pcapng_block(endian, 5, struct.pack(endian + "III", 0, 0, 0)))


def pcapng_interface(endian, resolution, offset):
    """The description of an interface of Ethernet: its unit of time and its first second."""
    return pcapng_block(endian, 1, struct.pack(endian + "HHI", ETHERNET, 0, MAX_RECORD)
                        + struct.pack(endian + "HHB3x", 9, 1, resolution)
                        + struct.pack(endian + "HHq", 14, 8, offset) + bytes(4))


def pcapng_packet(endian, kind, ticks, data, wire):
    """A packet of any kind of block; ticks: (interface, units of its time)."""
    if kind == 3:
        return pcapng_block(endian, kind, struct.pack(endian + "I", wire) + data)
    interface = (struct.pack(endian + "I", ticks[0]) if kind == 6
                 else struct.pack(endian + "HH", ticks[0], 0xFFFF))
    return pcapng_block(endian, kind, interface + struct.pack(
        endian + "IIII", ticks[1] >> 32, ticks[1] & 0xFFFFFFFF, len(data), wire) + data)


def write_pcapng_mixed(path, packets, endian="<"):
    """Write whole packets as pcapng with everything that libpcap can read: sections with several
    interfaces, each with its own unit of time and offset, and all kinds of packet blocks."""
    units = ((6, 10**6, 0), (9, 10**9, 0), (0x80 | 30, 2**30, START), (3, 10**3, START - 7))
    kinds = (6, 6, 2, 6, 3, 2, 6)
    with open(path, "wb") as out:
        for seq, (when, data, wire) in enumerate(packets):
            if seq % 64 == 0:
                out.write(pcapng_block(endian, 0x0A0D0D0A, struct.pack(
                    endian + "IHHq", 0x1A2B3C4D, 1, 0, -1)))
                for resolution, _, offset in units:
                    out.write(pcapng_interface(endian, resolution, offset))
            interface = seq % len(units)
            _, per_second, offset = units[interface]
            ticks = (START * 10**9 + when - offset * 10**9) * per_second // 10**9
            out.write(pcapng_packet(endian, kinds[seq % len(kinds)], (interface, ticks), data,
                                    wire))

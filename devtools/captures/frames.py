# SPDX-License-Identifier: BSD-3-Clause
"""Frames of Ethernet, from bytes to whole packets with their checksums."""

import struct

MIN_FRAME = 60         # without FCS, as captures have it
MAC_CLIENT = bytes.fromhex("020000000001")
MAC_SERVER = bytes.fromhex("020000000002")
MAC_ALL = b"\xff" * 6
IP4_CLIENT, IP4_SERVER = bytes([192, 0, 2, 10]), bytes([198, 51, 100, 20])
IP6_CLIENT = bytes.fromhex("20010db8000000000000000000000010")
IP6_SERVER = bytes.fromhex("20010db8000100000000000000000020")
IP4, ARP, VLAN, QINQ, IP6, LOCAL = 0x0800, 0x0806, 0x8100, 0x88A8, 0x86DD, 0x88B5
ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58
FIN, SYN, PSH, ACK = 1, 2, 8, 16


def checksum(data):
    """The Internet checksum."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def ether(dst, src, kind, payload, tags=()):
    """An Ethernet frame; tags are (ethertype, VLAN id) pairs, outermost first."""
    head = dst + src + b"".join(struct.pack(">HH", tpid, vid) for tpid, vid in tags)
    return (head + struct.pack(">H", kind) + payload).ljust(MIN_FRAME, b"\0")


def ip4(src, dst, proto, payload, ident):
    """An IPv4 packet."""
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident & 0xFFFF, 0x4000, 64,
                       proto, 0, src, dst)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ip6(src, dst, proto, payload):
    """An IPv6 packet."""
    return struct.pack(">IHBB16s16s", 6 << 28, len(payload), proto, 64, src, dst) + payload


def sealed(src, dst, proto, segment, offset):
    """segment with its checksum, over the pseudo header too, put at offset."""
    pseudo = src + dst + struct.pack(">HH", proto, len(segment))
    value = checksum(pseudo + segment)
    if value == 0 and proto == UDP:
        value = 0xFFFF  # zero would say that there is none
    return segment[:offset] + struct.pack(">H", value) + segment[offset + 2:]


def udp(src, dst, sport, dport, payload):
    """A UDP datagram."""
    head = struct.pack(">HHHH", sport, dport, 8 + len(payload), 0)
    return sealed(src, dst, UDP, head + payload, 6)


def tcp(src, dst, ports, numbers, flags, payload=b""):
    """A TCP segment; ports are (source, destination), numbers are (sequence, acknowledged)."""
    head = struct.pack(">HHIIBBHHH", *ports, *(n & 0xFFFFFFFF for n in numbers), 5 << 4, flags,
                       64240, 0, 0)
    return sealed(src, dst, TCP, head + payload, 16)


def mark(seq):
    """The mark of every frame, which proves its place."""
    return struct.pack(">I", seq)


def plain_frame(seq, size):
    """A frame of exactly size bytes: UDP when that fits, else a bare frame, or part of one."""
    head = MAC_SERVER + b"\x02\x00" + mark(seq)  # runts have no room for it but here
    fill = mark(seq) + bytes((seq + i) & 0xFF for i in range(251))
    if size >= MIN_FRAME and size - 34 <= 0xFFFF - 20:
        room = size - 42
        payload = (fill * (room // len(fill) + 1))[:room]
        datagram = udp(IP4_CLIENT, IP4_SERVER, 4096 + seq % 64, 9, payload)
        return head + struct.pack(">H", IP4) + ip4(IP4_CLIENT, IP4_SERVER, UDP, datagram, seq)
    return (head + struct.pack(">H", LOCAL) + fill * (size // len(fill) + 1))[:size]


def timed(frames, step=10_123):
    """Packets from frames, step nanoseconds apart."""
    return ((seq * step, frame, len(frame)) for seq, frame in enumerate(frames))

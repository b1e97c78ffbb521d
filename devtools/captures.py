#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write, count and compare capture files; needs nothing but Python.

The writers are on purpose independent of libpcap, which the driver uses: a mistake would have to
be made twice to go unseen. All output is the same on every run and machine.
"""

import argparse
import itertools
import os
import random
import struct
import sys

ETHERNET = 1
LINUX_COOKED = 113
START = 1_700_000_000  # seconds since 1970 of the first packet
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


class CaptureError(Exception):
    """A file that is no capture at all."""


# Reading ----------------------------------------------------------------------------------------

PCAP_MAGICS = {
    b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">",
    b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\x3c\x4d": ">",
}
PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
MAX_RECORD = 262144  # libpcap takes anything above for a corrupt file


class Reader:
    """Iterates over the bytes of each packet; stops at the first one that is not whole."""

    def __init__(self, path):
        self.path = path
        # why the file ended early, None if it did not
        self.broken = None

    def __iter__(self):
        with open(self.path, "rb", buffering=1 << 20) as stream:
            magic = stream.read(4)
            if magic in PCAP_MAGICS:
                yield from self._pcap(stream, PCAP_MAGICS[magic])
            elif magic == PCAPNG_MAGIC:
                yield from self._pcapng(stream)
            else:
                raise CaptureError(f"{self.path}: neither pcap nor pcapng")

    def _pcap(self, stream, endian):
        if len(stream.read(20)) < 20:
            raise CaptureError(f"{self.path}: truncated file header")
        record = struct.Struct(endian + "IIII")
        while header := stream.read(record.size):
            if len(header) < record.size:
                self.broken = "truncated record header"
                return
            length = record.unpack(header)[2]
            if length > MAX_RECORD:
                self.broken = f"corrupt record length {length}"
                return
            data = stream.read(length)
            if len(data) < length:
                self.broken = "truncated record"
                return
            yield data

    def _pcapng(self, stream):
        endian, snaplen = "<", 0
        kind_bytes = PCAPNG_MAGIC
        while kind_bytes:
            head = kind_bytes + stream.read(4)
            if len(head) < 8:
                self.broken = "truncated block header"
                return
            body = b""
            if kind_bytes == PCAPNG_MAGIC:
                body = stream.read(4)
                endian = ">" if body == b"\x1a\x2b\x3c\x4d" else "<"
            kind, total = struct.unpack(endian + "II", head)
            if total < 12 or total % 4 or total > 16 << 20:
                self.broken = f"corrupt block length {total}"
                return
            want = total - 8 - len(body)
            rest = stream.read(want)
            if len(rest) < want:
                self.broken = "truncated block"
                return
            body = (body + rest)[:-4]
            if kind == 1:
                snaplen = struct.unpack_from(endian + "I", body, 4)[0]
            elif kind in (2, 6):
                length = struct.unpack_from(endian + "I", body, 12)[0]
                yield body[20:20 + length]
            elif kind == 3:
                length = struct.unpack_from(endian + "I", body)[0]
                yield body[4:4 + (min(length, snaplen) if snaplen else length)]
            kind_bytes = stream.read(4)


# Writing ----------------------------------------------------------------------------------------

# A packet is (nanoseconds since START, bytes, length on the wire).


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


# Frames -----------------------------------------------------------------------------------------


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
    """What every frame carries to prove its place."""
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


# Kinds ------------------------------------------------------------------------------------------


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


# The sample -------------------------------------------------------------------------------------


class Sample:
    """Two hosts and what they say to each other, as a capture on a quiet network would show it."""

    def __init__(self):
        self.random = random.Random(82574)
        self.packets = []

    def send(self, when, frame):
        """Note a frame; order is settled at the end."""
        self.packets.append((when, frame, len(frame)))

    def send4(self, when, out, proto, segment, tags=()):
        """IPv4 from the client when out, else from the server."""
        ips = (IP4_CLIENT, IP4_SERVER) if out else (IP4_SERVER, IP4_CLIENT)
        macs = (MAC_SERVER, MAC_CLIENT) if out else (MAC_CLIENT, MAC_SERVER)
        packet = ip4(*ips, proto, segment, len(self.packets))
        self.send(when, ether(*macs, IP4, packet, tags))

    def arp(self, when):
        """A question and its answer."""
        ask = struct.pack(">HHBBH", 1, IP4, 6, 4, 1) + MAC_CLIENT + IP4_CLIENT + bytes(6)
        reply = struct.pack(">HHBBH", 1, IP4, 6, 4, 2) + MAC_SERVER + IP4_SERVER
        self.send(when, ether(MAC_ALL, MAC_CLIENT, ARP, ask + IP4_SERVER))
        reply += MAC_CLIENT + IP4_CLIENT
        self.send(when + 90_000, ether(MAC_CLIENT, MAC_SERVER, ARP, reply))

    def dns(self, when, number):
        """A lookup of hostNNNN.example."""
        label = b"host%04d" % number
        question = b"\x08" + label + b"\x07example\0" + struct.pack(">HH", 1, 1)
        ask = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + question
        answer = (struct.pack(">HHHHHH", number, 0x8180, 1, 1, 0, 0) + question +
                  struct.pack(">HHHIH", 0xC00C, 1, 1, 300, 4) + IP4_SERVER)
        port = 50000 + number
        self.send4(when, True, UDP, udp(IP4_CLIENT, IP4_SERVER, port, 53, ask))
        self.send4(when + 400_000, False, UDP, udp(IP4_SERVER, IP4_CLIENT, 53, port, answer))

    def ping(self, when, number):
        """An echo and its reply."""
        for out, kind in (True, 8), (False, 0):
            echo = struct.pack(">BBHHH", kind, 0, 0, 7, number) + bytes(range(56))
            echo = echo[:2] + struct.pack(">H", checksum(echo)) + echo[4:]
            self.send4(when, out, ICMP, echo)
            when += 250_000

    def download(self, when, port, segments, size=1460, tags=()):
        """A TCP connection: handshake, a request, data with an ACK for every second, and FIN."""
        client, server = port * 1000, port * 2000

        def say(out, flags, payload=b""):
            nonlocal client, server, when
            ips = (IP4_CLIENT, IP4_SERVER) if out else (IP4_SERVER, IP4_CLIENT)
            ports = (port, 80) if out else (80, port)
            numbers = (client, server) if out else (server, client)
            if not flags & ACK:
                numbers = (numbers[0], 0)
            self.send4(when, out, TCP, tcp(*ips, ports, numbers, flags, payload), tags)
            when += self.random.randrange(8_000, 60_000)
            moved = len(payload) + (1 if flags & (SYN | FIN) else 0)
            client, server = (client + moved, server) if out else (client, server + moved)

        say(True, SYN)
        say(False, SYN | ACK)
        say(True, ACK)
        say(True, PSH | ACK, b"GET /file HTTP/1.1\r\nHost: host0001.example\r\n\r\n")
        for number in range(segments):
            length = size if number < segments - 1 else self.random.randrange(1, size)
            say(False, ACK, mark(number) + self.random.randbytes(max(length - 4, 0)))
            if number % 2:
                say(True, ACK)
        say(False, FIN | ACK)
        say(True, FIN | ACK)
        say(False, ACK)

    def talk6(self, when, number):
        """A datagram and its answer over IPv6."""
        data = mark(number) + self.random.randbytes(self.random.randrange(8, 1200))
        there = udp(IP6_CLIENT, IP6_SERVER, 4433, 443, data)
        back = udp(IP6_SERVER, IP6_CLIENT, 443, 4433, data[:40])
        self.send(when, ether(MAC_SERVER, MAC_CLIENT, IP6,
                              ip6(IP6_CLIENT, IP6_SERVER, UDP, there)))
        self.send(when + 300_000, ether(MAC_CLIENT, MAC_SERVER, IP6,
                                        ip6(IP6_SERVER, IP6_CLIENT, UDP, back)))

    def build(self):
        """All of it, in order of time."""
        second = 10**9
        for number in range(40):
            self.arp(number * second // 4)
            self.dns(number * second // 4 + 1_000_000, number)
            self.ping(number * second // 4 + 3_000_000, number)
        for number in range(12):
            self.download(number * second // 2 + 7_000_000, 40001 + number, 50 + 4 * number)
        self.download(5_000_000, 41001, 120, tags=[(VLAN, 100)])
        self.download(2 * second, 41002, 20, size=8960)
        for number in range(120):
            self.talk6(number * second // 20 + 500_000, number)
        for number in range(24):
            self.send(number * second // 8 + 12_345, plain_frame(number, 14 + 2 * number))
        self.packets.sort(key=lambda packet: packet[0])
        return self.packets


# Commands ---------------------------------------------------------------------------------------


def do_sample(args):
    """sample OUT"""
    write_pcap(args.out, Sample().build())


def do_make(args):
    """make KIND OUT"""
    KINDS[args.kind](args.out, args.count, args.size)


def do_all(args):
    """all DIR"""
    os.makedirs(args.dir, exist_ok=True)
    for kind, make in KINDS.items():
        suffix = "pcapng" if kind.startswith("pcapng") else "pcap"
        make(os.path.join(args.dir, f"{kind}.{suffix}"), args.count, None)
    write_pcap(os.path.join(args.dir, "sample.pcap"), Sample().build())
    if args.stamp:
        with open(args.stamp, "w", encoding="ascii"):
            pass


def do_kinds(_args):
    """kinds"""
    print("\n".join(KINDS))


def warn_broken(reader):
    """A broken end is no difference, but nobody shall overlook it."""
    if reader.broken:
        print(f"captures.py: {reader.path}: {reader.broken}; only whole packets count",
              file=sys.stderr)


def do_count(args):
    """count FILE"""
    reader = Reader(args.file)
    print(sum(1 for _ in reader))
    warn_broken(reader)


def describe(packet):
    """What to call a packet in a message."""
    return "no packet" if packet is None else f"{len(packet)} bytes"


def first_difference(one, other):
    """Where two packets part, in words."""
    if one is None or other is None or len(one) != len(other):
        return f"{describe(one)} against {describe(other)}"
    at = next(i for i, (a, b) in enumerate(zip(one, other)) if a != b)
    return f"{len(one)} bytes, byte {at} is 0x{one[at]:02x} against 0x{other[at]:02x}"


def do_compare(args):
    """compare A B"""
    readers = [Reader(args.a), Reader(args.b)]
    counts, difference = [0, 0], None
    for index, pair in enumerate(itertools.zip_longest(*readers)):
        counts = [n + (packet is not None) for n, packet in zip(counts, pair)]
        if difference is None and pair[0] != pair[1]:
            difference = f"first difference at packet {index}: {first_difference(*pair)}"
    for reader in readers:
        warn_broken(reader)
    print(f"packets: {counts[0]} and {counts[1]}")
    if difference:
        print(difference)
    print("identical:", "no" if difference else "yes")
    return 1 if difference else 0


def positive(text):
    """An argparse type."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, do, text, *positional):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(do=do)
        for argument in positional:
            sub.add_argument(argument)
        return sub

    command("sample", do_sample, "write a realistic mix of some 2,000 packets", "out")
    make = commands.add_parser("make", help="write a test capture of one kind")
    make.set_defaults(do=do_make)
    make.add_argument("kind", choices=KINDS, metavar="KIND")
    make.add_argument("out")
    make.add_argument("--count", type=positive, default=200, help="packets (200)")
    make.add_argument("--size", type=positive, help="bytes of each frame (by kind)")
    every = command("all", do_all, "write KIND.pcap of every kind into a folder, and sample.pcap",
                    "dir")
    every.add_argument("--count", type=positive, default=200, help="packets in each (200)")
    every.add_argument("--stamp", help="file to create when done")
    command("kinds", do_kinds, "list the kinds")
    command("count", do_count, "print the number of whole packets", "file")
    command("compare", do_compare, "compare the packets of two files, in order; exit code 1 if"
            " they differ", "a", "b")
    return parser.parse_args()


def main():
    """Run one command."""
    args = arguments()
    try:
        return args.do(args)
    except (CaptureError, OSError) as error:
        print(f"captures.py: error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checksums that the controller inserts, and TCP that it segments."""

import struct
import time

import common
from common import MODEL, REPLY, Port, VmTest, needs, vm  # it knows where devtools is

from captures.frames import (ACK, IP4, IP4_CLIENT, IP4_SERVER, IP6, IP6_CLIENT, IP6_SERVER,
                             MAC_CLIENT, TCP, UDP, VLAN, checksum, ether, ip4, ip6, tcp, udp)

MAC_NIC = bytes.fromhex("525400123456")
WRONG = b"\xba\xd1"


def packet(number, size, tags=()):
    """A frame of TCP or UDP over IPv4 or IPv6, and the same with wrong checksums."""
    payload = bytes((number + i) & 0xFF for i in range(size))
    src, dst = (IP6_CLIENT, IP6_SERVER) if number % 4 > 1 else (IP4_CLIENT, IP4_SERVER)
    if number % 2:
        inner, proto, at = tcp(src, dst, (number, 443), (number, 1), ACK, payload), TCP, 16
    else:
        inner, proto, at = udp(src, dst, number, 53, payload), UDP, 6
    wrong = inner[:at] + WRONG + inner[at + 2:]
    if number % 4 > 1:
        return [ether(MAC_NIC, MAC_CLIENT, IP6, ip6(src, dst, proto, what), tags)
                for what in (inner, wrong)]
    good, bad = (ip4(src, dst, proto, what, number) for what in (inner, wrong))
    return [ether(MAC_NIC, MAC_CLIENT, IP4, what, tags)
            for what in (good, bad[:10] + WRONG + bad[12:])]


def tcp_data(test, frames):
    """
    What TCP delivers: for each source port its bytes. QEMU before 8.0 cuts a packet into fragments of IP
    where the controller makes segments of TCP; so both are taken, and every checksum is looked at.
    """
    packets, pieces = {}, {}
    for frame in frames:
        total, ident, place = struct.unpack_from(">HHH", frame, 16)
        test.assertEqual(checksum(frame[14:34]), 0, "IPv4 checksum")
        packets.setdefault(ident, {})[(place & 0x1FFF) * 8] = frame[34:14 + total]
    for parts in packets.values():
        segment = b"".join(part for _, part in sorted(parts.items()))
        pseudo = IP4_CLIENT + IP4_SERVER + struct.pack(">HH", TCP, len(segment))
        test.assertEqual(checksum(pseudo + segment), 0, "TCP checksum")
        port, _, sequence = struct.unpack_from(">HHI", segment)
        pieces.setdefault(port, {})[sequence] = segment[20:]
    return {port: b"".join(part for _, part in sorted(parts.items()))
            for port, parts in pieces.items()}


class Sums(VmTest):
    """Frames come back as they went, but for what was asked of the controller."""

    def same_sums(self, guest, port, tags=(), start="", stream=""):
        """Wrong checksums go in, and right ones come out."""
        sizes = [26 + number % 1400 for number in range(0, 60000, 97)]
        right, wrong = zip(*(packet(number, size, tags) for number, size in enumerate(sizes)))
        before = port.do("counts 0")["tx"]
        port.do(f"start 0 txsums=1 {start}")
        port.do(f"stream 0 0 ask=1 {stream}")
        self.echo(guest, list(wrong), expected=list(right))
        self.assertEqual(port.do("counts 0")["tx"] - before, len(right))
        port.do("forget")
        port.do("stop 0")

    def test_checksums_are_inserted(self):
        with self.guest() as guest, Port(guest) as port:
            self.same_sums(guest, port)
            # a ring that contexts go round often, and after another start
            self.same_sums(guest, port, start="txd=32 fast=1")

    def test_checksums_and_tags_are_inserted(self):
        with self.guest() as guest, Port(guest) as port:
            self.same_sums(guest, port, [(VLAN, 100)], "strip=1", "insert=1")

    def test_checksums_behind_a_tag_of_the_packet(self):
        with self.guest() as guest, Port(guest) as port:
            self.same_sums(guest, port, [(VLAN, 100)])

    @needs("segmentation")
    def test_tcp_is_segmented(self):
        mss, count, size = 1000, 40, 8000
        wanted = {1000 + n: bytes((n + i * 7) & 0xFF for i in range(size)) for n in range(count)}
        whole = [ether(MAC_NIC, MAC_CLIENT, IP4,
                       ip4(IP4_CLIENT, IP4_SERVER, TCP,
                           tcp(IP4_CLIENT, IP4_SERVER, (port, 443), (1, 1), ACK, data), port * 20))
                 for port, data in wanted.items()]
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 txsums=1 tso=1 mtu=9216 txd=64")
            port.do(f"stream 0 0 ask=1 mss={mss}")
            guest.wires[0].inject(whole)
            frames, until = [], time.monotonic() + 20
            while (sum(len(frame) - 34 for frame in frames) < count * (size + 20)
                   and time.monotonic() < until):
                frames += guest.wires[0].collect(1)
            time.sleep(0.1)
            frames += guest.wires[0].take()
            # counted as the controller does it
            self.assertEqual(port.do("counts 0")["tx"], count * size // mss)
        self.assertEqual(tcp_data(self, frames), wanted)
        self.assertLessEqual(max(len(frame) for frame in frames), 54 + mss)
        self.assertGreaterEqual(len(frames), count * size // mss)

    @needs("several queues")
    def test_two_queues_share_no_context(self):
        frames = vm.mixed_frames(200)
        refused = ("txsums=1", "tso=1") if MODEL.shares_context else ()
        allowed = ["queues=2", "queues=1 tso=1", "queues=1 txsums=1"]
        if not MODEL.shares_context:
            allowed += ["queues=2 tso=1", "queues=2 txsums=1"]
        with self.guest() as guest, Port(guest) as port:
            for offload in refused:
                guest.send(f"start 0 queues=2 {offload}\n")
                output = guest.expect(REPLY)
                self.assertRegex(output, "net_dualbuf: .*with transmit checksums or TSO 1 transmit "
                                 "queue is allowed, not 2")
                self.assertIn("> error start: Invalid argument", output)
            for how in allowed:
                port.do(f"start 0 {how}")
                port.do("stream 0 0")
                self.echo(guest, frames)
                port.do("forget")
                port.do("stop 0")


if __name__ == "__main__":
    common.main()

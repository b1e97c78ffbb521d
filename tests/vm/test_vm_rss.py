#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Receive-side scaling over several queues, beside what DPDK's software computes of the same
frames; the virtual NIC is held to the same in test_vdev_steer.c."""

import random
import struct

import common
from common import MODEL, Port, VmTest, needs

QUEUES = min(4, MODEL.queues)
FRAMES = 120  # fewer than a ring has
TCP, UDP = 6, 17
IPV4, TCP4, IPV6, TCP6 = 1 << 2, 1 << 4, 1 << 8, 1 << 10  # RTE_ETH_RSS_*
ALL = IPV4 | TCP4 | IPV6 | TCP6


def checksum(data):
    """RFC 1071; QEMU does not send back IPv4 whose header is wrong."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(protocol, payload, addresses):
    """An IPv4 packet."""
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0)
    head += addresses[:8]
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ipv6(protocol, payload, addresses):
    """An IPv6 packet."""
    return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64) + addresses[:32] + payload


def flows(count, seed=1):
    """Frames of as many flows: both IPs, with TCP and without, tagged or not, and some that are neither."""
    chance = random.Random(seed)
    frames = []
    for i in range(count):
        protocol = TCP if i % 2 == 0 else UDP
        ports = chance.randbytes(4)
        payload = (ports + bytes(8) + b"\x50\x10" + bytes(6) if protocol == TCP
                   else ports + struct.pack("!HH", 20, 0) + bytes(12))
        addresses = chance.randbytes(32)
        # no multicast or loopback addresses, and the like
        addresses = b"\x0a" + addresses[1:4] + b"\x0a" + addresses[5:]
        kind = i // 2 % 5
        if kind == 4:
            packet, ethertype = chance.randbytes(46), b"\x88\xb5"
        elif kind % 2 == 0:
            packet, ethertype = ipv4(protocol, payload, addresses), b"\x08\x00"
        else:
            packet, ethertype = ipv6(protocol, payload, addresses), b"\x86\xdd"
        tag = b"\x81\x00\x00\x05" if kind in (2, 3) else b""
        frame = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02" + tag + ethertype + packet
        frames.append(frame + bytes(max(0, 60 - len(frame))))
    return frames


@needs("several queues")
class Rss(VmTest):
    """Which queue a frame meets."""

    def steered(self, guest, port, frames, echo=0):
        """Send frames and see where they come up."""
        guest.wires[0].inject(frames)
        found = port.do(f"steered 0 count={len(frames)} echo={echo}")
        wrong = found.pop("wrong")
        self.assertEqual((wrong, sum(found.values())), (0, len(frames)))
        return list(found.values())

    def test_flows_meet_the_queue_that_software_computes(self):
        frames = flows(FRAMES)
        with self.guest() as guest, Port(guest) as port:
            port.do(f"start 0 queues={QUEUES} rss=1")
            first = self.steered(guest, port, frames)
            self.assertGreater(min(first), FRAMES * 2 // 5 // QUEUES)
            with self.note("another key"):
                port.do(f"key 0 seed=7 types={ALL}")
                self.assertNotEqual(self.steered(guest, port, frames), first)
            with self.note("another table"):
                port.do("table 0 step=5")
                self.steered(guest, port, frames)
            with self.note("after a stop and a start"):
                port.do("stop 0")
                port.do("restart 0")
                self.steered(guest, port, frames)
            for types in (IPV4, TCP4, IPV6, TCP6, IPV4 | IPV6, TCP4 | TCP6, 0):
                with self.note(f"types {types:#x}"):
                    port.do(f"key 0 seed={types} types={types}")
                    found = self.steered(guest, port, frames)
                    self.assertEqual(sum(found[1:]) > 0, types != 0)
            with self.note("all to the second queue"):
                port.do("table 0 step=0")
                port.do(f"key 0 seed=3 types={ALL}")
                found = self.steered(guest, port, frames)
                self.assertEqual(found[:2], [FRAMES // 5, FRAMES - FRAMES // 5])

    def test_each_transmit_queue_sends(self):
        frames = flows(FRAMES, seed=2)
        with self.guest() as guest, Port(guest) as port:
            port.do(f"start 0 queues={QUEUES} rss=1")
            queues = self.steered(guest, port, frames, echo=1)
            self.assertGreater(min(queues), 0)
            got = guest.wires[0].collect(len(frames))
            self.assertEqual(sorted(got), sorted(frames))
            for number, count in enumerate(queues):
                self.assertEqual(port.xstat(f"tx_q{number}_packets"), count)

    def test_one_queue_hashes_and_several_without_rss_use_the_first(self):
        frames = flows(FRAMES, seed=3)
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 rss=1")
            self.assertEqual(self.steered(guest, port, frames)[0], FRAMES)
            port.do("stop 0")
            port.do(f"start 0 queues={QUEUES}")
            self.assertEqual(self.steered(guest, port, frames)[0], FRAMES)

    def test_each_queue_has_an_interrupt_of_its_own(self):
        frames = flows(FRAMES, seed=4)
        with self.guest() as guest, Port(guest) as port:
            port.do(f"start 0 queues={QUEUES} rss=1 intr=1")
            port.do("listen 0")
            for step in range(6):
                frame = [frames[step * 2]]  # TCP, and some of no flow
                self.assertEqual(port.do("wait 0 ms=50")["queue"], "none")
                guest.wires[0].inject(frame)
                queue = port.do("wait 0 ms=5000")["queue"]
                found = port.do("steered 0 count=1")
                self.assertEqual((found["wrong"], found[f"q{queue}"]), (0, 1))
            port.do("table 0 step=0")
            guest.wires[0].inject([frames[0]])
            self.assertEqual(port.do("wait 0 ms=5000")["queue"], 1)
            port.do("steered 0 count=1")


if __name__ == "__main__":
    common.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Frames that the receiver lets pass, and their changes by it and by the transmitter."""

import struct

import common
from common import MODEL, Port, VmTest, needs, vm

OWN, NEW, OTHER = "52:54:00:12:34:56", "02:aa:bb:cc:dd:ee", "02:00:00:00:00:99"
GROUP, ALL = "01:00:5e:00:00:05", "ff:ff:ff:ff:ff:ff"
TARGETS = {name: vm.mixed_frames(20, target=name, seed=seed)
           for seed, name in enumerate((OWN, NEW, OTHER, GROUP, ALL))}
ADDRESSES = bytes.fromhex("525400123456020000000001")


def ones_sum(data):
    """Internet checksum."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp_frame(size, ip_error=0, udp_error=0):
    """IPv4 and UDP with right checksums, or (error) wrong ones."""
    payload = bytes(i & 0xff for i in range(size))
    length = 8 + size
    source, target = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
    pseudo = source + target + struct.pack("!BBH", 0, 17, length)
    head = struct.pack("!HHH", 1234, 5678, length)
    check = ones_sum(pseudo + head + bytes(2) + payload) ^ udp_error
    udp = head + struct.pack("!H", check) + payload
    ip = struct.pack("!BBHHHBB", 0x45, 0, 20 + length, 1, 0, 64, 17)
    check = ones_sum(ip + bytes(2) + source + target) ^ ip_error
    return ADDRESSES + b"\x08\x00" + ip + struct.pack("!H", check) + source + target + udp


class Filter(VmTest):
    """Frames to several addresses are offered; some of them are to come back."""

    def passes(self, guest, *names):
        """Of all targets exactly these come back. The last frames of all are broadcast, which
        always pass, so that nothing needs to be waited for."""
        frames = [frame for name in TARGETS for frame in TARGETS[name]]
        expected = [frame for name in TARGETS for frame in TARGETS[name]
                    if name in (*names, ALL)]
        guest.wires[0].inject(frames)
        self.same_frames(guest.wires[0].collect(len(expected)), expected, "what passes")

    def test_addresses(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 promisc=0")
            port.do("stream 0 0")
            self.passes(guest, OWN)
            port.do("allmulti 0 1")
            self.passes(guest, OWN, GROUP)
            port.do("promisc 0 1")
            self.passes(guest, OWN, NEW, OTHER, GROUP)
            port.do("promisc 0 0")
            self.passes(guest, OWN, GROUP)
            port.do("allmulti 0 0")
            self.passes(guest, OWN)
            port.do(f"mac 0 {NEW}")
            self.passes(guest, NEW)
            port.do("stop 0")
            port.do("restart 0")
            self.passes(guest, NEW)

    def test_further_addresses(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 promisc=0")
            port.do("stream 0 0")
            port.do(f"address 0 add {NEW}")
            self.passes(guest, OWN, NEW)
            port.do(f"address 0 add {OTHER}")
            self.passes(guest, OWN, NEW, OTHER)
            port.do(f"address 0 remove {NEW}")
            self.passes(guest, OWN, OTHER)
            port.do(f"mac 0 {NEW}")
            self.passes(guest, NEW, OTHER)
            port.do("stop 0")
            port.do("restart 0")
            self.passes(guest, NEW, OTHER)
            port.do(f"address 0 remove {OTHER}")
            for number in range(MODEL.addresses - 1):
                port.do(f"address 0 add 02:00:00:00:01:{number:02x}")
            self.passes(guest, NEW)
            self.refused(guest, f"address 0 add {OTHER}", "No space left")

    def test_groups(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 promisc=0")
            port.do("stream 0 0")
            port.do(f"groups 0 01:00:5e:00:00:06 {GROUP}")
            self.passes(guest, OWN, GROUP)
            port.do("groups 0 01:00:5e:00:00:06 33:33:00:00:00:01")
            self.passes(guest, OWN)
            # The table knows addresses by their last twelve bits alone.
            port.do("groups 0 33:33:ff:11:01:05")
            self.passes(guest, OWN, GROUP)
            port.do("stop 0")
            port.do("restart 0")
            self.passes(guest, OWN, GROUP)
            port.do("allmulti 0 1")
            port.do("groups 0")
            self.passes(guest, OWN, GROUP)
            port.do("allmulti 0 0")
            self.passes(guest, OWN)

    def refused(self, guest, command, reason):
        """A command that the port does not take; returns what was said meanwhile."""
        guest.send(command + "\n")
        answer = guest.expect(common.REPLY)
        self.assertRegex(answer, f"> error .*{reason}")
        return answer

    def vlans_pass(self, guest, tags, passing):
        """Frames with each of the tags, and without; the last are those without, which always
        pass."""
        plain = vm.mixed_frames(10, sizes=(60, 1500))
        frames = {tag: [frame[:12] + struct.pack("!HH", 0x8100, tag) + frame[12:]
                        for frame in plain] for tag in tags}
        guest.wires[0].inject(plain + [frame for tag in tags for frame in frames[tag]] + plain)
        expected = plain + [frame for tag in tags for frame in frames[tag]
                            if tag in passing] + plain
        self.same_frames(guest.wires[0].collect(len(expected)), expected, "what passes")

    def test_vlan_filter(self):
        tags = (0, 0xe000, 1, 0x7001, 64, 4095)
        with self.guest() as guest, Port(guest) as port:
            for promiscuous in 0, 1:
                port.do(f"start 0 vlans=1 promisc={promiscuous}")
                port.do("stream 0 0")
                self.vlans_pass(guest, tags, ())
                port.do("vlan 0 1 1")
                port.do("vlan 0 4095 1")
                self.vlans_pass(guest, tags, (1, 0x7001, 4095))
                port.do("vlan 0 1 0")
                port.do("vlan 0 0 1")
                self.vlans_pass(guest, tags, (0, 0xe000, 4095))
                port.do("vlans 0 0")
                self.vlans_pass(guest, tags, tags)
                port.do("vlans 0 1")
                self.vlans_pass(guest, tags, (0, 0xe000, 4095))
                port.do("stop 0")
                port.do("restart 0")
                self.vlans_pass(guest, tags, (0, 0xe000, 4095))
                port.do("vlan 0 0 0")
                port.do("vlan 0 4095 0")
                port.do("forget")
                port.do("stop 0")

    def test_vlan_filter_and_strip_together(self):
        plain = vm.mixed_frames(40, sizes=(60, 1500))
        tagged = [frame[:12] + struct.pack("!HH", 0x8100, 1 + number % 2) + frame[12:]
                  for number, frame in enumerate(plain)]
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 vlans=1 strip=1")
            port.do("stream 0 0")
            port.do("vlan 0 2 1")
            for strip in 1, 0, 1:
                port.do(f"strip 0 {strip}")
                guest.wires[0].inject(tagged)
                expected = (plain if strip else tagged)[1::2]
                self.same_frames(guest.wires[0].collect(len(expected)), expected, "what passes")

    def test_crc_is_kept(self):
        frames = vm.mixed_frames(200, sizes=(60, 1510))
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 crc=1")
            port.do("stream 0 0")
            # Where the ring is full, QEMU gives some frames a descriptor for their CRC alone, and
            # loses that.
            self.echo_slowly(guest, frames)
            counts = port.do("counts 0")
            self.assertEqual(counts["rx"], len(frames))
            self.assertEqual(counts["rxbytes"], sum(len(frame) for frame in frames))
            self.assertEqual(counts["rxerr"], 0)

    def test_mtu(self):
        short, fits = (vm.mixed_frames(20, sizes=(size, size), seed=size) for size in (60, 1618))
        longer = [frame for size in (1619, 1700, 2048, 2049, 5000)
                  for frame in vm.mixed_frames(3, sizes=(size, size), seed=size)]
        mixed = [frame for three in zip(short, fits, longer) for frame in three]
        good = [frame for frame in mixed if len(frame) <= 1618]
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 mtu=1600 scatter=0")
            port.do("stream 0 0")
            guest.wires[0].inject(mixed + short)
            self.same_frames(guest.wires[0].collect(len(good) + len(short)), good + short, "good")
            if "frames that are too long" not in MODEL.gaps:
                self.assertEqual(port.do("counts 0")["rxerr"], len(longer))
                self.assertEqual(port.xstat("rx_q0_over_mtu"), len(longer))
            port.do("mtu 0 1000")
            guest.wires[0].inject(fits + short)
            self.same_frames(guest.wires[0].collect(len(short)), short, "short")
            self.assertIn("MTU of 2031", self.refused(guest, "mtu 0 2031", "Invalid"))
            port.do("mtu 0 2030")
            self.echo(guest, fits)
            port.do("forget")
            port.do("stop 0")
            port.do("mtu 0 5000")
            port.do("restart 0")
            port.do("stream 0 0")
            self.echo(guest, [frame for frame in longer if len(frame) <= 5000])

    def test_vlan_tags_are_stripped_and_inserted(self):
        plain = vm.mixed_frames(200, sizes=(60, 1500))
        tags = [struct.pack("!HH", 0x8100, number * 37 & 0xefff) for number in range(200)]
        tagged = [frame[:12] + tag + frame[12:] for frame, tag in zip(plain, tags)]
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 strip=1")
            port.do("stream 0 0")
            self.echo(guest, tagged, expected=plain)
            self.assertEqual(port.do("flags")["vlan"], len(tagged))
            self.echo(guest, plain)
            port.do("forget")
            port.do("stream 0 0 insert=1")
            self.echo(guest, tagged)
            port.do("forget")
            port.do("stop 0")
            port.do("start 0 strip=0")
            port.do("stream 0 0")
            self.echo(guest, tagged)
            for strip in 1, 0, 1:
                port.do(f"strip 0 {strip}")
                self.echo(guest, tagged, expected=plain if strip else tagged)

    @needs("receive checksums")
    def test_checksums_are_judged(self):
        good = [udp_frame(size) for size in range(20, 1400, 100)]
        bad_ip = [udp_frame(size, ip_error=0x0101) for size in range(20, 1400, 200)]
        bad_udp = [udp_frame(size, udp_error=0x0101) for size in range(20, 1400, 300)]
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 sums=1")
            port.do("stream 0 0")
            before = port.do("flags")
            for frames, kinds in ((good, ("ip_good", "l4_good")), (bad_udp, ("ip_good", "l4_bad")),
                                  (bad_ip, ("ip_bad",)), (vm.mixed_frames(20), ())):
                self.echo(guest, frames)
                after = port.do("flags")
                counted = {kind for kind in after if after[kind] != before[kind]}
                self.assertEqual(counted - {"l4_good"} if kinds == ("ip_bad",) else counted,
                                 set(kinds))
                for kind in kinds:
                    self.assertEqual(after[kind] - before[kind], len(frames), kind)
                before = after


if __name__ == "__main__":
    common.main()

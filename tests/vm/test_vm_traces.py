#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The driver's discipline, as the device sees it: QEMU's trace of registers and descriptors."""

import re

import common
from common import MODEL, REPLY, Port, VmTest, needs, ours, vm
from models import REGISTERS

EVENTS = [event for event, _ in MODEL.events.values()]
PATTERNS = {kind: re.compile(pattern) for kind, (_, pattern) in MODEL.events.items()}
SHOWN = "descr" in PATTERNS  # what becomes of descriptors
RCTL, RCTL_EN = 0x100, 2
RDBAL, RDBAH, RDT, TDT = (MODEL.rings[0], MODEL.rings[0] + 4, MODEL.rings[0] + 0x18,
                          MODEL.rings[1] + 0x18)
RING = 64  # more than lies in the transmit ring until it is freed


def parse(trace):
    """(kind, numbers) of each event."""
    for line in trace:
        for kind, pattern in PATTERNS.items():
            if found := pattern.search(line):
                yield kind, [int(number, 16) for number in found.groups()]


class Ring:
    """The receive ring, reconstructed from a trace; checks each step."""

    def __init__(self, test, trace, size):
        self.test, self.size = test, size
        self.base, self.tail, self.running = 0, None, False
        self.written = self.consumed = 0  # by the device, by the driver
        self.doorbells, self.tx_doorbells, self.sent = 0, 0, []
        self.armed = {}  # position -> addresses, in the order in which they were filled
        self.received = []  # addresses in that order
        for kind, numbers in parse(trace):
            getattr(self, kind)(*numbers)

    def write(self, reg, value):
        """A register write."""
        reg %= REGISTERS
        if reg == RDBAL:
            self.base = value
        elif reg == RDBAH:
            self.base |= value << 32
        elif reg == RCTL:
            self.control(value & RCTL_EN)
        elif reg == RDT and self.running:
            self.doorbell(value)
        elif reg == TDT and self.running:
            self.tx_doorbells += 1

    def control(self, enabled):
        """The receiver is switched on or off."""
        if enabled and not self.running:
            self.tail = None
            self.written = self.consumed = 0
        self.running = bool(enabled)

    def doorbell(self, value):
        """The tail is the last armed descriptor, and never the next to be read."""
        test = self.test
        if self.tail is None:
            test.assertEqual(value, self.size - 1, "the first tail, with all descriptors armed")
        else:
            self.doorbells += 1
            step = (value - self.tail) % self.size
            test.assertGreater(step, 0, "a doorbell that tells nothing new")
            self.consumed += step
            if SHOWN:
                test.assertLessEqual(self.consumed, self.written, "tail beyond what was received")
        test.assertNotEqual(value, self.consumed % self.size, "tail equals next-to-read")
        test.assertEqual((value + 1) % self.size, self.consumed % self.size)
        self.tail = value

    def descr(self, address):
        """The device takes a descriptor: the next one, and not the one that is held back."""
        self.test.assertTrue(self.running, "a descriptor was used when the receiver was off")
        position = (address - self.base) // 16
        self.test.assertEqual(position, self.written % self.size)
        self.test.assertNotEqual(position, self.tail, "the device went past the tail")
        self.written += 1
        self.position = position

    def buffer(self, address):
        """It writes to the buffer of that descriptor."""
        self.armed.setdefault(self.position, []).append(address)
        self.received.append(address)

    def tx(self, address):
        """It reads a buffer to send it."""
        self.sent.append(address)

    def null(self):
        """It found an empty descriptor."""
        self.test.fail("the device was given a descriptor without a buffer")


class Traces(VmTest):
    """A short ring, so that it goes round many times."""

    def run_traced(self, frames, batch, hold=0, sides=2):
        """Echo frames, in batches or (0) at full speed; returns the Ring and the counts."""
        with self.guest(trace=EVENTS) as guest:
            with Port(guest, args=f"buffers={sides}") as port:
                port.do(f"start 0 rxd={RING} txd=256")
                port.do(f"stream 0 0 hold={hold}")
                if batch:
                    for first in range(0, len(frames), batch):
                        part = frames[first:first + batch]
                        guest.wires[0].inject(part)
                        if not hold:
                            self.same_frames(guest.wires[0].collect(len(part)), part)
                else:
                    guest.wires[0].inject(frames)
                while port.do("counts 0")["rx"] < len(frames):
                    pass
                port.do("release")
                self.same_frames(guest.wires[0].collect(len(frames) if hold or not batch else 0),
                                 frames if hold or not batch else [])
                bursts = port.do("held")
        ring = Ring(self, self.result.trace, RING)
        self.assertEqual(ring.consumed, len(frames))
        self.assertEqual(ring.doorbells, bursts["rx_bursts"], "doorbells and bursts")
        self.assertEqual(ring.tx_doorbells, bursts["tx_bursts"], "transmit doorbells and bursts")
        if SHOWN:
            self.assertEqual((ring.written, len(ring.sent)), (len(frames), len(frames)))
        return ring

    def distinct(self, ring, sides):
        """No two descriptors share a buffer, and each has so many."""
        seen = [address for addresses in ring.armed.values() for address in set(addresses)]
        self.assertEqual(len(seen), len(set(seen)), "a buffer of two descriptors")
        self.assertEqual(len(seen), RING * sides)

    @needs("traces of descriptors")
    def test_the_alternate_is_armed_and_nothing_is_copied(self):
        for sides in (2, 3):
            with self.note(f"with {sides} buffers per descriptor"):
                ring = self.run_traced(vm.mixed_frames(12 * RING), batch=12, sides=sides)
                self.distinct(ring, sides)
                for addresses in ring.armed.values():
                    rotation = addresses[:sides]
                    self.assertEqual(addresses, (rotation * 12)[:len(addresses)])
                self.assertEqual(ring.sent, ring.received)  # from the very same memory

    @needs("traces of descriptors")
    def test_the_same_buffer_is_armed_again_after_a_copy(self):
        ring = self.run_traced(vm.mixed_frames(6 * RING), batch=16, hold=60000)
        self.distinct(ring, 2)
        for addresses in ring.armed.values():
            self.assertEqual(addresses, addresses[:2] + addresses[1:2] * (len(addresses) - 2))

    def test_the_tail_at_full_speed(self):
        for hold in (0, 50):
            with self.note(f"with {hold} packets held"):
                self.run_traced(vm.mixed_frames(3000), batch=0, hold=hold)

    def quiet(self, guest):
        """Bus mastering is off in the NIC's configuration space."""
        code, text = guest.call(f"hexdump -s 4 -n 2 -e '1/2 \"%d\"' "
                                f"/sys/bus/pci/devices/{guest.pci(0)}/config")
        self.assertEqual(code, 0, text)
        self.assertEqual(int(text) & 4, 0, "bus master")

    def off(self):
        """Since the receiver was last switched off it used no descriptor (Ring sees to that)."""
        ring = Ring(self, self.result.trace, RING)
        self.assertFalse(ring.running)
        return ring

    def test_a_stopped_and_a_closed_port_are_quiet(self):
        with self.guest(trace=EVENTS) as guest, Port(guest) as port:
            port.do(f"start 0 rxd={RING}")
            port.do("stream 0 0")
            self.echo(guest, vm.mixed_frames(100))
            port.do("forget")
            port.do("stop 0")
            self.assertLess(guest.wires[0].offer(vm.mixed_frames(2000), patience=0.5), 2000)
            port.do("close 0")
            self.quiet(guest)
        self.assertEqual(self.off().written, 100 if SHOWN else 0)

    def test_the_end_of_eal_leaves_the_device_quiet(self):
        with self.guest(trace=EVENTS) as guest:
            port = Port(guest)
            port.begin()
            port.do(f"start 0 rxd={RING}")
            port.do("stream 0 0")
            self.echo(guest, vm.mixed_frames(100))
            port.do("quit")
            self.assertEqual(guest.wait(), 0)
            self.quiet(guest)
        self.off()

    def test_a_refused_mac_address_leaves_the_device_quiet(self):
        with self.guest(nics=[vm.Nic(mac="01:00:5e:00:00:01")], trace=EVENTS) as guest:
            guest.start(Port(guest, ours(guest)).command)
            self.assertRegex(guest.expect(REPLY),
                             "net_dualbuf: .*no valid MAC address: 01:00:5E:00:00:01")
            guest.send("ports\n")
            self.assertIn("ports=0", guest.expect(REPLY))
            self.quiet(guest)
            guest.send("quit\n")
            self.assertEqual(guest.wait(), 0)
        self.off()


if __name__ == "__main__":
    common.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Claims 1, 2, 3 and 9 on the controller's own ring, with 2, 3 and 4 buffers per descriptor.

What a receive callback sees in the hardware descriptor of each packet, before the application sees
the packet; and what happens when the application holds its packets, or never frees one.
"""

import time

import common
from common import POOL_SIZE, Port, VmTest, vm

RING = 64
BATCH = 24  # frames under way: less than the ring, so that callbacks look at quiet descriptors
SIDES = (2, 3, 4)


class Claims(VmTest):
    """Each case with 2, 3 and 4 buffers: one guest, a program for each number."""

    def armed(self, port):
        """Every descriptor has an address of its own and waits for a packet."""
        self.assertEqual(port.armed(),
                         {"descriptors": RING, "done": 0, "null": 0, "same": 0})

    def check_inspected(self, port, flips, copies, sides):
        """The callbacks saw as much as the driver counted, and as is expected."""
        counted = port.xstat("rx_q0_flips"), port.xstat("rx_q0_copies")
        self.assertEqual(port.do("inspected"),
                         {"flips": flips, "copies": copies, "bad": 0, "min_sides": sides,
                          "max_sides": sides})
        self.assertEqual(counted, (flips, copies))

    def flips_when_freed(self, port, sides):
        """Claim 1 and 2: buffers are freed soon, and every packet flips its descriptor."""
        frames = vm.mixed_frames(10 * RING, seed=sides)
        port.do(f"start 0 rxd={RING} txd=32")
        port.inspect()
        port.do("stream 0 0")
        self.echo_slowly(self.machine, frames, batch=BATCH)
        self.check_inspected(port, len(frames), 0, sides)
        self.armed(port)

    def copies_when_never_freed(self, port, sides):
        """Claim 3: the last buffer of each descriptor stays, and its bytes are copied."""
        frames = vm.mixed_frames(8 * RING, seed=10 + sides)
        flips = (sides - 1) * RING
        port.do(f"start 0 rxd={RING} txd=1024")
        port.inspect()
        port.do("stream 0 0 hold=60000")
        for first in range(0, len(frames), BATCH):
            self.machine.wires[0].inject(frames[first:first + BATCH])
            self.held(port, min(first + BATCH, len(frames)))
        self.armed(port)
        self.check_inspected(port, flips, len(frames) - flips, sides)
        self.assertEqual(port.xstat("rx_q0_bound"), sides * RING)
        self.assertEqual(port.xstat("rx_q0_home"), RING)
        port.do("release")
        self.same_frames(self.machine.wires[0].collect(len(frames)), frames, "what was held")

    def held(self, port, count):
        """Wait until the program holds so many packets; QEMU's e1000 takes none for a second after
        a start."""
        deadline = time.monotonic() + 20
        while (held := port.do("held")["held"]) != count:
            self.assertLess(time.monotonic(), deadline, f"expected {count} packets held, got {held}")

    def held_for_a_while(self, port, sides):
        """Each packet goes on when `hold` others have come: part is flipped, part is copied."""
        hold = 3 * RING
        frames = vm.mixed_frames(4000, seed=20 + sides)
        last = vm.mixed_frames(hold, seed=30 + sides)
        port.do(f"start 0 rxd={RING} txd=32")
        port.do(f"stream 0 0 hold={hold}")
        self.machine.wires[0].inject(frames + last)
        self.same_frames(self.machine.wires[0].collect(len(frames)), frames, "held a while")
        port.do("release")
        self.same_frames(self.machine.wires[0].collect(hold), last, "the last ones")
        flips, copies = port.xstat("rx_q0_flips"), port.xstat("rx_q0_copies")
        self.assertEqual(flips + copies, len(frames) + hold)
        self.assertGreater(flips, 0)
        if sides - 1 < hold / RING:
            self.assertGreater(copies, 0)
        self.assertEqual(port.do("counts 0")["nombuf"], 0)
        self.armed(port)

    def pool_runs_out(self, port, sides):
        """Nothing is left for a copy: the last buffers go up, the device waits, and goes on then."""
        frames = vm.mixed_frames(POOL_SIZE + 500, sizes=(60, 60), seed=40 + sides)
        most = POOL_SIZE - 1  # the descriptor that the device never has keeps its buffer
        port.do(f"start 0 rxd={RING} txd=32")
        port.do("stream 0 0 hold=60000")
        taken = self.machine.wires[0].offer(frames)  # as many as fit into the cable beyond that
        self.held(port, most)
        self.assertEqual(port.do("counts 0")["rx"], most)
        self.assertEqual(port.xstat("rx_q0_waiting"), RING - 1)
        port.do("release")
        self.same_frames(self.machine.wires[0].collect(most), frames[:most],
                         "those that found a buffer")
        self.machine.wires[0].inject(frames[taken:])
        self.held(port, len(frames) - most)
        port.do("release")
        self.same_frames(self.machine.wires[0].collect(len(frames) - most), frames[most:],
                         "those that waited")
        self.assertEqual(port.do("counts 0")["rx"], len(frames))
        port.do("forget")
        port.do("stream 0 0")
        self.echo(self.machine, frames)

    def cases(self, case):
        """A case with 2, 3 and 4 buffers."""
        with self.guest() as self.machine:
            for sides in SIDES:
                with self.note(f"with {sides} buffers per descriptor"):
                    with Port(self.machine, args=f"buffers={sides}") as port:
                        case(port, sides)

    def test_packets_that_are_freed_flip_their_descriptor(self):
        self.cases(self.flips_when_freed)

    def test_packets_that_are_never_freed_are_copied(self):
        self.cases(self.copies_when_never_freed)

    def test_packets_that_are_held_for_a_while(self):
        self.cases(self.held_for_a_while)

    def test_a_pool_that_runs_out_lends_its_last_buffers_and_loses_nothing(self):
        self.cases(self.pool_runs_out)


if __name__ == "__main__":
    common.main()

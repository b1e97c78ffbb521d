#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Rings that are full, short, long; frames that need several descriptors, and odd ones."""

import time

import common
from common import MODEL, Port, VmTest, vm

TCTL, TCTL_EN = 0x400, 2


class Rings(VmTest):
    """One guest for all that can share it."""

    def until(self, port, command, **wanted):
        """Repeat a command until its answer has these values."""
        deadline = time.monotonic() + 20
        while True:
            answer = port.do(command)
            got = {key: answer.get(key) for key in wanted}
            if got == wanted:
                return answer
            if time.monotonic() > deadline:
                self.fail(f"{command}: expected {wanted}, got {got}")

    def test_a_full_receive_ring_blocks_the_sender_and_loses_nothing(self):
        frames = vm.mixed_frames(2000)
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 rxd=256")
            port.do("stream 0 0")
            port.do("pause")
            taken = guest.wires[0].offer(frames)
            self.assertTrue(255 <= taken < len(frames),
                            f"expected the sender to block after 255 frames or more, of "
                            f"{len(frames)}; it sent {taken}")
            self.until(port, "queue 0", count=255)
            self.assertEqual(port.armed()["done"], 255)
            port.do("go")
            guest.wires[0].inject(frames[taken:])
            self.same_frames(guest.wires[0].collect(len(frames)), frames, "after the block")
            self.assertEqual(port.do("counts 0")["rx"], len(frames))

    def test_a_full_transmit_ring_refuses_and_sends_all_later(self):
        frames = vm.mixed_frames(1000)
        with self.guest(append="iomem=relaxed") as guest, Port(guest) as port:
            for size in (32, 256):
                before = port.do("counts 0")["tx"]
                port.do(f"start 0 txd={size}")
                port.do("stream 0 0")
                port.do(f"bar 0 {TCTL} clear={TCTL_EN}")
                guest.wires[0].inject(frames)
                self.until(port, "held", held=len(frames) - (size - 1))
                self.assertEqual(port.do("counts 0")["tx"] - before, size - 1)
                self.assertEqual(guest.wires[0].take(), [])
                port.do(f"bar 0 {TCTL} set={TCTL_EN}")
                if "a transmitter that goes on" in MODEL.gaps:
                    # as it is: the ring has not gone round
                    port.do(f"bar 0 {MODEL.rings[1] + 0x18:#x} set={size - 1}")
                self.same_frames(guest.wires[0].collect(len(frames)), frames, "after the stall")
                self.assertEqual(port.do("counts 0")["tx"] - before, len(frames))
                # stopped with a ring that stands: what is in it comes back to the pool
                port.do(f"bar 0 {TCTL} clear={TCTL_EN}")
                guest.wires[0].inject(frames[:100])
                self.until(port, "held", held=max(0, 100 - (size - 1)))
                port.do("drop")
                port.do("forget")
                port.do("stop 0")
                guest.wires[0].take()

    def test_ring_sizes(self):
        with self.guest() as guest, Port(guest, pool="size=16383") as port:
            for size in (32, 40, 256, 4096):
                with self.note(f"with rings of {size}"):
                    frames = vm.mixed_frames(max(3000, 2 * size), seed=size)
                    port.do(f"start 0 rxd={size} txd={size}")
                    port.do("stream 0 0")
                    self.echo(guest, frames)
                    self.assertEqual(port.armed(), {"descriptors": size, "done": 0, "null": 0,
                                                    "same": 0})
                    port.do("forget")
                    port.do("stop 0")

    def inject(self, guest, port, frames, batch):
        """Send frames that need several descriptors each. Where QEMU drops those for which too few
        are free, a batch at a time, which is to fit into the ring."""
        if "waiting for several descriptors" not in MODEL.gaps:
            batch = len(frames)
        came = port.do("counts 0")["rx"]
        for first in range(0, len(frames), batch):
            part = frames[first:first + batch]
            guest.wires[0].inject(part)
            came += len(part)
            if batch < len(frames):
                self.until(port, "counts 0", rx=came)

    def test_jumbo_frames_across_descriptors(self):
        frames = vm.mixed_frames(1500, sizes=(60, 9230))
        with self.guest() as guest, Port(guest) as port:
            for hold in (0, 60):
                with self.note(f"with {hold} packets held"):
                    port.do("start 0 rxd=64 mtu=9216 scatter=1")
                    port.do(f"stream 0 0 hold={hold}")
                    self.inject(guest, port, frames, batch=12)
                    self.same_frames(guest.wires[0].collect(len(frames) - hold),
                                     frames[:len(frames) - hold], "jumbo")
                    port.do("release")
                    self.same_frames(guest.wires[0].collect(hold), frames[len(frames) - hold:])
                    copies = port.xstat("rx_q0_copies")
                    self.assertTrue(copies > 0 if hold else True, "expected copies")
                    port.do("forget")
                    port.do("stop 0")

    def test_small_buffers(self):
        """The smallest there are: the device is told so, and frames need several of them."""
        room = MODEL.least_buffer
        frames = vm.mixed_frames(2000)
        with self.guest() as guest, Port(guest, pool=f"size=8191 room={room + 128}") as port:
            port.do("start 0 rxd=128 mtu=1500 scatter=1")
            port.inspect()
            port.do("stream 0 0")
            self.echo_slowly(guest, frames[:600], batch=12)
            inspected = port.do("inspected")
            self.assertEqual((inspected["bad"], inspected["copies"]), (0, 0))
            self.assertEqual(inspected["flips"], sum(-(-len(f) // room) for f in frames[:600]))
            self.inject(guest, port, frames, batch=16)
            self.same_frames(guest.wires[0].collect(len(frames)), frames)

    def test_runts_and_giants(self):
        runts = [frame[:size] for size, frame in zip(range(14, 60), vm.mixed_frames(46))]
        padded = [frame + bytes(60 - len(frame)) for frame in runts]
        good = vm.mixed_frames(20, seed=2)
        giants = vm.mixed_frames(10, sizes=(1600, 9000), seed=3)
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0")
            port.do("stream 0 0")
            self.echo(guest, runts, expected=padded)
            guest.wires[0].inject([frame for pair in zip(good, giants + giants)
                                   for frame in pair])
            self.same_frames(guest.wires[0].collect(len(good)), good, "between giants")
            self.echo(guest, vm.mixed_frames(50, sizes=(1514, 1514), seed=4))


if __name__ == "__main__":
    common.main()

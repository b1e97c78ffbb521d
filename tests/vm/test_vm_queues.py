#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Queues that start and stop alone, and are set up while the port runs."""

import time

import common
from common import Port, VmTest, vm


class Queues(VmTest):
    """The controller's side of a queue's states. QEMU keeps what comes for a receiver that has no
    descriptors, but for a frame that it holds when registers change."""

    def waits(self, guest, port, frames):
        """Frames come for a queue that is stopped, and nothing happens."""
        before = port.do("counts 0")["rx"]
        guest.wires[0].inject(frames)
        time.sleep(0.3)
        self.assertEqual(port.do("counts 0")["rx"], before)

    def comes_late(self, guest, frames):
        """What QEMU kept of them comes now, the last of them too."""
        got = guest.wires[0].collect(1)
        while got[-1] != frames[-1]:
            got += guest.wires[0].collect(1)
        self.assertGreater(len(got), len(frames) // 2)
        self.assertTrue(set(got) <= set(frames), "frames that nobody sent")
        self.assertEqual([frame for frame in frames if frame in got], got, "out of order")

    def test_deferred_queues_start_when_told(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 deferred=1")
            port.do("stream 0 0")
            early = vm.mixed_frames(20, seed=1)
            self.waits(guest, port, early)
            port.do("txq 0 start")
            port.do("rxq 0 start")
            self.comes_late(guest, early)
            self.echo(guest, vm.mixed_frames(300, seed=2))

    def test_a_stopped_receive_queue_receives_nothing(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 rxd=64")
            port.do("stream 0 0")
            for turn in range(5):
                self.echo(guest, vm.mixed_frames(100 + turn, seed=turn))
                port.do("rxq 0 stop")
                early = vm.mixed_frames(20, seed=50 + turn)
                self.waits(guest, port, early)
                port.do("rxq 0 start")
                self.comes_late(guest, early)
            self.echo(guest, vm.mixed_frames(300, seed=9))

    def test_a_stopped_transmit_queue_sends_nothing(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 txd=64")
            port.do("stream 0 0")
            for turn in range(5):
                self.echo(guest, vm.mixed_frames(100 + turn, seed=turn))
                port.do("txq 0 stop")
                waiting = vm.mixed_frames(20, seed=50 + turn)
                guest.wires[0].inject(waiting)
                time.sleep(0.3)
                self.assertEqual(guest.wires[0].take(), [])
                port.do("txq 0 start")
                self.same_frames(guest.wires[0].collect(len(waiting)), waiting)
                self.echo(guest, vm.mixed_frames(100, seed=20 + turn))
            self.assertEqual(port.do("counts 0")["txerr"], 0)

    def test_a_queue_is_set_up_anew_while_the_port_runs(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 rxd=64")
            port.do("stream 0 0")
            for turn, length in enumerate((32, 512, 128)):
                self.echo(guest, vm.mixed_frames(100, seed=turn))
                port.do("rxq 0 stop")
                port.do(f"newrxq 0 rxd={length}")
                port.do("rxq 0 start")
                self.echo(guest, vm.mixed_frames(700, seed=20 + turn))


if __name__ == "__main__":
    common.main()

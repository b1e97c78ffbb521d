#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Stops, starts, cables, removals and sudden ends."""

import fcntl
import struct
import termios
import threading
import time

import common
from common import Port, Testpmd, VmTest, ours, vm

CYCLES, REPROBES = 500, 50


class Life(VmTest):
    """The events of a port's life."""

    def drained(self, guest, index=0):
        """Wait until QEMU has read all that was sent."""
        for _ in range(200):
            left = fcntl.ioctl(guest.wires[index].host, termios.TIOCOUTQ, bytes(4))
            if struct.unpack("i", left)[0] == 0:
                return
            time.sleep(0.05)
        self.fail("expected QEMU to read all frames")

    def link(self, port, up):
        """Wait until the link is as wanted; returns all of it."""
        for _ in range(100):
            link = port.do("link 0")
            if link["up"] == up:
                return link
            time.sleep(0.05)
        return self.fail(f"expected the link to be {'up' if up else 'down'}, got {link}")

    def test_link_off_and_on(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0")
            port.do("stream 0 0")
            for turn in range(3):
                self.assertEqual(self.link(port, 1), {"up": 1, "speed": 1000, "duplex": 1})
                self.echo(guest, vm.mixed_frames(200, seed=turn))
                guest.set_link(0, False)
                self.assertEqual(self.link(port, 0)["speed"], 0)
                guest.wires[0].inject(vm.mixed_frames(20, seed=10))
                self.drained(guest)
                guest.set_link(0, True)
                self.link(port, 1)
                self.echo(guest, vm.mixed_frames(200, seed=20 + turn))
            self.assertEqual(port.do("counts 0")["rx"], 6 * 200)

    def test_stop_and_start_under_traffic(self):
        with self.guest(nics=2, wired=True) as guest, Port(guest, nics=2) as port:
            port.do("start 0 rxd=64")
            port.do("start 1 rxd=64")
            port.do(f"cycle 0 1 count={CYCLES}", timeout=200)
            port.do("exchange 0 1 count=2000")

    def test_two_ports_wired_to_each_other(self):
        with self.guest(nics=2, wired=True) as guest, Port(guest, nics=2) as port:
            port.do("start 0")
            port.do("start 1")
            port.do("exchange 0 1 count=20000", timeout=60)
            self.assertEqual(port.do("counts 0")["rx"], 20000)
            self.assertEqual(port.do("counts 1")["rx"], 20000)
            port.do("stop 0")
            port.do("stop 1")
            port.do("close 0")
            port.do("close 1")
            self.assertEqual(port.do("ports")["ports"], 0)

    def test_close_and_probe_again(self):
        with self.guest(nics=2, wired=True) as guest, Port(guest, nics=2) as port:
            port.do("start 1")
            for turn in range(REPROBES):
                with self.note(f"in cycle {turn}"):
                    self.assertEqual(port.do("reprobe 0 args=driver=net_dualbuf")["ports"], 2)
                    port.do("start 0 rxd=64 txd=64")
                    port.do("exchange 0 1 count=50")

    def test_unplug_under_testpmd(self):
        with self.guest(nics=[vm.Nic(root_port=True)]) as guest:
            pmd = Testpmd(guest, ours(guest), "--forward-mode=io --port-topology=loop --hot-plug")
            guest.start(pmd.command)
            guest.expect("testpmd> ", timeout=60)
            pmd.do("start")
            self.echo(guest, vm.mixed_frames(1000))
            guest.unplug(0)
            guest.qmp.event("DEVICE_DELETED", device="nic0", timeout=30)
            guest.expect("Now total ports is 0")
            self.assertIn("ports: 0", pmd.do("show port summary all"))
            pmd.full()
            guest.send("quit\n")
            self.assertEqual(guest.wait(), 0)

    def test_kill_under_traffic_and_start_again(self):
        frames = vm.mixed_frames(8000)
        with self.guest() as guest:
            port = Port(guest)
            port.begin()
            port.do("start 0")
            port.do("stream 0 0")
            sender = threading.Thread(target=guest.wires[0].inject, args=(frames, 60))
            sender.start()
            first = guest.wires[0].collect(500)
            self.assertEqual(guest.call("kill -9 $(pidof vmport)")[0], 0)
            self.assertEqual(guest.wait(), 137)
            with Port(guest) as port:
                port.do("start 0")
                port.do("stream 0 0")
                sender.join()
                got = first + self.until_frame(guest, frames[-1])
                self.in_order(got, frames)
                self.assertGreater(len(got), len(frames) - 1000)  # no more than rings hold
                self.echo(guest, vm.mixed_frames(2000, seed=2))

    def until_frame(self, guest, last):
        """All frames up to a certain one."""
        got = []
        for _ in range(400):
            got += guest.wires[0].take()
            if got and got[-1] == last:
                return got
            time.sleep(0.05)
        return self.fail(f"expected the last frame to come, got {len(got)} others")

    def in_order(self, got, frames):
        """All frames that came were sent, in this order, and each once."""
        rest = iter(frames)
        for number, frame in enumerate(got):
            if not any(frame == other for other in rest):
                self.fail(f"frame {number} of {len(got)} was never sent, or not in this order")


if __name__ == "__main__":
    common.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Frames of mixed sizes come back identical and in order: testpmd, and a plain application."""

import common
from common import Port, Testpmd, VmTest, ours, swapped, vm

COUNT = 20000
FRAMES = vm.mixed_frames(COUNT)


class Forwarding(VmTest):
    """20,000 frames each."""

    def forward(self, guest, mode, expected):
        """One forwarding mode of testpmd."""
        with Testpmd(guest, ours(guest), f"--forward-mode={mode} --port-topology=loop") as pmd:
            pmd.do("start")
            self.echo(guest, FRAMES, expected=expected, timeout=60)
            stats = pmd.do("show port stats 0")
            self.assertRegex(stats, rf"RX-packets: {COUNT}\s")
            self.assertRegex(stats, rf"TX-packets: {COUNT}\s")
            self.assertRegex(stats, r"RX-missed: 0\s")
            self.assertRegex(stats, r"RX-errors: 0\s")
            self.assertRegex(stats, r"RX-nombuf:\s+0\s")

    def test_testpmd_io_then_macswap(self):
        with self.guest() as guest:
            self.forward(guest, "io", FRAMES)
            self.forward(guest, "macswap", swapped(FRAMES))

    def test_application_that_links_only_libdpdk(self):
        with self.guest() as guest, Port(guest) as port:
            self.assertEqual(port.do("start 0")["driver"], common.OURS)
            port.do("stream 0 0")
            self.echo(guest, FRAMES, timeout=60)
            counts = port.do("counts 0")
            self.assertEqual((counts["rx"], counts["tx"]), (COUNT, COUNT))
            self.assertEqual(counts["rxbytes"], sum(map(len, FRAMES)))
            self.assertEqual(counts["txbytes"], sum(map(len, FRAMES)))
            self.assertEqual(counts["missed"] + counts["rxerr"] + counts["nombuf"], 0)


if __name__ == "__main__":
    common.main()

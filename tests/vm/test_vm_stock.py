#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Debian's own driver with the card of each model: what fails here is not of our driver's making."""

import os
from pathlib import Path

import common
from common import CARD, DEBIAN, Testpmd, VmTest, swapped, vm

CAPTURES = Path(os.environ.get("DUALBUF_CAPTURE_DIR", "."))
LONGEST = 1514  # bytes, without jumbo frames
SHORTEST = 60  # what is shorter is filled up on its way


class Stock(VmTest):
    """testpmd, without our plugin."""

    def test_a_capture_comes_back(self):
        frames = [frame for frame in vm.read_pcap(CAPTURES / "sample.pcap")
                  if SHORTEST <= len(frame) <= LONGEST]
        self.assertGreater(len(frames), 1000)
        with self.guest(plugin=False) as guest:
            eal = f"{CARD.eal} -a {guest.pci(0)}"
            with Testpmd(guest, eal, "--forward-mode=macswap --port-topology=loop") as pmd:
                self.assertIn(f"Driver name: {DEBIAN}", pmd.do("show port info 0"))
                pmd.do("start")
                self.echo(guest, frames, expected=swapped(frames))


if __name__ == "__main__":
    common.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Interrupts of the 82574L, over each kind that the host can route: packets wake a program that
sleeps, and the link's changes are told."""

import json
import os
import time

import common
from common import Testpmd, VmTest, ours, swapped, vm

KINDS = ("msix", "msi", "legacy")
WAKES = 200
FWD = os.environ.get("DUALBUF_FWD")
REPORT = "/root/report.json"


class Receiving(VmTest):
    """One frame at a time: each has to wake the handler, which sleeps without a time-out."""

    def run_fwd(self, guest, kind, args=""):
        """Start the program; it is idle when this returns."""
        guest.start(f"./dualbuf-fwd -l 0,1 -m 100 --no-telemetry --vfio-intr={kind} "
                    f"{ours(guest, args=args)} -- --mode interrupt --count {WAKES} --json {REPORT}")
        guest.expect("flips")

    def report(self, guest):
        """What the program says of itself at its end."""
        self.assertEqual(guest.wait(60), 0)
        status, text = guest.call(f"cat {REPORT}")
        self.assertEqual(status, 0)
        return json.loads(text)

    def ping(self, guest):
        """Frame by frame, with a pause in which a program that polls would burn the CPU."""
        frames = vm.mixed_frames(WAKES)
        for number, frame in enumerate(frames):
            if number % 50 == 0:
                time.sleep(0.5)
            self.echo(guest, [frame], expected=swapped([frame]), timeout=10)

    def test_each_packet_wakes_over_each_kind_of_interrupt(self):
        with self.guest(plugin=False, files={"dualbuf-fwd": FWD}) as guest:
            for kind in KINDS:
                with self.subTest(kind=kind):
                    self.run_fwd(guest, kind)
                    self.ping(guest)
                    report = self.report(guest)
                    self.assertEqual((report["rx"], report["tx"]), (WAKES, WAKES))
                    # Polling takes the whole CPU; 200 wake-ups of an emulated one take some.
                    self.assertLess(report["cpu_seconds"], report["seconds"] / 2)
                    self.assertGreaterEqual(report["voluntary_switches"], WAKES)

    def test_moderation_delays_and_loses_nothing(self):
        with self.guest(plugin=False, files={"dualbuf-fwd": FWD}) as guest:
            self.run_fwd(guest, "msix", "intr_us=10000")
            self.ping(guest)
            self.assertEqual(self.report(guest)["rx"], WAKES)


class Link(VmTest):
    """testpmd prints a line for each event."""

    def test_the_link_going_and_coming_is_told_over_each_kind(self):
        with self.guest() as guest:
            for kind in KINDS:
                with self.subTest(kind=kind):
                    with Testpmd(guest, f"--vfio-intr={kind} {ours(guest)}") as pmd:
                        guest.set_link(0, False)
                        guest.expect("link state change event")
                        guest.set_link(0, True)
                        guest.expect("link state change event")
                        pmd.do("start")
                        frames = vm.mixed_frames(100)
                        self.echo(guest, frames)


if __name__ == "__main__":
    common.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Interrupts over each kind that the host can route: packets wake a program that
sleeps, and the link's changes are told."""

import json
import os
import time

import common
from common import MODEL, Testpmd, VmTest, ours, swapped, vm

WAKES = 200
PAUSES = 20
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
        """The program's report at its end."""
        self.assertEqual(guest.wait(60), 0)
        status, text = guest.call(f"cat {REPORT}")
        self.assertEqual(status, 0)
        return json.loads(text)

    def is_asleep(self, guest):
        """Is the handler, which is the program's first thread?"""
        status, state = guest.call("cut -d ' ' -f 3 /proc/$(pidof dualbuf-fwd)/stat")
        self.assertEqual(status, 0)
        return state.strip() == "S"

    def ping(self, guest):
        """Frame by frame, with pauses. A handler that polls is never found asleep in one; ours is
        in most, however busy the host."""
        naps = 0
        for number, frame in enumerate(vm.mixed_frames(WAKES)):
            if number % (WAKES // PAUSES) == 0:
                time.sleep(0.1)
                naps += self.is_asleep(guest)
            self.echo(guest, [frame], expected=swapped([frame]), timeout=10)
        self.assertGreater(naps, PAUSES // 2, f"times asleep in {PAUSES} pauses")

    def test_each_packet_wakes_over_each_kind_of_interrupt(self):
        with self.guest(plugin=False, files={"dualbuf-fwd": FWD}) as guest:
            for kind in MODEL.kinds:
                with self.subTest(kind=kind):
                    self.run_fwd(guest, kind)
                    self.ping(guest)
                    report = self.report(guest)
                    self.assertEqual((report["rx"], report["tx"]), (WAKES, WAKES))
                    self.assertGreaterEqual(report["voluntary_switches"], WAKES)

    def test_moderation_delays_and_loses_nothing(self):
        with self.guest(plugin=False, files={"dualbuf-fwd": FWD}) as guest:
            self.run_fwd(guest, MODEL.kinds[0], "intr_us=10000")
            self.ping(guest)
            self.assertEqual(self.report(guest)["rx"], WAKES)


class Link(VmTest):
    """testpmd prints a line for each event."""

    def test_the_link_going_and_coming_is_told_over_each_kind(self):
        with self.guest() as guest:
            for kind in MODEL.kinds:
                with self.subTest(kind=kind):
                    with Testpmd(guest, f"--vfio-intr={kind} {ours(guest)}") as pmd:
                        pmd.wait_for_link()
                        guest.set_link(0, False)
                        guest.expect("link state change event")
                        guest.set_link(0, True)
                        guest.expect("link state change event")
                        pmd.do("start")
                        frames = vm.mixed_frames(100)
                        self.echo(guest, frames)


if __name__ == "__main__":
    common.main()

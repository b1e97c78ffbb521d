#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The whole system of claim 11 on a real NIC: dualbuf-fwd in each of its modes."""

import json
import os

import common
from common import VmTest, ours, swapped, vm

COUNT = 10000
FRAMES = vm.mixed_frames(COUNT)
FWD = os.environ.get("DUALBUF_FWD")
STORED = "/root/stored.pcapng"  # not reported: it is large


class Forwarding(VmTest):
    """Frames come back with their addresses swapped, in order, since they are one flow."""

    def forward(self, guest, mode, copy):
        """One run of the program; returns what it reports."""
        report = f"/report/out/{mode}-{copy}.json"
        guest.start(f"./dualbuf-fwd -l 0,1 -m 100 --no-telemetry {ours(guest, args=f'copy={copy}')}"
                    f" -- --mode {mode} --copy {copy} --threads 2 --count {COUNT}"
                    f" --write {STORED} --json {report}")
        guest.expect("flips")  # the first report: it runs
        self.echo(guest, FRAMES, expected=swapped(FRAMES), timeout=60)
        self.assertEqual(guest.wait(60), 0)
        status, text = guest.call(f"cat {report}")
        self.assertEqual(status, 0)
        return json.loads(text)

    def check(self, report):
        """Every frame was received and sent, and every buffer came home. From a NIC that does not
        wait, the writer stores what it can, and counts the rest."""
        self.assertEqual((report["rx"], report["tx"]), (COUNT, COUNT))
        self.assertEqual(report["stored"] + report["not_stored"], COUNT)
        self.assertGreater(report["stored"], 0)
        self.assertEqual(report["dropped"] + report["missed"] + report["rx_errors"], 0)
        for queue in report["ports"][0]["queues"]:
            self.assertEqual(queue["out"], 0)

    def test_each_mode_forwards_and_stores_every_frame(self):
        # The program brings the driver with it; a second copy in EAL's folder would be another.
        with self.guest(plugin=False, files={"dualbuf-fwd": FWD}) as guest:
            for mode in ("poll", "interrupt"):
                for copy in ("inline", "deferred"):
                    with self.subTest(mode=mode, copy=copy):
                        self.check(self.forward(guest, mode, copy))


if __name__ == "__main__":
    common.main()

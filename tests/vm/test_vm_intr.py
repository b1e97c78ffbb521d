#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The driver's writes to the 82574L's interrupt registers, in QEMU's trace: where causes are
routed, and the moderation that intr_us asks for, which the device then keeps."""

import os
import re
import sys
import time

import common
from common import VmTest, ours, swapped, vm

FWD = os.environ.get("DUALBUF_FWD")
EVENTS = ("e1000e_core_write",)
WRITE = re.compile(r"e1000e_core_write .*register (0x[0-9a-f]+), .*value: (0x[0-9a-f]+)")
ITR, EITR1, IVAR, EIAC = 0xc4, 0xec, 0xe4, 0xdc
ITR_NS = 256  # one unit of ITR and EITR
INTR_US = 16000
BURSTS, FRAMES = 40, 5
# After a rest the device interrupts at once, and counts only from then on: some bursts do not wait.
AT_LEAST = BURSTS * INTR_US / 1e6 / 4


class Moderation(VmTest):
    """Each kind of interrupt has its own register."""

    def run_fwd(self, kind, intr_us):
        """Forward some bursts by interrupts; returns the values that were written to each
        register. Each burst has to come back before the next one is sent, so it waits for an
        interrupt of its own."""
        with self.guest(plugin=False, files={"dualbuf-fwd": FWD}, trace=EVENTS) as guest:
            guest.start(f"./dualbuf-fwd -l 0,1 -m 100 --no-telemetry --vfio-intr={kind} "
                        f"{ours(guest, args=f'intr_us={intr_us}')} "
                        f"-- --mode interrupt --count {BURSTS * FRAMES}")
            guest.expect("flips")
            frames = vm.mixed_frames(BURSTS * FRAMES)
            begin = time.monotonic()
            for first in range(0, len(frames), FRAMES):
                part = frames[first:first + FRAMES]
                self.echo(guest, part, expected=swapped(part), timeout=20)
            self.took = time.monotonic() - begin
            print(f"  {kind}, intr_us={intr_us}: {self.took * 1000:.0f} ms", file=sys.stderr)
            self.assertEqual(guest.wait(60), 0)
        written = {}
        for register, value in WRITE.findall("\n".join(self.result.trace)):
            written.setdefault(int(register, 16), []).append(int(value, 16))
        return written

    def test_msix_has_a_vector_of_its_own_for_packets(self):
        written = self.run_fwd("msix", INTR_US)
        self.assertIn(INTR_US * 1000 // ITR_NS, written[EITR1])
        self.assertEqual(written[IVAR][-1] & 0xf, 9)  # receive queue 0: vector 1, valid
        self.assertEqual(written[EIAC][-1], 1 << 20)
        self.assertGreaterEqual(self.took, AT_LEAST)

    def test_one_vector_for_all_is_moderated_as_a_whole(self):
        for kind in ("msi", "legacy"):
            with self.subTest(kind=kind):
                written = self.run_fwd(kind, INTR_US)
                self.assertIn(INTR_US * 1000 // ITR_NS, written[ITR])
                self.assertGreaterEqual(self.took, AT_LEAST)

    def test_without_intr_us_there_is_no_moderation(self):
        written = self.run_fwd("msix", 0)
        self.assertEqual(set(written.get(EITR1, [0])), {0})
        self.assertLess(self.took, BURSTS * INTR_US / 1e6)


if __name__ == "__main__":
    common.main()

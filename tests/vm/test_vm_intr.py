#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The driver's writes to the interrupt registers, in QEMU's trace: where causes are routed, and the
moderation that intr_us asks for, which the device then keeps."""

import os
import re
import sys
import time

import common
from common import MODEL, VmTest, needs, ours, swapped, vm
from models import REGISTERS

FWD = os.environ.get("DUALBUF_FWD")
EVENT, WRITE = MODEL.events["write"]
UNIT_NS, SHIFT, INTR_US = MODEL.throttle
MODERATED = INTR_US * 1000 // UNIT_NS << SHIFT
BURSTS, FRAMES = 40, 5
# After a rest the device interrupts at once, and counts only from then on: some bursts do not wait.
AT_LEAST = BURSTS * INTR_US / 1e6 / 4


class Moderation(VmTest):
    """Each kind of interrupt has its own register."""

    def run_fwd(self, kind, intr_us):
        """Forward some bursts by interrupts; returns the values that were written to each
        register. Each burst has to come back before the next one is sent, so it waits for an
        interrupt of its own."""
        with self.guest(plugin=False, files={"dualbuf-fwd": FWD}, trace=(EVENT,)) as guest:
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
        for register, value in re.findall(WRITE, "\n".join(self.result.trace)):
            written.setdefault(int(register, 16) % REGISTERS, []).append(int(value, 16))
        return written

    @needs("MSI and MSI-X")
    def test_msix_has_a_vector_of_its_own_for_packets(self):
        written = self.run_fwd("msix", INTR_US)
        self.assertIn(MODERATED, written[MODEL.throttles["msix"]])
        for register, bits, value in MODEL.routes:
            self.assertEqual(written[register][-1] & bits, value, f"register {register:#x}")
        self.assertGreaterEqual(self.took, AT_LEAST)

    def test_one_vector_for_all_is_moderated_as_a_whole(self):
        for kind in MODEL.kinds:
            if kind == "msix":
                continue
            with self.subTest(kind=kind):
                written = self.run_fwd(kind, INTR_US)
                self.assertIn(MODERATED, written[MODEL.throttles[kind]])
                if "moderation of one vector" not in MODEL.gaps:
                    self.assertGreaterEqual(self.took, AT_LEAST)

    def test_without_intr_us_there_is_no_moderation(self):
        kind = MODEL.kinds[0]
        written = self.run_fwd(kind, 0)
        self.assertEqual(set(written.get(MODEL.throttles[kind], [0])), {0})
        self.assertLess(self.took, BURSTS * INTR_US / 1e6)


if __name__ == "__main__":
    common.main()

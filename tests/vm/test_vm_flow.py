#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Flow control. QEMU keeps the registers and what its PHY is told, whose partner offers symmetric
pauses; it sends no pauses and obeys none."""

import time

import common
from common import MODEL, REPLY, Port, Testpmd, VmTest, needs, ours, vm

NONE, RX, TX, FULL = range(4)
CTRL, FCAL, FCAH, FCT, FCTTV, RCTL, FCRTL, FCRTH = (0x0, 0x28, 0x2c, 0x30, 0x170, 0x100, 0x2160,
                                                    0x2168)
XON, PMCF = 1 << 31, 1 << 23
LOW, HIGH, MOST = MODEL.waters()
KEPT = "pause registers" not in MODEL.gaps
FRAMES = vm.mixed_frames(300)


class Flow(VmTest):
    """By an application, and by testpmd's commands."""

    def registers(self, port):
        """What the MAC does: the mode in CTRL, the waters, the time."""
        ctrl, low, high, pause = (port.do(f"bar 0 {reg}")["value"]
                                  for reg in (CTRL, FCRTL, FCRTH, FCTTV))
        return ctrl >> 27 & 3, low, high, pause

    def kept(self, port, values):
        """The waters and the time, or the first of these, where the model keeps them."""
        if KEPT:
            self.assertEqual(self.registers(port)[1:1 + len(values)], values)

    def in_force(self, port, mode):
        """To negotiate takes half a second."""
        deadline = time.monotonic() + 20
        while True:
            port.do("link 0")
            if self.registers(port)[0] == mode and port.do("flow 0")["mode"] == mode:
                return
            self.assertLess(time.monotonic(), deadline, f"mode {mode} does not come in force")
            time.sleep(0.1)

    @needs("registers of flow control")
    def test_each_mode_is_set_and_comes_in_force(self):
        with self.guest(append="iomem=relaxed") as guest, Port(guest) as port:
            port.do("start 0")
            port.do("stream 0 0")
            frame = tuple(port.do(f"bar 0 {reg}")["value"] for reg in (FCAL, FCAH, FCT))
            self.assertEqual(frame, (0x00c28001, 0x100, 0x8808) if KEPT else (0, 0, 0))
            # em's default; QEMU's PHY has not negotiated when it starts
            self.kept(port, (XON | LOW, HIGH, 0x680))
            self.assertEqual(port.do("flow 0")["mode"], FULL)
            # its partner offers symmetric pauses alone, to which who only sends cannot agree
            for asked, agreed, waters in ((NONE, NONE, (0, 0)), (FULL, FULL, (XON | LOW, HIGH)),
                                          (RX, RX, (0, 0)), (TX, NONE, (XON | LOW, HIGH))):
                port.do(f"flow 0 mode={asked}")
                self.in_force(port, agreed)
                self.kept(port, waters)
                self.echo(guest, FRAMES)
            port.do(f"flow 0 mode={TX} autoneg=0")
            self.in_force(port, TX)
            self.echo(guest, FRAMES)

    @needs("registers of flow control")
    def test_what_was_set_stays_over_restarts(self):
        with self.guest(append="iomem=relaxed") as guest, Port(guest) as port:
            port.do("start 0")
            port.do(f"flow 0 mode={RX} autoneg=0 high=8192 low=4096 time=99 xon=0 control=1")
            port.do("stream 0 0")
            for _ in range(3):
                self.in_force(port, RX)
                self.kept(port, (0, 0, 99))
                self.assertEqual(port.do(f"bar 0 {RCTL}")["value"] & PMCF, PMCF)
                self.echo(guest, FRAMES)
                port.do("pause")
                port.do("stop 0")
                port.do("restart 0")
                port.do("go")
            port.do(f"flow 0 mode={FULL} control=0")
            self.kept(port, (4096, 8192, 99))
            self.assertEqual(port.do(f"bar 0 {RCTL}")["value"] & PMCF, 0)

    def test_bad_values_are_refused(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0")
            before = port.do("flow 0")
            guest.send(f"flow 0 high={MOST + 1}\n")
            output = guest.expect(REPLY)
            self.assertRegex(output, f"high_water {MOST + 1} and low_water [0-9]+; high_water of 8 "
                                     f"to {MOST}")
            self.assertIn("> error flow: Invalid argument", output)
            self.assertEqual(port.do("flow 0"), before)

    def test_testpmd_sets_and_shows_it(self):
        with self.guest() as guest, Testpmd(guest, ours(guest)) as testpmd:
            shown = testpmd.do("show port 0 flow_ctrl")
            self.assertRegex(shown, r"Rx pause: on")
            self.assertRegex(shown, r"Tx pause: on")
            testpmd.do("set flow_ctrl rx on tx off 8192 4096 100 1 mac_ctrl_frame_fwd off "
                       "autoneg on 0")
            shown = testpmd.do("show port 0 flow_ctrl")
            for what in ("High waterline: 0x2000", "Low waterline: 0x1000", "Pause time: 0x64",
                         "Rx pause: on", "Tx pause: off"):
                self.assertIn(what, shown)


if __name__ == "__main__":
    common.main()

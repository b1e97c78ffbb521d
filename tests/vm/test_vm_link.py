#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The link as an application sets it: down and up, and of one speed. QEMU's PHY keeps what
it is told, but not its link with it; its MAC takes a speed that is forced."""

import re
import time

import common
from common import CARD, MODEL, REPLY, Port, Testpmd, VmTest, needs, ours, vm

FRAMES = vm.mixed_frames(300)
INFO = re.compile(r"Link status: [\s\S]*?Link duplex: \S+")
EVENT = "link state change event"


class Link(VmTest):
    """By testpmd's commands."""

    def info(self, testpmd):
        """What the port says of its link: status, speed, duplex. An event may be told meanwhile, in the midst of
        the command's echo or of the prompt."""
        testpmd.guest.send("show port info 0\n")
        text = testpmd.guest.expect(INFO)
        lines = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
        return tuple(lines[f"Link {what}"].strip() for what in ("status", "speed", "duplex"))

    def await_link(self, testpmd, how):
        """To negotiate takes a moment."""
        deadline = time.monotonic() + 20
        while self.info(testpmd)[0] != how:
            self.assertLess(time.monotonic(), deadline, f"the link does not go {how}")
            time.sleep(0.1)

    def set_link(self, guest, testpmd, how):
        """The link is as it was set, and an event told of it."""
        before = guest.result().output.count(EVENT)
        guest.send(f"set link-{how} port 0\n")
        deadline = time.monotonic() + 20
        while guest.result().output.count(EVENT) == before:
            self.assertLess(time.monotonic(), deadline, f"nothing told that the link went {how}")
            time.sleep(0.1)
        self.await_link(testpmd, how)

    def test_the_link_is_set_down_and_up_again(self):
        with self.guest() as guest, Testpmd(guest, ours(guest)) as testpmd:
            testpmd.do("start")
            self.echo(guest, FRAMES)
            self.assertEqual(self.info(testpmd)[0], "up")
            self.set_link(guest, testpmd, "down")
            self.set_link(guest, testpmd, "up")
            self.echo(guest, FRAMES)
            # a port starts with its link up
            self.set_link(guest, testpmd, "down")
            testpmd.do("stop")
            testpmd.do("port stop 0")
            testpmd.do("port start 0")
            self.await_link(testpmd, "up")
            testpmd.do("start")
            self.echo(guest, FRAMES)

    @needs("forced speeds")
    def test_one_speed_is_forced(self):
        with self.guest() as guest, Testpmd(guest, ours(guest)) as testpmd:
            for speed, duplex in ("100", "full"), ("10", "half"):
                testpmd.do("port stop 0")
                testpmd.do(f"port config 0 speed {speed} duplex {duplex}")
                testpmd.do("port start 0")
                self.assertEqual(self.info(testpmd), ("up", f"{speed} Mbps", f"{duplex}-duplex"))
            testpmd.do("start")
            self.echo(guest, FRAMES)


class Registers(VmTest):
    """What the device shows of itself."""

    def test_registers_and_the_version_of_the_nvm(self):
        with self.guest(append="iomem=relaxed") as guest:
            with Port(guest) as port:
                port.do("start 0")
                regs = port.do("regs 0")
                self.assertEqual(regs["ctrl"], port.do("bar 0 0")["value"])
                self.assertEqual(regs["status"], port.do("bar 0 8")["value"])
            with Testpmd(guest, ours(guest)) as testpmd:
                # word 5 of the NVM that QEMU makes
                told = re.findall(r"Firmware-version: (\d\S+)", testpmd.do("show port info 0"))
                self.assertEqual(told, [MODEL.nvm_version] if MODEL.nvm_version else [])

    def test_the_nvm_is_shown(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0")
            # QEMU's has 64 words, of which the first three are the MAC address
            whole = port.do("eeprom 0 length=64")
            self.assertEqual((whole["size"], whole["magic"]), (128, int(CARD.pci_id[5:] + CARD.pci_id[:4], 16)))
            self.assertEqual(f"{whole['bytes']:0128x}"[:12], "525400123456")
            part = port.do("eeprom 0 offset=1 length=4")
            self.assertEqual(f"{part['bytes']:08x}", "54001234")
            port.do("eeprom 0 offset=128")
            for wrong in ("offset=129", "offset=127 length=2", "length=4294967295",
                          "offset=4294967295 length=2"):
                guest.send(f"eeprom 0 {wrong}\n")
                output = guest.expect(REPLY)
                self.assertRegex(output, "net_dualbuf: .*: it has 128 bytes")
                self.assertIn("> error eeprom: Invalid argument", output)


if __name__ == "__main__":
    common.main()

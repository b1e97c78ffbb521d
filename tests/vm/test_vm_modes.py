#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""How the device reaches memory: virtual or physical addresses, with huge pages or without."""

import common
from common import OURS, POOL_SIZE, REPLY, Port, VmTest, vm

FRAMES = vm.mixed_frames(5000)


class Modes(VmTest):
    """5,000 frames each."""

    def traffic(self, guest, iova, **options):
        """The echo, in the IOVA mode that is expected."""
        with Port(guest, **options) as port:
            self.assertEqual(port.do("ports")["iova"], iova)
            self.assertEqual(port.do("start 0")["driver"], OURS)
            port.do("stream 0 0")
            self.echo(guest, FRAMES)

    def test_physical_addresses_with_uio(self):
        with self.guest(driver="uio_pci_generic") as guest:
            self.traffic(guest, "PA")
            # Without huge pages physical addresses are unknown: refused, and not crashed.
            self.refusal(guest, Port(guest, memory="--no-huge -m 64").command)
            self.traffic(guest, "PA")

    def refusal(self, guest, command):
        """Since DPDK 23.03 EAL itself refuses to start; before, we refuse the device."""
        guest.start(command)
        output = guest.expect(REPLY)
        if "> error EAL" in output:
            self.assertIn("physical addresses are not available", output)
            self.assertNotEqual(guest.wait(), 0)
            return
        self.assertIn(f"{guest.pci(0)} cannot be used", output)
        guest.send("ports\n")
        self.assertIn("ports=0", guest.expect(REPLY))
        guest.send("quit\n")
        self.assertEqual(guest.wait(), 0)

    def test_physical_addresses_with_vfio(self):
        with self.guest() as guest:
            self.traffic(guest, "PA", memory="-m 100 --iova-mode=pa")
            self.traffic(guest, "VA", memory="-m 100 --iova-mode=va")

    def test_no_huge_pages(self):
        with self.guest(hugepages=0) as guest:
            self.traffic(guest, "VA", memory="--no-huge -m 128")
            self.traffic(guest, "VA", memory="--no-huge -m 128", pool=f"size={POOL_SIZE} cache=250")

    def test_memory_out_of_reach_is_refused(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("badpool")
            guest.send("start 0\n")
            output = guest.expect(REPLY)
            self.assertRegex(output, "net_dualbuf: .*mempool bad has no I/O address")
            self.assertIn("> error start: Invalid argument", output)
            port.do("pool size=1000")
            port.do("start 0")
            port.do("stream 0 0")
            self.echo(guest, FRAMES[:500])


if __name__ == "__main__":
    common.main()

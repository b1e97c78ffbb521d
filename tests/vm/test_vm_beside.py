#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Living beside net_e1000: who gets the NIC, and both drivers in one process."""

import threading

import common
from common import CARD, DEBIAN, EAL_FOLDER, OUR_SO, OURS, REPLY, Port, Testpmd, VmTest, ours, vm

DEBIAN_SO = f"{EAL_FOLDER}/librte_net_e1000.so"
ORDERS = {"ours first": f"-d {OUR_SO} -d {DEBIAN_SO}",
          "theirs first": f"-d {DEBIAN_SO} -d {OUR_SO}"}
COUNT = 5000


class Beside(VmTest):
    """The plugin lies outside of EAL's folder, so that -d alone makes the order."""

    def two(self, **choices):
        """A guest with the plugin where only -d finds it."""
        return self.guest(plugin=False, files={OUR_SO: common.PLUGIN}, **choices)

    def both_ways(self, guest, count=COUNT):
        """Frames from NIC 0 to NIC 1 and back at the same time, all of them as they were."""
        frames = [vm.mixed_frames(count, seed=seed) for seed in (1, 2)]
        threads = [threading.Thread(target=guest.wires[i].inject, args=(frames[i],))
                   for i in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for i in (0, 1):
            self.same_frames(guest.wires[1 - i].collect(count), frames[i], f"from NIC {i}")

    def test_testpmd_forwards_between_both_drivers(self):
        with self.two(nics=2) as guest:
            eal = f"{CARD.eal} {ORDERS['ours first']} -a {guest.pci(0)} {ours(guest, 1)}"
            with Testpmd(guest, eal, "--forward-mode=io --port-topology=paired") as pmd:
                self.assertRegex(pmd.do("show port info 0"), f"Driver name: {DEBIAN}")
                self.assertRegex(pmd.do("show port info 1"), f"Driver name: {OURS}")
                self.assertRegex(pmd.do("show port 1 tx_offload configuration"),
                                 "MBUF_FAST_FREE")
                pmd.do("start")
                self.both_ways(guest)

    def test_an_application_forwards_between_both_drivers(self):
        with self.two(nics=2) as guest:
            eal = f"{CARD.eal} {ORDERS['ours first']} -a {guest.pci(0)} {ours(guest, 1)}"
            with Port(guest, eal) as port:
                self.assertEqual(port.do("start 0")["driver"], DEBIAN)
                self.assertEqual(port.do("start 1 fast=1 rxd=64")["driver"], OURS)
                port.do("stream 0 1")
                port.do("stream 1 0")
                self.both_ways(guest)

    def test_nothing_is_taken_that_was_not_asked_for(self):
        with self.two() as guest:
            for name, order in ORDERS.items():
                with self.note(name), Port(guest, f"{order} -a {guest.pci(0)}") as port:
                    self.assertEqual(port.do("start 0")["driver"], DEBIAN)

    def test_asking_works_when_ours_is_first(self):
        with self.two() as guest:
            with Port(guest, f"{ORDERS['ours first']} {ours(guest)}") as port:
                self.assertEqual(port.do("start 0")["driver"], OURS)
            # without Debian's in the process as well
            with Port(guest, f"-d {OUR_SO} {ours(guest)}") as port:
                self.assertEqual(port.do("start 0")["driver"], OURS)

    def test_asking_fails_loudly_when_theirs_is_first(self):
        """EAL 22.11 goes on when a bus fails, so the NIC is Debian's, but not in silence."""
        with self.two() as guest:
            with Port(guest, f"{ORDERS['theirs first']} {ours(guest)}") as port:
                self.assertRegex(str(guest.program), f"net_dualbuf: {guest.pci(0)}: "
                                 "driver=net_dualbuf was asked for, but driver "
                                 f"{DEBIAN} came first.*\n.*dualbuf_watch.* probe failed")
                self.assertEqual(port.do("start 0")["driver"], DEBIAN)

    def test_a_device_plugged_in_later_fails_loudly_too(self):
        with self.two() as guest:
            with Port(guest, f"{ORDERS['theirs first']} -a 0000:00:1e.7") as port:
                self.assertEqual(port.do("ports")["ports"], 0)
                guest.send(f"probe {guest.pci(0)},driver=net_dualbuf\n")
                output = guest.expect(REPLY)
                self.assertRegex(output, f"{guest.pci(0)}: driver=net_dualbuf was asked for, but "
                                         f"driver {DEBIAN} came first")

    def test_wrong_arguments_are_named(self):
        with self.two() as guest:
            for args, words in (("buffers=1", "buffers=1"), ("foo=2", "foo=2")):
                eal = f"{ORDERS['ours first']} {ours(guest, args=args)}"
                guest.start(Port(guest, eal).command)
                output = guest.expect(REPLY)
                self.assertRegex(output, f"net_dualbuf: .*{words}")
                if "> ok" in output:
                    guest.send("ports\n")
                    self.assertIn("ports=0", guest.expect(REPLY))
                    guest.send("quit\n")
                guest.wait()


if __name__ == "__main__":
    common.main()

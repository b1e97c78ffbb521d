#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Secondary processes that use the NIC's rings, and devices that leave and come back."""

import time

import common
from common import Port, VmTest, ours, vm

LOG = "secondary.log"


class Secondary:
    """vmport as a secondary process in a guest, which does what is written to a pipe."""

    def __init__(self, guest, nics=1):
        self.guest = guest
        devices = " ".join(ours(guest, i) for i in range(nics))
        # somebody has the pipe open all the time, or the first command would end it
        self.run(f"rm -f commands {LOG}; mkfifo commands; (sleep 1000 >commands & echo $! >holder; "
                 f"./vmport -l 0 --proc-type=secondary --no-telemetry {devices} <commands >{LOG} "
                 f"2>&1 & echo $! >pid; wait $!; echo \"> ended $?\" >>{LOG}) "
                 "</dev/null >/dev/null 2>&1 &")
        self.answers = 0
        self.answer()

    def run(self, command):
        """A shell command in the guest."""
        code, text = self.guest.call(f"cd /root && {{ {command}\n}}")
        if code != 0:
            raise AssertionError(f"{command}: {code}: {text}")
        return text

    def answer(self):
        """Wait for the answer to one more command."""
        self.answers += 1
        for _ in range(200):
            lines = [line for line in self.run(f"cat {LOG}").splitlines() if "> " in line]
            if len(lines) >= self.answers:
                return lines[self.answers - 1]
            time.sleep(0.05)
        raise AssertionError("the secondary does not answer: " + self.run(f"cat {LOG}"))

    def do(self, command):
        """One command, which has to be obeyed; its answer."""
        self.run(f"echo '{command}' >commands")
        answer = self.answer()
        if "> ok" not in answer:
            raise AssertionError(f"expected 'ok' of '{command}', got '{answer}'")
        return answer

    def refuses(self, command, reason):
        """One command, which has to fail for that."""
        self.run(f"echo '{command}' >commands")
        answer = self.answer()
        if "> error" not in answer or reason not in answer:
            raise AssertionError(f"expected '{reason}' of '{command}', got '{answer}'")

    def end(self):
        """In order."""
        self.do("forget")
        self.do("quit")
        if "> ended 0" not in self.answer():
            raise AssertionError("the secondary failed: " + self.run(f"cat {LOG}"))
        self.run("kill $(cat holder)")


class Processes(VmTest):
    """The rings are in memory that processes share, the registers are mapped in each."""

    def test_a_secondary_receives_and_sends(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 rxd=64 txd=64")
            secondary = Secondary(guest)
            secondary.do("stream 0 0")
            self.echo(guest, vm.mixed_frames(3000))
            counts = port.do("counts 0")
            self.assertEqual((counts["rx"], counts["tx"]), (3000, 3000))
            secondary.end()
            # what it has begun the primary goes on with
            port.do("stream 0 0")
            self.echo(guest, vm.mixed_frames(3000, seed=2))

    def test_a_secondary_goes_on_after_a_restart(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0")
            secondary = Secondary(guest)
            secondary.do("stream 0 0")
            for turn in range(3):
                self.echo(guest, vm.mixed_frames(300, seed=turn))
                secondary.do("pause")
                port.do("stop 0")
                port.do("restart 0")
                secondary.do("go")
            self.echo(guest, vm.mixed_frames(300, seed=9))
            secondary.end()

    def test_a_secondary_hides_the_crc_that_is_kept(self):
        frames = vm.mixed_frames(300, sizes=(60, 1510))
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0 crc=1")
            secondary = Secondary(guest)
            secondary.do("stream 0 0")
            # as in test_vm_filter.py
            self.echo_slowly(guest, frames)
            counts = port.do("counts 0")
            self.assertEqual((counts["rx"], counts["rxerr"]), (len(frames), 0))
            self.assertEqual(counts["rxbytes"], sum(len(frame) for frame in frames))
            secondary.end()

    def test_a_secondary_sees_what_the_primary_saw_of_flow_control(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0")
            port.do("flow 0 mode=1 autoneg=0 high=8192 low=4096 time=99")
            port.do("link 0")
            secondary = Secondary(guest)
            self.assertIn("mode=1 autoneg=0 high=8192 low=4096 time=99", secondary.do("flow 0"))
            secondary.refuses("flow 0 mode=0", "Operation not supported")
            secondary.refuses("eeprom 0", "Operation not supported")
            secondary.end()

    def test_the_primary_goes_on_when_a_secondary_is_killed(self):
        with self.guest() as guest:
            port = Port(guest)
            port.begin()
            port.do("start 0")
            secondary = Secondary(guest)
            secondary.do("stream 0 0")
            self.echo(guest, vm.mixed_frames(500))
            secondary.run("kill -9 $(cat pid); kill $(cat holder)")
            port.do("stop 0")
            port.do("restart 0")
            port.do("stream 0 0")
            self.echo(guest, vm.mixed_frames(2000, seed=2))
            port.do("forget")
            port.do("stop 0")
            port.do("close 0")
            port.do("quit")
            self.assertEqual(guest.wait(), 0)

    def test_a_device_leaves_and_comes_back_in_both_processes(self):
        with self.guest() as guest, Port(guest) as port:
            port.do("start 0")
            secondary = Secondary(guest)
            for turn in range(3):
                secondary.do("stream 0 0")
                self.echo(guest, vm.mixed_frames(200, seed=turn))
                secondary.do("forget")
                # before the primary does, after which EAL cannot unmap the device there any more
                secondary.do("close 0")
                self.assertEqual(port.do("reprobe 0 args=driver=net_dualbuf")["ports"], 1)
                port.do("start 0")
            secondary.do("stream 0 0")
            self.echo(guest, vm.mixed_frames(200, seed=9))
            secondary.end()

    def test_a_device_leaves_while_its_packets_are_out(self):
        with self.guest(nics=2) as guest, Port(guest, nics=2) as port:
            port.do("start 0 rxd=64")
            port.do("start 1")
            port.do("stream 0 1 hold=40")
            guest.wires[0].inject(vm.mixed_frames(40))
            for _ in range(200):
                if port.do("held")["held"] == 40:
                    break
                time.sleep(0.05)
            port.do("pause")
            port.do("reprobe 0 args=driver=net_dualbuf")
            port.do("start 0 rxd=64")
            port.do("go")
            port.do("release")
            self.same_frames(guest.wires[1].collect(40), vm.mixed_frames(40), "held back")


if __name__ == "__main__":
    common.main()

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""DPDK's own secondary processes beside a testpmd: they look at our port, and capture from it."""

import glob
import os
import shutil
import subprocess
import sys
import time

import dpdk_run
from dpdk_run import PATIENCE_S, Testpmd, check, environment, packets_of, sample, skip
from memory_run import SharedMemory, same_operations, shell


class Primary(Testpmd):
    """A testpmd that others can join."""

    def __init__(self, memory, vdevs, plugin=True):
        self.memory = memory
        self.plugin = plugin
        super().__init__(vdevs)

    def eal_arguments(self, vdevs):
        """The run-time folder and the prefix are the default, which dumpcap takes for granted."""
        arguments = ["-m128", "--no-pci", "--no-telemetry", f"--huge-dir={self.memory.huge}",
                     dpdk_run.lcores(2)]
        if self.plugin:
            arguments += ["-d", environment("DUALBUF_PLUGIN")]
        for vdev in vdevs:
            arguments += ["--vdev", vdev]
        return arguments


def run(program, *arguments):
    """Run one of DPDK's programs to its end; returns what it printed."""
    path = shutil.which(program)
    if path is None:
        skip(f"no {program}; install the package dpdk")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False,
                          timeout=PATIENCE_S, env=same_operations())
    check(done.returncode == 0,
          f"{program} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def endless(folder):
    """A port that forwards for ever."""
    return (f"net_dualbuf0,rx_pcap={sample('imix')},infinite_rx=1,"
            f"tx_pcap={os.path.join(folder, 'out.pcap')}")


def check_captured(path):
    """What was captured is of the port's file; what these programs have no room for is not."""
    check(wait_for_file(path), f"no {path}")
    got, source = packets_of(path), set(packets_of(sample("imix")))
    check(len(got) >= 100, f"{len(got)} packets were captured")
    check(source.issuperset(got), "a packet was captured that nobody sent")


def wait_for_file(path):
    """Until it has something."""
    return dpdk_run.wait_until(lambda: os.path.exists(path) and os.path.getsize(path) > 0)


def proc_info_reads_the_statistics(folder):
    """And the extended ones, by their names."""
    with SharedMemory(folder) as memory, Primary(memory, [endless(folder)]) as primary:
        primary.tell("start")
        primary.wait_until_sent(1000)
        primary.tell("stop")
        sent = primary.stat("TX-packets")
        options = ["--no-pci", "-d", environment("DUALBUF_PLUGIN")]
        text = run("dpdk-proc-info", *options, "--", "--stats")
        check(f"TX-packets: {sent}" in " ".join(text.split()), f"not {sent} sent: {text}")
        check("rx_q0_flips" in run("dpdk-proc-info", *options, "--", "--xstats"), "no flips")
        primary.quit()


def pdump_captures(folder):
    """For a while, then it is interrupted."""
    out = os.path.join(folder, "pdump.pcap")
    with SharedMemory(folder) as memory, Primary(memory, [endless(folder)]) as primary:
        primary.tell("start")
        primary.wait_until_sent(1000)
        command = [shutil.which("dpdk-pdump") or skip("no dpdk-pdump"), "--no-pci", "-d", environment("DUALBUF_PLUGIN"), "--", "--pdump",
                   f"port=0,queue=*,rx-dev={out},total-num-mbufs=4095,ring-size=1024"]
        with subprocess.Popen(command, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=same_operations()) as pdump:
            found = dpdk_run.wait_until(lambda: pdump.poll() is not None or (
                os.path.exists(out) and os.path.getsize(out) > 200000))
            pdump.send_signal(2)
            text = pdump.communicate(timeout=PATIENCE_S)[0].decode(errors="replace")
        check(found and pdump.returncode == 0, f"dpdk-pdump: {pdump.returncode}: {text[-2000:]}")
        check_captured(out)
        primary.tell("stop")
        primary.quit()


def eal_folder():
    """Where the distribution keeps its own drivers."""
    found = glob.glob("/usr/lib/*/dpdk/pmds-*/librte_bus_vdev.so")
    if not found:
        skip("this DPDK has its drivers elsewhere than the distribution's")
    return os.path.dirname(found[0])


def dumpcap_captures_from_an_installed_driver(folder):
    """It has no -d; the driver is laid over EAL's folder, for these processes alone."""
    out = os.path.join(folder, "dumpcap.pcapng")
    lower = os.path.join(folder, "lower")
    os.chmod(folder, 0o755)
    os.mkdir(lower)
    shutil.copy(environment("DUALBUF_PLUGIN"), lower)
    with SharedMemory(folder) as memory:
        drivers = eal_folder()
        if not shell(f"mount -t overlay -o lowerdir={lower}:{drivers} overlay {drivers}"):
            skip("no overlay file system")
        try:
            with Primary(memory, [endless(folder)], plugin=False) as primary:
                primary.tell("start")
                primary.wait_until_sent(1000)
                run("dpdk-dumpcap", "-i", "net_dualbuf0", "-c", "500", "-w", out)
                check_captured(out)
                primary.tell("stop")
                primary.quit()
        finally:
            time.sleep(0.1)
            shell(f"umount {drivers}")


if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "proc-info": proc_info_reads_the_statistics,
        "pdump": pdump_captures,
        "dumpcap": dumpcap_captures_from_an_installed_driver,
    }))

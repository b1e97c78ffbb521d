#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""DPDK's own dpdk-test with a port of this driver that is a loop, and with one of net_null beside it: what
passes there has to pass here. How fast it is does not count."""

import re
import shutil
import subprocess
import sys

import dpdk_run
from dpdk_run import check

# The adapters' tests use more than one queue of a port, three at least, and net_null has 1024. With a single one
# two cases fail whatever the driver is: one asks for queues 1 and 2, the other deletes the only queue and adds all
# again, which event_eth_rx_adapter answers with -ENOMEM: it takes their weights for those it still has.
OURS = "net_dualbuf7,loopback=16"
THEIRS = "net_null7"
TIMEOUT_S = 120
OUTCOME = re.compile(r"TestCase \[ *\d+\] : (\w+) (succeeded|failed|skipped|unsupported)")


def run(vdev, autotest):
    """What dpdk-test says of an autotest with that port as port 0."""
    program = shutil.which("dpdk-test")
    if program is None:
        print("no dpdk-test; install the package dpdk-dev", file=sys.stderr)
        sys.exit(dpdk_run.SKIP)
    arguments = dpdk_run.eal_arguments(2, [vdev, "event_sw0"])
    # the mempools of the adapters' tests alone have 1.5 GB
    arguments[arguments.index("-m512")] = "-m3072"
    answer = subprocess.run([program, *arguments], input=f"{autotest}\nquit\n", text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            env=dpdk_run.plugin_environment(), timeout=TIMEOUT_S, check=False)
    print(vdev, answer.returncode, answer.stdout[-4000:], sep="\n")
    check(answer.returncode == 0, f"dpdk-test ended with {answer.returncode}")
    return answer.stdout


def passed(said):
    """The cases that succeeded, and whether all did."""
    cases = {name for name, outcome in OUTCOME.findall(said) if outcome == "succeeded"}
    return cases, re.search("^Test OK$", said, re.MULTILINE) is not None


def compare(autotest, at_least):
    """Nothing that passes with net_null fails with ours, and so many cases do pass."""
    theirs, all_theirs = passed(run(THEIRS, autotest))
    ours, all_ours = passed(run(OURS, autotest))
    check(theirs <= ours, f"{autotest}: {sorted(theirs - ours)} pass with {THEIRS} only")
    check(all_ours or not all_theirs, f"{autotest} passes with {THEIRS} only")
    check(len(ours) >= at_least, f"{autotest}: {len(ours)} cases pass, not {at_least}")
    return all_ours


def perf(_):
    """Bursts of full size, over and over; the packets it begins with go round."""
    check(compare("pmd_perf_autotest", 0), "pmd_perf_autotest fails")


def rx_adapter(_):
    """Packets of ports become events."""
    check(compare("event_eth_rx_adapter_autotest", 9), "event_eth_rx_adapter_autotest fails")


def tx_adapter(_):
    """Events are sent through ports."""
    check(compare("event_eth_tx_adapter_autotest", 7), "event_eth_tx_adapter_autotest fails")


CASES = {"perf": perf, "rx-adapter": rx_adapter, "tx-adapter": tx_adapter}

if __name__ == "__main__":
    sys.exit(dpdk_run.main(CASES))

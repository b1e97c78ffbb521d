#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The built and installed driver, seen from outside: applications, EAL and DPDK's own tools."""

import glob
import json
import os
import shutil
import subprocess
import sys
import zlib

import dpdk_run
from dpdk_run import check, check_same, eal_arguments, environment, packets_of, sample

PARAMETERS = ("rx_pcap", "tx_pcap", "rx_iface", "rx_iface_in", "tx_iface", "iface", "phy_mac",
              "infinite_rx", "eof", "enforce_mtu", "buffers", "copy", "intr_us")


def skip(why):
    """Nothing can be said on this machine."""
    print(f"skipped: {why}", file=sys.stderr)
    sys.exit(dpdk_run.SKIP)


def run(command, **options):
    """Run a program to its successful end; returns what it printed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              timeout=dpdk_run.PATIENCE_S, **options)
    except subprocess.TimeoutExpired as late:
        raise dpdk_run.Failure(f"{' '.join(command)} does not end: {late.stderr}") from None
    check(done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}: "
          f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def check_receives(command, kind):
    """An application prints the CRC of every packet, in order."""
    wanted = [b"%08x" % zlib.crc32(packet) for packet in packets_of(sample(kind))]
    printed = run([*command, str(len(wanted))], env=dpdk_run.plugin_environment())
    check_same(printed.encode().split(), wanted, kind)


def an_application_that_links_libdpdk_alone_receives_all_packets(_folder):
    """It loads the plugin with -d."""
    vdevs = [f"net_dualbuf0,rx_pcap={sample('sample')}"]
    app = environment("DUALBUF_APP_RECEIVE")
    libraries = run(["ldd", app])
    check("librte_net_dualbuf" not in libraries, "the application links the driver")
    check_receives([app, *eal_arguments(1, vdevs)], "sample")


def eal_folder():
    """Where the distribution keeps its own drivers."""
    found = glob.glob("/usr/lib/*/dpdk/pmds-*/librte_bus_vdev.so")
    if not found:
        skip("this DPDK has its drivers elsewhere than the distribution's")
    return os.path.dirname(found[0])


def install(build, folder):
    """The files that meson install puts into a folder of ours that stands for /."""
    meson = shutil.which("meson")
    if meson is None:
        skip("no meson in PATH")
    run([meson, "install", "-C", build, "--destdir", folder, "--no-rebuild"])


def install_puts_the_plugin_where_eal_looks(folder, build):
    """And a user of libdpdk finds the public header."""
    install(build, folder)
    plugin = f"{folder}{eal_folder()}/librte_net_dualbuf.so"
    check(os.path.isfile(plugin), f"no {plugin}")
    with open(plugin, "rb") as installed, open(environment("DUALBUF_PLUGIN"), "rb") as built:
        check(installed.read() == built.read(), "not the plugin that was built")
    check(not glob.glob(f"{folder}/**/lib*cmocka*", recursive=True), "tests are installed")


def eal_finds_the_installed_plugin_by_itself(folder, build):
    """Without -d: what was installed is laid over EAL's folder, for this process alone."""
    install(build, folder)
    os.chmod(folder, 0o755)
    drivers = eal_folder()
    lay = (f"mount -t overlay -o lowerdir={folder}{drivers}:{drivers} overlay {drivers} || "
           f"exit {dpdk_run.SKIP}; exec \"$@\"")
    unshare = ["unshare", "--mount", "sh", "-c", lay, "sh"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode != 0:
        skip("no right to mount")
    arguments = eal_arguments(1, [f"net_dualbuf0,rx_pcap={sample('imix')}"])
    at = arguments.index("-d")
    del arguments[at:at + 2]
    check_receives([*unshare, environment("DUALBUF_APP_RECEIVE"), *arguments], "imix")


def pmdinfo_prints_name_and_parameters(_folder):
    """Which are embedded in the plugin."""
    tool = shutil.which("dpdk-pmdinfo.py")
    if tool is None:
        skip("no dpdk-pmdinfo.py; install the package dpdk-dev")
    # the tool's own first line may find a python without pyelftools
    info = json.loads(run(["/usr/bin/python3", tool, environment("DUALBUF_PLUGIN")]))
    drivers = {driver["name"]: driver for driver in info}
    check("net_dualbuf" in drivers, f"no net_dualbuf in {info}")
    for name in PARAMETERS:
        check(f"{name}=" in drivers["net_dualbuf"].get("params", ""), f"no {name} in {info}")


def the_plugin_exports_only_what_its_map_lists(_folder):
    """DPDK and its applications share one name space."""
    if shutil.which("nm") is None:
        skip("no nm")
    symbols = [line.split()[-1] for line in
               run(["nm", "-D", "--defined-only", environment("DUALBUF_PLUGIN")]).splitlines()]
    stray = [symbol for symbol in symbols
             if not symbol.startswith(("rte_pmd_dualbuf_", "DPDK_", "EXPERIMENTAL"))]
    check(not stray, f"exported: {' '.join(stray)}")


if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "receive": an_application_that_links_libdpdk_alone_receives_all_packets,
        "install": install_puts_the_plugin_where_eal_looks,
        "autoload": eal_finds_the_installed_plugin_by_itself,
        "pmdinfo": pmdinfo_prints_name_and_parameters,
        "exports": the_plugin_exports_only_what_its_map_lists,
    }))

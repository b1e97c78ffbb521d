# SPDX-License-Identifier: BSD-3-Clause
"""QEMU's command line, built from Options."""

import os

EXIT_PORT = 0x501  # isa-debug-exit: a byte written here ends QEMU at once
DMA_FAULT_EVENT = "vtd_dmar_fault"  # exact, where the guest's log is rate limited

# The third port is given an interrupt of its own: the usual one is shared with the first.
SERIAL_PORTS = {"console": "index=0", "program": "index=1", "control": "index=2,irq=5"}

# Devices that a test guest does not need cost boot time under TCG.
KERNEL_WORDS = ("console=ttyS0,115200", "quiet", "panic=-1", "tsc=reliable", "no_timer_check",
                "nokaslr", "mitigations=off", "audit=0", "apparmor=0", "selinux=0")


def kernel_line(options, shell=False):
    """The kernel's command line, guest-init's own words (hp=, drv=, nics=) included."""
    words = [*KERNEL_WORDS, f"hp={options.hugepages}", f"drv={options.driver}",
             f"nics={','.join(options.pci(i) for i in range(len(options.nics)))}"]
    if options.iommu:
        words += ["intel_iommu=on", "iommu=nopt"]
    if options.share:
        words.append("share=1")
    if shell:
        words.append("shell=1")
    if options.append:
        words.append(options.append)
    return " ".join(words)


def _data(binary):
    """Where the files stand that QEMU loads: since QEMU 10 it looks for the BIOS in / alone."""
    share = os.path.join(os.path.dirname(os.path.dirname(binary)), "share")
    folders = [os.path.join(share, "qemu"), os.path.join(share, "seabios"), "/usr/share/seabios"]
    return [word for folder in folders if os.path.isdir(folder) for word in ("-L", folder)]


def _accelerator(release):
    """QEMU 10.0 with a thread for each CPU ends now and then by its own assertion in
    iotlb_to_section(), while the guest moves a PCI device's registers. QEMU 7.2 never did."""
    return "tcg" if release < 9 else "tcg,thread=single"


def _machine(options, release):
    args = ["-M", options.machine, "-accel", _accelerator(release), "-cpu", options.cpu,
            "-m", str(options.memory), "-smp", str(options.smp), "-nodefaults", "-display", "none",
            "-no-reboot", "-device", f"isa-debug-exit,iobase={EXIT_PORT:#x},iosize=1"]
    if options.iommu:  # must stand before the devices that it translates for
        args += ["-device", "intel-iommu,intremap=on,caching-mode=on"]
    return args


def _nic(options, index, net_fd):
    nic = options.nics[index]
    place = f"addr={index + 1:#x}"
    args = []
    if nic.root_port:
        args += ["-device", f"pcie-root-port,id=rp{index},chassis={index + 1},"
                            f"slot={index + 1},{place}"]
        place = f"bus=rp{index}"
    device = f"{nic.model},id=nic{index},netdev=n{index},mac={nic.mac},romfile=,{place}"
    args += ["-netdev", f"dgram,id=n{index},local.type=fd,local.str={net_fd}",
             "-device", f"{device},{nic.extra}" if nic.extra else device]
    if options.capture:
        # QEMU names the queues from the network's side: "tx" is what the NIC receives.
        for queue, name in (("tx", "rx"), ("rx", "tx")):
            path = os.path.abspath(os.path.join(options.capture, f"nic{index}-{name}.pcap"))
            args += ["-object", f"filter-dump,id=dump{index}{name},netdev=n{index},"
                                f"queue={queue},file={path}"]
    return args


def _serial(streams):
    args = []
    for name, port in SERIAL_PORTS.items():
        if name in streams:
            args += ["-chardev", f"socket,id={name},fd={streams[name]}",
                     "-device", f"isa-serial,chardev={name},{port}"]
    if "qmp" in streams:
        args += ["-chardev", f"socket,id=qmp,fd={streams['qmp']}",
                 "-mon", "chardev=qmp,mode=control"]
    return args


def command(options, binary, release, paths, streams, net_fds, shell=False):
    """The whole command.

    release: first number of QEMU's version.  paths: kernel, initrd and trace files.
    streams: name -> file descriptor of a stream socket for each serial port and QMP.
    net_fds: one datagram socket per NIC.
    """
    args = [binary, *_data(binary), *_machine(options, release), "-kernel", str(paths["kernel"]),
            "-initrd", str(paths["initrd"]), "-append", kernel_line(options, shell)]
    if shell:
        args += ["-chardev", "stdio,id=console,mux=on,signal=off", "-device",
                 "isa-serial,chardev=console,index=0", "-mon", "chardev=console"]
    args += _serial(streams)
    for index, net_fd in enumerate(net_fds):
        args += _nic(options, index, net_fd)
    if options.share:
        args += ["-fsdev", f"local,id=share,path={os.path.abspath(options.share)},"
                           "security_model=none",
                 "-device", "virtio-9p-pci,fsdev=share,mount_tag=share,addr=0x10"]
    args += ["-D", str(paths["trace"]), "-trace", DMA_FAULT_EVENT]
    for event in options.trace:
        args += ["-trace", event]
    if options.tcg_plugin:
        args += ["-plugin", options.tcg_plugin]
    return args + list(options.qemu_args)

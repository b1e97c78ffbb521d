# SPDX-License-Identifier: BSD-3-Clause
"""The virtual-machine bench: a Debian guest on QEMU (TCG, no KVM) with NICs that QEMU models.

The guest is Debian's kernel with an initramfs of busybox, the DPDK libraries and testpmd of this
host, and the driver under test.  It boots in about three seconds.  A test reads as follows:

    import vm

    frames = vm.mixed_frames(5000)
    with vm.Guest(nics=1) as guest:
        guest.start("dpdk-testpmd -l 0,1 -m 64 -- -i --no-flush-rx "
                    "--total-num-mbufs=2048 --forward-mode=io")
        guest.expect("testpmd> ")
        guest.send("start\\n")
        guest.wires[0].inject(frames)
        assert guest.wires[0].collect(len(frames)) == frames
        guest.send("stop\\nquit\\n")
        assert guest.wait() == 0
        result = guest.finish()
    assert result.problems() == []

Modules, in reading order: guest (one machine, from boot to report), options (what it is made of),
models (the NICs that there are), qemu (the command line), pump (the one reader of all sockets),
wire (frames in and out), qmp, image (kernel and initramfs), packages (what comes from Debian),
bench (instruction count), cli.  Inside the guest runs `guest-init`.
"""

from .errors import VmError, VmTimeout
from .guest import Guest, Result
from .options import Nic, Options
from .wire import Wire, mixed_frames, read_pcap

__all__ = ["Guest", "Nic", "Options", "Result", "VmError", "VmTimeout", "Wire", "mixed_frames",
           "read_pcap"]

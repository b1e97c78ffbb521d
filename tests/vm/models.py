# SPDX-License-Identifier: BSD-3-Clause
"""The card that the suite meets, named by DUALBUF_VM_MODEL, and what tests know of it: what the
driver offers on it, how QEMU traces it, and what QEMU's model does not do."""

import os
import re
from dataclasses import dataclass, field

from vm.models import DEFAULT_MODEL, model_of

# Of QEMU's trace: what is to be found in a line of each event, numbers of base 16.
WRITE = r"e1000e_core_write .*register (0x[0-9a-f]+), .*value: (0x[0-9a-f]+)"
DESCR = r"e1000e_rx_descr .*PA: (0x[0-9a-f]+)"
TX = r"e1000e_tx_descr (?:0x)?([0-9a-f]+) "
NULL = r"e1000e_rx_null_descriptor"


def ring_events(card):
    """Kind -> (event, pattern) of a card whose rings QEMU traces."""
    return {"write": ("e1000e_core_write", WRITE), "descr": ("e1000e_rx_descr", DESCR),
            "buffer": (f"{card}_rx_desc_buff_write",
                       card + r"_rx_desc_buff_write .*addr: (0x[0-9a-f]+)"),
            "tx": ("e1000e_tx_descr", TX), "null": ("e1000e_rx_null_descriptor", NULL)}


# The address is the machine's; that of the card's registers is a multiple of their size.
MMIO_EVENTS = {"write": ("memory_region_ops_write", r"memory_region_ops_write .*addr (0x[0-9a-f]+) "
                         r"value (0x[0-9a-f]+) .*'e1000-mmio'")}
REGISTERS = 0x20000  # bytes, of each card


@dataclass(frozen=True)
class Facts:
    """
    kinds: of interrupts, as --vfio-intr names them.
    queues: that the driver offers, in each direction.
    addresses: that the receiver knows exactly.
    status: the byte of a receive descriptor where its status begins, whose lowest bit is DD.
    least_buffer: bytes of the smallest buffer.
    shares_context: of checksums and segmentation, all transmit queues.
    rings: registers of the rings of queue 0: of the receiver, of the transmitter.
    packet_buffer: KB of it that the driver leaves to the receiver.
    nvm_version: of the image that QEMU makes; "": it has none.
    events: kind -> (event of QEMU's trace, pattern).
    throttles: kind of interrupt -> register that has the shortest time between two of them.
    throttle: the unit of that in ns, the place of its lowest bit, and the longest time in us.
    routes: of MSI-X: (register, its bits, what stands in them) with receive queue 0 on vector 1.
    gaps: what the model does not do -> why, both as doc/gbe.rst has them.
    """

    kinds: tuple
    queues: int
    addresses: int
    packet_buffer: int
    events: dict
    status: int = 8
    least_buffer: int = 256
    shares_context: bool = False
    rings: tuple = (0x2800, 0x3800)
    nvm_version: str = "2.1-0"
    throttles: dict = field(default_factory=dict)
    throttle: tuple = (256, 0, 16000)
    routes: tuple = ()
    gaps: dict = field(default_factory=dict)

    def waters(self):
        """Of flow control: the low one, as its register has it, the high one, and the highest that
        may be set."""
        whole = self.packet_buffer * 1024
        high = whole - 3 * 1024
        return high - 1500 & ~7, high, whole - 1518


NAME = os.environ.get("DUALBUF_VM_MODEL", DEFAULT_MODEL)
CARD = model_of(NAME)
FACTS = {
    "e1000e": Facts(kinds=("msix", "msi", "legacy"), queues=2, addresses=15,
                    packet_buffer=20, events=ring_events("e1000e"), shares_context=True,
                    throttles={"msix": 0xec, "msi": 0xc4, "legacy": 0xc4},
                    routes=((0xe4, 0xf, 0x9), (0xdc, 0x1f << 20, 1 << 20))),
    "igb": Facts(kinds=("msix", "msi", "legacy"), queues=16, addresses=15,
                 packet_buffer=64, events=ring_events("igb"), least_buffer=1024,
                 rings=(0xc000, 0xe000), throttles={"msix": 0x1684, "msi": 0x1680, "legacy": 0x1680},
                 throttle=(1000, 2, 8000), routes=((0x1700, 0xff, 0x81), (0x152c, 0x2, 0x2)), gaps={
                     "moderation of one vector": "EITR holds back MSI-X alone",
                     "waiting for several descriptors": "a frame for which too few are free is "
                                                        "dropped, where another model waits",
                     "a transmitter that goes on": "what waits while it is off is not sent when it is "
                                                   "switched on, but at the next doorbell",
                     "frames that are too long": "they are dropped, and not counted"}),
    "e1000": Facts(kinds=("legacy",), queues=1, addresses=15, packet_buffer=48,
                   events=MMIO_EVENTS, status=12, nvm_version="", throttles={"legacy": 0xc4}, gaps={
                       "receive checksums": "none is judged",
                       "several queues": "it has one",
                       "MSI and MSI-X": "it has INTx alone",
                       "traces of descriptors": "QEMU traces its registers alone",
                       "forced speeds": "its link is one of 1 Gb/s whatever is forced",
                       "registers of flow control": "it keeps none of them",
                       "waiting for several descriptors": "a frame for which too few are free is "
                                                          "dropped, where another model waits",
                       "pause registers": "they read as 0",
                       "segmentation": "the driver does not offer it, for flaws of the silicon"}),
}
MODEL = FACTS[NAME]

# SPDX-License-Identifier: BSD-3-Clause
"""The network cards that QEMU models, by the names of its devices."""

from dataclasses import dataclass

from .errors import VmError


@dataclass(frozen=True)
class Model:
    """What a guest with such cards needs.

    controller: the one on silicon.  qemu: first number of the oldest QEMU that has the model.
    root_port: it needs a pcie-root-port of its own; igb does, since its virtual functions would
    claim slots of the root bus.  debian: DPDK's own driver of it.  eal: EAL options that interrupts
    need; without a vector of MSI or MSI-X, EAL is to be told not to ask for one.
    """

    name: str
    controller: str
    pci_id: str
    debian: str = "net_e1000_em"
    qemu: int = 7
    root_port: bool = False
    eal: str = ""


MODELS = {model.name: model for model in (
    Model("e1000e", "82574L", "8086:10d3"),
    Model("igb", "82576", "8086:10c9", debian="net_e1000_igb", qemu=8, root_port=True),
    Model("e1000", "82540EM", "8086:100e", eal="--vfio-intr=legacy"),
)}
DEFAULT_MODEL = "e1000e"


def model_of(name):
    """The model of this name."""
    if name not in MODELS:
        raise VmError(f"no model '{name}': {', '.join(MODELS)} are known")
    return MODELS[name]

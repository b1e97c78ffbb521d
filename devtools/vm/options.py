# SPDX-License-Identifier: BSD-3-Clause
"""The parts of a guest. Every field of Options is a keyword of vm.Guest()."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from .errors import VmError
from .models import DEFAULT_MODEL, model_of

PROJECT = Path(__file__).resolve().parents[2]
PLUGIN_NAME = "librte_net_dualbuf.so"
DEFAULT_PLUGIN = PROJECT / "build/drivers/net/dualbuf" / PLUGIN_NAME
MAX_NICS = 8


def default_cache():
    """Folder of downloads, images and scratch files; DUALBUF_VM_CACHE moves it."""
    return Path(os.environ.get("DUALBUF_VM_CACHE", PROJECT / "build/vm")).resolve()


@dataclass
class Nic:
    """One network card.

    model: a name of models.py; "": that of the guest.  root_port: on a pcie-root-port of its own,
    which makes it removable (device_del).  extra: more QEMU device properties, as
    "name=value,name=value".
    """

    model: str = ""
    mac: str = ""
    root_port: bool = False
    extra: str = ""


@dataclass
class Options:
    """All choices for one guest; the defaults are one 82574L (e1000e) on vfio-pci behind an IOMMU."""

    nics: object = 1  # how many, or a list of Nic
    model: str = DEFAULT_MODEL  # of those that are not of another
    wired: bool = False  # connect NICs in pairs (0-1, 2-3) instead of to the host
    driver: str = "vfio-pci"  # or uio_pci_generic, or "" to leave the NICs unbound
    iommu: object = None  # None: only for vfio-pci (uio needs physical addresses)
    hugepages: int = 64  # of 2 MiB
    memory: int = 512  # MiB
    smp: int = 2
    cpu: str = "max"
    machine: str = "q35"
    append: str = ""  # more words for the kernel's command line
    plugin: object = None  # None: the project's if it is built; False: none; or a path
    plugin_folder: str = ""  # in the guest; "": the one EAL loads by itself
    files: dict = field(default_factory=dict)  # guest path (from /root) -> host path, or bytes
    share: object = None  # host folder that appears as /share in the guest
    qemu: str = ""  # another QEMU binary
    qemu_args: tuple = ()  # more arguments for QEMU
    trace: tuple = ()  # more trace events, recorded in Result.trace
    tcg_plugin: str = ""  # "file.so,name=value": QEMU's -plugin
    capture: object = None  # folder for nicN-rx.pcap (to the NIC) and nicN-tx.pcap (from it)
    boot_timeout: float = 120.0  # seconds; 3 are usual, a loaded host needs more
    cache: Path = field(default_factory=default_cache)
    quiet: bool = True  # no progress messages while packages are fetched

    def __post_init__(self):
        if isinstance(self.nics, int):
            self.nics = [Nic() for _ in range(self.nics)]
        if len(self.nics) > MAX_NICS:
            raise VmError(f"{len(self.nics)} NICs asked for, at most {MAX_NICS} fit")
        if self.wired and len(self.nics) % 2 != 0:
            raise VmError(f"NICs are wired in pairs, {len(self.nics)} is not even")
        if self.iommu is None:
            self.iommu = self.driver == "vfio-pci"
        self.plugin = self._chosen_plugin()
        self.cache = Path(self.cache).resolve()
        self.nics = [self._complete(index, nic) for index, nic in enumerate(self.nics)]

    def _complete(self, index, nic):
        """A card with all that it did not say of itself."""
        model = model_of(nic.model or self.model)
        return replace(nic, model=model.name, root_port=nic.root_port or model.root_port,
                       mac=nic.mac or f"52:54:00:12:34:{0x56 + index:02x}")

    def qemu_release(self):
        """First number of the oldest QEMU that has all these cards."""
        return max((model_of(nic.model).qemu for nic in self.nics), default=0)

    def _chosen_plugin(self):
        """Path of the driver's plugin, or None."""
        if self.plugin is None:
            return DEFAULT_PLUGIN if DEFAULT_PLUGIN.exists() else None
        if self.plugin is False:
            return None
        if not Path(self.plugin).exists():
            raise VmError(f"plugin {self.plugin} does not exist")
        return Path(self.plugin)

    def pci(self, index):
        """Address of a NIC in the guest: NICs take slots 1, 2, ... of bus 0, root ports likewise,
        with one bus (1, 2, ...) behind each."""
        if not self.nics[index].root_port:
            return f"0000:00:{index + 1:02x}.0"
        bus = sum(1 for nic in self.nics[:index + 1] if nic.root_port)
        return f"0000:{bus:02x}:00.0"

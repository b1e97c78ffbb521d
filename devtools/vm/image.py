# SPDX-License-Identifier: BSD-3-Clause
"""Kernel and initramfs of the guest.

The kernel is started through PVH as an uncompressed vmlinux, which saves the two seconds that the
emulated CPU would take to unpack it.  The initramfs comes in two parts: a base (busybox, kernel
modules, DPDK of this host, guest-init) that is built once per set of versions, and an overlay (the
driver, the test's own files) written for each boot.
"""

import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import struct
from contextlib import contextmanager
from pathlib import Path

from . import cpio
from .errors import VmError
from .options import PLUGIN_NAME
from .packages import Packages, run
from .unpack import unpacked

HERE = Path(__file__).resolve().parent
LIBRARIES = "/usr/lib/x86_64-linux-gnu"
MODULES = ("vfio-pci", "vfio_iommu_type1", "uio_pci_generic", "e1000e", "igb",
           "virtio_pci", "9pnet_virtio", "9p")
# EAL plugins beside those that testpmd links. The rest of Debian's drivers would only slow EAL.
EAL_PLUGINS = ("bus_pci", "bus_vdev", "mempool_ring", "net_e1000", "net_null", "net_ring")


@contextmanager
def locked(folder):
    """Keep other processes from filling the same cache meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def unpack_vmlinuz(source, target):
    """Write the ELF kernel that a bzImage carries (Linux boot protocol 2.08: payload fields)."""
    image = Path(source).read_bytes()
    sectors = image[0x1f1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    begin = (sectors + 1) * 512 + offset
    payload = image[begin:begin + length]
    vmlinux = unpacked(payload)
    if not vmlinux.startswith(b"\x7fELF"):
        raise VmError(f"{source}: no ELF kernel in it that is compressed with xz or zstd")
    fresh = Path(f"{target}.new")
    fresh.write_bytes(vmlinux)
    fresh.rename(target)


def eal_folder():
    """Where this host's EAL looks for drivers by itself, e.g. .../dpdk/pmds-23.0."""
    folders = sorted(glob.glob(f"{LIBRARIES}/dpdk/pmds-*"))
    if not folders:
        raise VmError("DPDK is not installed on this host: apt-get install dpdk libdpdk-dev")
    return folders[-1]


def is_elf(path):
    """Whether the file is a program or library for the loader."""
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def libraries_of(path):
    """Absolute paths of all shared libraries that a program or plugin needs."""
    try:
        listing = run(["ldd", str(path)])
    except VmError as error:
        if "not a dynamic executable" in str(error):
            return []
        raise
    missing = re.findall(r"(\S+) => not found", listing)
    if missing:
        raise VmError(f"{path} needs {missing[0]}, which this host does not have")
    return re.findall(r"(?:=> |^\s+)(/\S+) \(0x", listing, re.MULTILINE)


class Tree:
    """Puts programs with their libraries into an archive, each library once."""

    def __init__(self, archive, placed=None):
        self.archive = archive
        self.placed = dict(placed or {})  # real host path -> guest path
        self.names = set(self.placed.values())

    def _place(self, real, guest, replace=False):
        """Copy a host file to a guest path, or link to the place where it already is."""
        if guest in self.names and (not replace or self.placed.get(real) == guest):
            return
        self.names.add(guest)
        if real in self.placed:
            self.archive.link(guest, self.placed[real])
        else:
            self.placed[real] = guest
            self.archive.copy(guest, real)

    def library(self, path):
        """A shared library under the name that programs look for."""
        folder = os.path.realpath(os.path.dirname(path))
        if not folder.startswith("/usr/lib"):
            folder = LIBRARIES  # from a build folder: the loader's default place finds it
        for place in (folder, LIBRARIES):  # the guest has no ldconfig cache that names folders
            self._place(os.path.realpath(path), os.path.join(place, os.path.basename(path)))

    def add(self, guest, host):
        """A file or folder of the host; ELF files bring their libraries."""
        host = Path(host)
        if not host.exists():
            raise VmError(f"{host} does not exist")
        if host.is_dir():
            for child in sorted(host.iterdir()):
                self.add(f"{guest}/{child.name}", child)
            return
        self._place(os.path.realpath(host), guest, replace=True)
        if is_elf(host):
            for library in libraries_of(host):
                self.library(library)


class Modules:
    """Kernel modules of the unpacked package, and what depmod would write about them."""

    def __init__(self, package):
        # below usr/ since Debian 13
        self.root = next((folder for place in ("lib/modules", "usr/lib/modules")
                          for folder in Path(package).glob(f"{place}/*")), None)
        if self.root is None:
            raise VmError(f"{package} has no kernel modules")
        self.paths = {self.plain(p.name.split(".ko")[0]): p for p in self.root.rglob("*.ko*")}
        self.builtin = (self.root / "modules.builtin").read_text(encoding="utf-8")

    @staticmethod
    def plain(name):
        """Modules are named with dashes or underscores alike."""
        return name.replace("-", "_")

    def place(self, name):
        """The path of a module in the guest, where none is compressed."""
        path = str(self.paths[name].relative_to(self.root))
        return path[:path.index(".ko")] + ".ko"

    def depends(self, path):
        """Names that a module says it needs (its .modinfo section)."""
        found = re.search(rb"\0depends=([^\0]*)\0", unpacked(path.read_bytes()))
        return [n for n in found.group(1).decode().split(",") if n] if found else []

    def closure(self, name, order):
        """Append to `order` the modules that `name` needs, then itself."""
        name = self.plain(name)
        if name in order:
            return order
        if name not in self.paths:
            if f"/{name}.ko" in self.plain(self.builtin):
                return order
            raise VmError(f"kernel module {name} is not in {self.root.name}")
        for needed in self.depends(self.paths[name]):
            self.closure(needed, order)
        order.append(name)
        return order

    def install(self, archive):
        """Add the modules, modules.dep and modules.builtin for busybox's modprobe."""
        guest = f"usr/lib/modules/{self.root.name}"
        lines = []
        for name in sorted({m for wanted in MODULES for m in self.closure(wanted, [])}):
            path = self.place(name)
            archive.add(f"{guest}/{path}", unpacked(self.paths[name].read_bytes()))
            needs = [self.place(m) for m in reversed(self.closure(name, [])) if m != name]
            lines.append(f"{path}: {' '.join(needs)}")
        archive.add(f"{guest}/modules.dep", ("\n".join(lines) + "\n").encode())
        archive.add(f"{guest}/modules.builtin", self.builtin.encode())


class Image:
    """Builds what QEMU boots, out of one cache folder."""

    def __init__(self, cache, say=lambda text: None):
        self.cache = Path(cache)
        self.say = say
        self.packages = Packages(self.cache, say)

    def prepare(self, qemu_release=0):
        """Make sure of everything that guests share; fast when it is there already.

        qemu_release: first number of the oldest QEMU that will do.
        Returns {qemu, libs, kernel, base, placed}.
        """
        with locked(self.cache):
            qemu = self.packages.qemu(qemu_release)
            kernel, vmlinux = self._kernel()
            base, placed = self._base(kernel)
        return {"qemu": qemu["path"], "libs": qemu["libs"], "kernel": vmlinux, "base": base,
                "placed": placed}

    def _kernel(self):
        kernel = self.packages.kernel()
        folder = Path(kernel["path"])
        vmlinux = folder / "vmlinux"
        if not vmlinux.exists():
            self.say("unpacking the kernel")
            source = next(iter(folder.glob("boot/vmlinuz-*")), None)
            if source is None:
                raise VmError(f"{folder} has no kernel")
            unpack_vmlinuz(source, vmlinux)
        return kernel, vmlinux

    def _roots(self):
        """Host files that the base holds; their libraries follow from them."""
        testpmd = shutil.which("dpdk-testpmd")
        if testpmd is None:
            raise VmError("dpdk-testpmd is not on this host: apt-get install dpdk")
        folder = eal_folder()
        plugins = [p for name in EAL_PLUGINS for p in glob.glob(f"{folder}/librte_{name}.so")]
        # libgcc_s is loaded on demand when a thread is cancelled, so no program names it. Plugins
        # come first: EAL would load every driver that testpmd links if those lay in its folder.
        return [*plugins, testpmd, f"{LIBRARIES}/libgcc_s.so.1"]

    def _base(self, kernel):
        """(archive, {host path: guest path}) of the part common to all guests."""
        busybox = self.packages.busybox()
        roots = self._roots()
        digest = hashlib.sha256()
        for path in (HERE / "guest-init", HERE / "image.py", HERE / "cpio.py"):
            digest.update(path.read_bytes())
        for path in roots:
            status = os.stat(path)
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}".encode())
        digest.update(f"{kernel['version']} {busybox['version']}".encode())
        base = self.cache / f"base-{digest.hexdigest()[:16]}.cpio"
        index = base.with_suffix(".json")
        if not index.exists():
            self.say("building the initramfs")
            for old in self.cache.glob("base-*"):
                old.unlink()
            placed = self._write_base(base, kernel, busybox, roots)
            index.write_text(json.dumps(placed), encoding="utf-8")
        return base, json.loads(index.read_text(encoding="utf-8"))

    def _write_base(self, base, kernel, busybox, roots):
        with cpio.Archive(base) as archive:
            for folder in ("proc", "sys", "dev", "tmp", "run", "root", "share", "report/out",
                           "var/log", "etc", "usr/bin", "usr/sbin", "usr/lib64", LIBRARIES):
                archive.folder(folder)
            for link in ("bin", "sbin", "lib", "lib64"):
                archive.link(link, f"usr/{link}")
            archive.link("var/run", "/run")
            archive.character_device("dev/console", 5, 1)
            archive.add("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n")
            archive.add("etc/group", b"root:x:0:\n")
            archive.copy("usr/bin/busybox", busybox["path"])
            for applet in run([busybox["path"], "--list-full"]).split():
                name = applet if applet.startswith("usr/") else f"usr/{applet}"
                if name != "usr/bin/busybox" and name.startswith(("usr/bin/", "usr/sbin/")):
                    archive.link(name, "/usr/bin/busybox")
            Modules(kernel["path"]).install(archive)
            tree = Tree(archive)
            for path in roots:
                tree.add(path, path)
            archive.add("init", (HERE / "guest-init").read_bytes(), 0o755)
        return tree.placed

    def write_initrd(self, target, parts, options):
        """The initramfs of one boot: the base, then the driver and the test's files."""
        overlay = Path(f"{target}.overlay")
        with cpio.Archive(overlay) as archive:
            tree = Tree(archive, parts["placed"])
            if options.plugin:
                folder = options.plugin_folder or eal_folder()
                tree.add(f"{folder}/{PLUGIN_NAME}", options.plugin)
            for guest, source in options.files.items():
                guest = os.path.join("/root", guest)
                if isinstance(source, bytes):
                    archive.add(guest, source, 0o755)
                else:
                    tree.add(guest, source)
        with open(target, "wb") as out:
            for part in (parts["base"], overlay):
                with open(part, "rb") as file:
                    shutil.copyfileobj(file, out, 1 << 20)
        overlay.unlink()

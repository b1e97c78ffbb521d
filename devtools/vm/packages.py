# SPDX-License-Identifier: BSD-3-Clause
"""Packages that the bench takes from Debian: kernel, busybox, QEMU and QEMU's plugin header.

Everything is downloaded with apt-get (which checks signatures) and unpacked under the cache with
dpkg.  A private apt configuration (own lists, own archive folder) is used throughout: nothing is
installed, no list of the system is touched, and root is not needed.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from .errors import VmError

KERNEL_META = "linux-image-amd64"  # depends on Debian's current kernel package
QEMU_PACKAGE = "qemu-system-x86"
QEMU_BINARY = "qemu-system-x86_64"


def run(argv, cwd=None, shown=None):
    """Run a command of the host and return its standard output; an error quotes its last line
    (and the command as `shown`, if that reads better)."""
    try:
        done = subprocess.run(argv, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError as error:
        raise VmError(f"{argv[0]} is not installed on this host") from error
    if done.returncode != 0:
        lines = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        raise VmError(f"'{shown or ' '.join(map(str, argv))}' failed: {lines[-1]}")
    return done.stdout


def first_number(version):
    """Of a QEMU's version, as it or Debian tells it: 7 of "1:7.2+dfsg-7" and of "version 7.2.22"."""
    return int(re.search(r"(\d+)\.", version)[1])


class Apt:
    """apt-get with lists and archives of its own under one folder."""

    def __init__(self, root, release=""):
        """release: one that is preferred to the others."""
        self.root = Path(root)
        self.release = ["-t", release] if release else []
        self.options = ["-o", f"Dir::State::Lists={self.root}/lists",
                        "-o", f"Dir::Cache={self.root}/cache",
                        "-o", "APT::Sandbox::User=root"]  # _apt may not enter the checkout
        self.updated = False

    def _call(self, tool, *args, cwd=None):
        return run([tool, *self.options, *args], cwd, " ".join([tool, *args]))

    def update(self):
        """Fetch the package lists, once per run of the bench."""
        if self.updated:
            return
        for folder in ("lists/partial", "cache/archives/partial", "archives"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self._call("apt-get", "update", "-q")
        if not list((self.root / "lists").glob("*Release")):  # apt-get only warns of that
            raise VmError("apt-get update fetched no package list: no network, or no source?")
        self.updated = True

    def kernel_package(self):
        """Name of Debian's current kernel package."""
        self.update()
        for line in self._call("apt-cache", "depends", KERNEL_META).splitlines():
            if "Depends: linux-image-" in line:
                return line.split()[-1]
        raise VmError(f"{KERNEL_META} names no kernel package")

    def missing_for(self, package):
        """The packages that apt would install for this one, as 'name=version'."""
        self.update()
        plan = self._call("apt-get", "install", "-s", "--no-install-recommends", *self.release,
                          package)
        words = [line.split() for line in plan.splitlines() if line.startswith("Inst ")]
        # "Inst name (new version ..." or "Inst name [old version] (new version ..."
        return [f"{w[1]}={next(x for x in w if x.startswith('(')).lstrip('(')}" for w in words]

    def download(self, package):
        """Fetch one .deb and return its path."""
        self.update()
        name = package.split("=")[0]
        folder = self.root / "archives" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._call("apt-get", "download", "-q", package, cwd=folder)
        debs = list(folder.glob("*.deb"))
        if len(debs) != 1:
            raise VmError(f"apt-get download {package} left {len(debs)} files instead of 1")
        return debs[0]

    def _archives(self):
        """[address, release, component] of each of Debian's archives that this apt knows."""
        self.update()
        targets = self._call("apt-get", "indextargets", "--format",
                             "$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)",
                             "Created-By: Packages")
        return sorted(line.split()[:3] for line in targets.splitlines()
                      if line.endswith((" Debian", " Debian Backports")))

    def _beside(self, name, kind, archives, release=""):
        """An apt with these archives alone, in a folder below this one's. kind: deb or deb-src."""
        other = Apt(self.root / name, release)
        other.root.mkdir(parents=True, exist_ok=True)
        sources = other.root / "sources.list"
        sources.write_text("".join(f"{kind} {' '.join(archive)}\n" for archive in archives),
                           encoding="utf-8")
        other.options += ["-o", f"Dir::Etc::sourcelist={sources}",
                          "-o", "Dir::Etc::sourceparts=/dev/null"]
        return other

    def backports(self):
        """An apt that takes what it can from the backports of this host's release."""
        code = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
        archives = self._archives()
        own = next((archive for archive in archives if archive[1:] == [code, "main"]), None)
        if own is None:
            raise VmError(f"no archive of Debian's release '{code}' is among apt's sources")
        wanted = [own[0], f"{code}-backports", "main"]
        if wanted not in archives:
            archives.append(wanted)
        return self._beside("backports", "deb", archives, wanted[1])

    def source_tarball(self, package, version):
        """Fetch the upstream tarball of a source package, for hosts without deb-src lines too."""
        private = self._beside("source", "deb-src", self._archives())
        private.update()
        private._call("apt-get", "source", "-q", "--download-only", "--tar-only",
                      f"{package}={version}", cwd=private.root)
        tarballs = list(private.root.glob(f"{package}_*.orig.tar.*"))
        if not tarballs:
            raise VmError(f"apt-get source {package}={version} left no tarball")
        return max(tarballs, key=lambda path: path.stat().st_mtime)


class Packages:
    """The unpacked packages of one cache folder, and a manifest that says which versions."""

    def __init__(self, cache, say=lambda text: None):
        self.cache = Path(cache)
        self.say = say
        self.apt = Apt(self.cache / "apt")
        self.manifest_path = self.cache / "packages.json"
        self.manifest = {}
        if self.manifest_path.exists():
            self.manifest = json.loads(self.manifest_path.read_text(encoding="utf-8"))

    def forget(self):
        """Look for newer packages on the next use."""
        self.manifest = {}
        self.manifest_path.unlink(missing_ok=True)

    def _unpack(self, package):
        """Download and unpack one package; returns (folder, version)."""
        deb = self.apt.download(package)
        version = run(["dpkg-deb", "-f", str(deb), "Version"]).strip()
        folder = self.cache / "packages" / deb.stem
        if not folder.exists():
            fresh = folder.with_name(folder.name + ".new")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            run(["dpkg", "-x", str(deb), str(fresh)])
            fresh.rename(folder)
        deb.unlink()
        return folder, version

    def _record(self, key, **entry):
        self.manifest[key] = entry
        fresh = self.manifest_path.with_suffix(".new")
        fresh.write_text(json.dumps(self.manifest, indent=2) + "\n", encoding="utf-8")
        fresh.rename(self.manifest_path)

    def _known(self, key):
        """The manifest's entry, if what it names is still there."""
        entry = self.manifest.get(key)
        return entry if entry and Path(entry["path"]).exists() else None

    def kernel(self):
        """{path, version}: the unpacked kernel package, never installed."""
        if not self._known("kernel"):
            name = self.apt.kernel_package()
            self.say(f"fetching {name}")
            folder, version = self._unpack(name)
            self._record("kernel", path=str(folder), version=version)
        return self.manifest["kernel"]

    def busybox(self):
        """{path, version}: the static busybox."""
        if not self._known("busybox"):
            self.say("fetching busybox-static")
            folder, version = self._unpack("busybox-static")
            binary = next((p for p in (folder / "bin/busybox", folder / "usr/bin/busybox")
                           if p.exists()), None)
            if binary is None:
                raise VmError("busybox-static has no busybox in it")
            self._record("busybox", path=str(binary), version=version)
        return self.manifest["busybox"]

    def qemu(self, release=0):
        """{path, version, libs}: the host's QEMU, or one unpacked under the cache. It is of this
        release or a newer one, for which backports are asked where the host's has an older one."""
        if not self._known("qemu"):
            installed = shutil.which(QEMU_BINARY)
            if installed:
                version = run([installed, "--version"]).splitlines()[0]
                self._record("qemu", path=installed, version=version, libs=[])
            else:
                self._private_qemu("qemu", self.apt)
        entry = self.manifest["qemu"]
        if first_number(entry["version"]) >= release:
            return entry
        if not self._known("qemu-backports"):
            self._private_qemu("qemu-backports", self.apt.backports())
        entry = self.manifest["qemu-backports"]
        if first_number(entry["version"]) < release:
            raise VmError(f"QEMU {release} is needed, and the newest to be had is "
                          f"{entry['version']}")
        return entry

    def _private_qemu(self, key, apt):
        """Unpack QEMU and the libraries it lacks here into one tree, where it finds its data."""
        wanted = apt.missing_for(QEMU_PACKAGE)
        self.say(f"fetching {QEMU_PACKAGE} and {len(wanted) - 1} packages that it needs")
        debs = {entry.split("=")[0]: apt.download(entry) for entry in wanted}
        own = debs[QEMU_PACKAGE]
        version = run(["dpkg-deb", "-f", str(own), "Version"]).strip()
        tree = self.cache / "packages" / own.stem
        fresh = tree.with_name(tree.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(tree, ignore_errors=True)
        fresh.mkdir(parents=True)
        for deb in debs.values():
            run(["dpkg", "-x", str(deb), str(fresh)])
        fresh.rename(tree)
        libs = [str(tree / d) for d in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu")]
        self._record(key, path=str(tree / "usr/bin" / QEMU_BINARY), version=version, libs=libs,
                     source=self._source_version(own))
        for deb in debs.values():
            deb.unlink()

    @staticmethod
    def _source_version(deb):
        """Version of the source package: differs from the binary's after a rebuild (+bN)."""
        source, version = (run(["dpkg-deb", "-f", str(deb), field]).strip()
                           for field in ("Source", "Version"))
        return source.split("(")[1].rstrip(")") if "(" in source else version

    def plugin_include(self, release=0):
        """Folder with qemu-plugin.h of exactly the QEMU that qemu(release) gives: the interface is
        versioned."""
        entry = self.qemu(release)
        version = entry.get("source")
        if version is None:
            version = run(["dpkg-query", "-W", "-f", "${source:Version}", QEMU_PACKAGE]).strip()
        folder = self.cache / "qemu-headers" / version.replace(":", "_")
        if not (folder / "qemu-plugin.h").exists():
            self.say(f"fetching the source of qemu {version} for qemu-plugin.h")
            apt = self.apt.backports() if entry is self.manifest.get("qemu-backports") else self.apt
            tarball = apt.source_tarball("qemu", version)
            folder.mkdir(parents=True, exist_ok=True)
            self._extract_header(tarball, folder)
            for left in tarball.parent.glob("qemu_*"):
                left.unlink()
        return folder

    @staticmethod
    def _extract_header(tarball, folder):
        with tarfile.open(tarball) as archive:
            for member in archive:
                if member.name.endswith("/include/qemu/qemu-plugin.h"):
                    text = archive.extractfile(member).read()
                    # From QEMU 9.1 on the header wants two type names of GLib, and no more.
                    (folder / "glib.h").write_text("typedef struct GArray GArray;\n"
                                                   "typedef struct GByteArray GByteArray;\n",
                                                   encoding="utf-8")
                    (folder / "qemu-plugin.h").write_bytes(text)
                    return
        raise VmError(f"{tarball.name} has no qemu-plugin.h")

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The layout of this checkout holds; and devtools/rooms.py sees what does not hold, in small trees."""

import json
import os
import shlex
import shutil
import subprocess
import sys

import dpdk_run
from dpdk_run import check, environment

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DRIVER = "drivers/net/dualbuf"


def rooms(top, *arguments):
    """The output of the script for a tree, and whether all holds there."""
    process = subprocess.run([sys.executable, os.path.join(top, "devtools/rooms.py"), *arguments],
                             capture_output=True, text=True, check=False)
    check(process.returncode in (0, 1), f"rooms.py ended with {process.returncode}: {process.stderr}")
    return process.stdout, process.returncode == 0


def small_tree(work, name, files):
    """A tree of these files, with the script in its place."""
    top = os.path.join(work, name)
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(top, path)), exist_ok=True)
        with open(os.path.join(top, path), "w", encoding="utf-8") as file:
            file.write(text)
    os.makedirs(os.path.join(top, "devtools"), exist_ok=True)
    shutil.copy(os.path.join(TOP, "devtools/rooms.py"), os.path.join(top, "devtools"))
    return top


def compile_tree(top):
    """A build folder with an object of each C file."""
    build = os.path.join(top, "build")
    os.mkdir(build)
    commands = []
    for folder, _, names in os.walk(os.path.join(top, DRIVER)):
        for name in (name for name in names if name.endswith(".c")):
            source = os.path.join(folder, name)
            subprocess.run([*shlex.split(environment("DUALBUF_CC")), "-c", source, "-o", f"{name}.o"],
                           cwd=build, check=True)
            commands.append({"directory": build, "file": source, "output": f"{name}.o"})
    with open(os.path.join(build, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump(commands, file)
    return build


def this_checkout_holds(_):
    output, holds = rooms(TOP, environment("DUALBUF_BUILD"))
    check(holds, f"the layout does not hold:\n{output}")


def refused(work, name, files, *words):
    output, holds = rooms(small_tree(work, name, files))
    check(not holds, f"{name}: nothing was found")
    for word in words:
        check(word in output, f"{name}: '{word}' is not in\n{output}")


def files_in_a_ring_are_named(work):
    refused(work, "includes", {
        f"{DRIVER}/rx/a.h": "", f"{DRIVER}/rx/a.c": '#include "b.h"\n',
        f"{DRIVER}/rx/b.h": '#include "c.h"\n', f"{DRIVER}/rx/c.h": '#include "a.h"\n',
    }, f"a ring: {DRIVER}/rx/a, {DRIVER}/rx/b, {DRIVER}/rx/c", f"{DRIVER}/rx/c.h includes a.h")
    refused(work, "imports", {
        "tests/one.py": "import two\n", "tests/two.py": "from one import this\n",
    }, "a ring: tests/one, tests/two")


def calls_past_the_includes_are_seen(work):
    top = small_tree(work, "symbols", {
        f"{DRIVER}/rx/a.c": "void b(void);\nvoid a(void) { b(); }\n",
        f"{DRIVER}/rx/b.c": "void a(void);\nvoid b(void) { a(); }\n",
    })
    output, holds = rooms(top)
    check(holds, f"without objects no call is known, but:\n{output}")
    output, holds = rooms(top, compile_tree(top))
    check(not holds and f"{DRIVER}/rx/a.c uses b" in output, f"the call of b is not in\n{output}")


def lower_rooms_do_not_know_higher_ones(work):
    refused(work, "levels", {f"{DRIVER}/pool/a.c": '#include "b.h"\n', f"{DRIVER}/rx/b.h": ""},
            "pool is not above rx")
    refused(work, "neighbours", {f"{DRIVER}/tx/a.c": '#include "b.h"\n', f"{DRIVER}/rx/b.h": ""},
            "tx is not above rx")
    refused(work, "outside", {f"{DRIVER}/rx/a.c": '#include "b.h"\n', "app/b.h": ""},
            "knows only itself")
    refused(work, "unknown", {f"{DRIVER}/attic/a.c": '#include "b.h"\n', f"{DRIVER}/rx/b.h": ""},
            "in no room")


def long_files_are_named(work):
    refused(work, "long", {"tests/long.sh": "#\n" * 501}, "tests/long.sh has 501 lines")



if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "checkout": this_checkout_holds,
        "levels": lower_rooms_do_not_know_higher_ones,
        "lines": long_files_are_named,
        "rings": files_in_a_ring_are_named,
        "symbols": calls_past_the_includes_are_seen,
    }))

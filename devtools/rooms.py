#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Show that the layout holds: no rings of files, no lower room that knows a higher one, short files.

usage: rooms.py [BUILD]

A file knows another one if it includes or imports it or, in the objects of the build folder BUILD, uses
a symbol that it defines. x.c and x.h are one. Prints what does not hold, a line each, and exits with 1;
or what was looked at.
"""

import ast
import collections
import json
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DRIVER = "drivers/net/dualbuf"
FOLDERS = ("drivers", "app", "tests", "devtools")
SUFFIXES = (".c", ".h", ".py", ".sh", ".build")
MOST_LINES = 500

# The rooms of the driver's folder from the lowest on; "." is the folder itself. Those of one line do not
# know each other.
ROOMS = (
    ("bytes", "desc", "ring"),
    ("wire",),
    ("pool",),
    ("rx", "tx"),
    (".",),
    ("gbe", "vnic", "xdp"),
    ("vdev",),
)

# Files of the folder itself that all rooms may know.
COMMON = (f"{DRIVER}/dualbuf_compat", f"{DRIVER}/dualbuf_logs")


def source_files():
    """The paths of all sources, below the checkout's folder."""
    for folder in FOLDERS:
        for place, _, names in os.walk(os.path.join(TOP, folder)):
            for name in names:
                if name.endswith(SUFFIXES):
                    yield os.path.relpath(os.path.join(place, name), TOP)


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def node_of(path):
    return os.path.splitext(path)[0]


class Graph:
    """Which node knows which others, with one reason for each."""

    def __init__(self):
        self.known = collections.defaultdict(dict)

    def add(self, knower, known, reason):
        if knower != known:
            self.known[knower].setdefault(known, reason)

    def reachable(self, start):
        """All that start knows, itself or through others."""
        found, ahead = set(), [start]
        while ahead:
            for node in self.known.get(ahead.pop(), ()):
                if node not in found:
                    found.add(node)
                    ahead.append(node)
        return found

    def rings(self):
        """The sets of nodes that know each other, itself or through others."""
        reach = {node: self.reachable(node) for node in self.known}
        rings = {frozenset(other for other in reach[node] if node in reach.get(other, ()))
                 for node in reach if node in reach[node]}
        return sorted(sorted(ring) for ring in rings)


# Who knows whom -------------------------------------------------------------------------------


def add_includes(graph, files):
    places = collections.defaultdict(list)
    for path in files:
        places[os.path.basename(path)].append(path)
    for path in files:
        for name in re.findall(r'^\s*#\s*include\s+"(?:[^"]*/)?([^"/]+)"', read(path), re.MULTILINE):
            found = places[name]
            # a program's own header comes before one of the same name elsewhere
            beside = [other for other in found if os.path.dirname(other) == os.path.dirname(path)]
            for other in beside or found:
                graph.add(node_of(path), node_of(other), f"{path} includes {name}")


def imported_names(tree, folder):
    """Imports of a Python file, each as paths without suffix: the first that exists is meant."""
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield [alias.name.replace(".", "/")]
        elif isinstance(statement, ast.ImportFrom):
            base = (statement.module or "").replace(".", "/")
            if statement.level:
                base = os.path.normpath(os.path.join(folder, base))
            for alias in statement.names:
                yield [f"{base}/{alias.name}", base]


def add_imports(graph, files):
    modules = {node_of(path) for path in files}
    for path in files:
        folder = os.path.dirname(path)
        # where a script looks: beside it, and in the folder of the scripts that tests use
        places = ("", folder, os.path.dirname(folder), "devtools")
        for names in imported_names(ast.parse(read(path), path), folder):
            found = [node for name in names for place in places
                     for node in (os.path.join(place, name, "__init__"), os.path.join(place, name))
                     if node in modules]
            if found:
                graph.add(node_of(path), found[0], f"{path} imports {names[-1]}")


def objects_of(build):
    """Pairs of source and object file of the driver and of programs, as the build folder has them."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        for command in json.load(file):
            path = os.path.relpath(os.path.join(command["directory"], command["file"]), TOP)
            output = os.path.join(command["directory"], command["output"])
            if path.startswith((f"{DRIVER}/", "app/")) and os.path.isfile(output):
                yield path, output


def symbols_of(output):
    """The symbols that an object defines for others, and those that it wants of them."""
    lines = subprocess.run(["nm", "-P", "--extern-only", output], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    defined, wanted = set(), set()
    for line in lines:
        name, kind = line.split()[:2]
        (wanted if kind in "Uvw" else defined).add(name)
    return defined, wanted


def add_symbols(graph, build):
    """Returns how many objects were looked at. A program's symbols are its own."""
    symbols = {path: symbols_of(output) for path, output in objects_of(build)}
    definers = {}
    for path, (defined, _) in symbols.items():
        place = DRIVER if path.startswith(DRIVER) else os.path.dirname(path)
        definers.update({(place, name): path for name in defined})
    for path, (_, wanted) in symbols.items():
        for name in wanted:
            for place in (os.path.dirname(path), DRIVER):
                other = definers.get((place, name))
                if other is not None:
                    graph.add(node_of(path), node_of(other), f"{path} uses {name}")
                    break
    return len(symbols)


# The rules ------------------------------------------------------------------------------------


def long_files(files):
    for path in files:
        lines = read(path).count("\n")
        if lines > MOST_LINES:
            yield f"{path} has {lines} lines, at most {MOST_LINES} are allowed"


def rings_of(graph):
    for ring in graph.rings():
        yield "a ring: " + ", ".join(ring)
        for knower in ring:
            for known in sorted(set(ring) & set(graph.known[knower])):
                yield f"    {graph.known[knower][known]}"


def room_of(node):
    return os.path.dirname(os.path.relpath(node, DRIVER)) or "."


def higher_known(graph):
    level = {room: number for number, line in enumerate(ROOMS) for room in line}
    for knower in sorted(graph.known):
        for known, reason in sorted(graph.known[knower].items()):
            if not knower.startswith(f"{DRIVER}/") or known in COMMON:
                continue
            own, other = room_of(knower), room_of(known)
            if not known.startswith(f"{DRIVER}/"):
                yield f"{reason}: the driver's folder knows only itself"
            elif own not in level:
                yield f"{knower} is in no room that this script knows"
            elif own != other and level[own] <= level.get(other, len(ROOMS)):
                yield f"{reason}: {own} is not above {other}"
            elif knower in COMMON:
                yield f"{reason}: what all rooms know is to know none"


def main(arguments):
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    files = sorted(source_files())
    graph = Graph()
    add_includes(graph, [path for path in files if path.endswith((".c", ".h"))])
    add_imports(graph, [path for path in files if path.endswith(".py")])
    nb_objects = add_symbols(graph, arguments[0]) if arguments else 0
    if arguments and nb_objects == 0:
        print(f"{arguments[0]} has no objects of the driver: build it first")
        return 1
    faults = [*long_files(files), *rings_of(graph), *higher_known(graph)]
    for fault in faults:
        print(fault)
    if not faults:
        print(f"{len(files)} files, {nb_objects} objects: no ring, and no room that knows a higher one")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

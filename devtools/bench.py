#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Collect what dualbuf-bench and vm.py bench measured: a table, a JSON list, plots.

Used by bench.sh, but for `bench.py rst FILE`, which prints the guide's tables from the JSON list.
Needs nothing but Python, and matplotlib for plots.
"""

import argparse
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

COLUMNS = "{:<16} {:<16} {:>25} {:>25}  {:<19} {:>7}  {:<8} {}"
KEYS = ("row", "baseline", "ours", "theirs", "unit", "ratio", "goal", "met",
        "ours_spread", "theirs_spread")
NIC_GOALS = {"nic rx": 0.25, "nic rx+tx": 0.5}


# The NIC ----------------------------------------------------------------------------------------

def medians(line):
    """{"rx": instructions, "tx": ...} of one driver's line of `vm.py bench`."""
    number = r"\s*([\d.]+)"
    cells = re.findall(rf"\b(rx|tx){number} /{number} /{number}", line)
    return {kind: (float(median), float(low)) for kind, low, median, _ in cells}


def nic_rows(text):
    """Rows from what `vm.py bench` printed."""
    drivers = {}
    for line in text.splitlines():
        words = line.split()
        if words and words[0].startswith("net_") and "empty poll" in line:
            drivers[words[0]] = medians(line)
    ours = next((name for name in drivers if name.startswith("net_dualbuf")), None)
    base = next((name for name in drivers if name.startswith("net_e1000")), None)
    if ours is None or base is None:
        sys.exit("bench.py: error: no figures of both drivers in the output of vm.py bench")
    for row, kinds in (("nic rx", ["rx"]), ("nic rx+tx", ["rx", "tx"])):
        values = [[sum(drivers[name][kind][i] for kind in kinds) for i in (0, 1)]
                  for name in (ours, base)]
        ratio = values[0][0] / values[1][0]
        yield {"row": row, "baseline": base, "ours": values[0][0], "theirs": values[1][0],
               "unit": "instructions/packet", "ratio": round(ratio, 4),
               "goal": f"<= {NIC_GOALS[row]}", "met": ratio <= NIC_GOALS[row],
               "ours_spread": [values[0][1], values[0][0]],
               "theirs_spread": [values[1][1], values[1][0]]}


# The table --------------------------------------------------------------------------------------

def cell(value, spread):
    """A median and its spread."""
    return f"{value:.4g} ({spread[0]:.4g} - {spread[1]:.4g})"


def print_row(row):
    """One line of the table."""
    met = {True: "met", False: "NOT MET", None: ""}[row["met"]]
    print(COLUMNS.format(row["row"], row["baseline"], cell(row["ours"], row["ours_spread"]),
                         cell(row["theirs"], row["theirs_spread"]), row["unit"],
                         f"{row['ratio']:.3f}", row["goal"] or "", met), flush=True)


def collect(stream):
    """Print each row as it comes; returns all rows and the points of plots."""
    rows, points = [], defaultdict(lambda: defaultdict(list))
    print(COLUMNS.format("row", "baseline", "ours (p10 - p90)", "theirs (p10 - p90)", "unit",
                         "ratio", "goal", ""))
    for line in stream:
        if not line.startswith("{"):
            print(line, end="")
            continue
        entry = json.loads(line)
        if "row" in entry:
            rows.append({key: entry[key] for key in KEYS})
            print_row(entry)
        elif "plot" in entry:
            points[entry["plot"]][entry["series"]].append((entry["x"], entry["y"]))
        else:
            print(f"-- {entry['note']}")
    return rows, points


def print_verdict(rows):
    """The last line."""
    judged = [row for row in rows if row["met"] is not None]
    met = sum(row["met"] for row in judged)
    print(f"{met} of {len(judged)} goals met")


# The guide's tables -----------------------------------------------------------------------------

RST_HEAD = """\
..  SPDX-License-Identifier: BSD-3-Clause

..  Made by devtools/bench.py rst, as performance.rst says; not to be edited by hand.
"""


def number(value):
    """Four digits, and no exponent."""
    return f"{value:,.0f}" if value >= 1e4 else f"{value:.4g}"


def rst_cell(value, spread):
    """A median, and its spread if it has one."""
    if spread[0] == spread[1]:
        return number(value)
    return f"{number(value)} ({number(spread[0])} - {number(spread[1])})"


def print_list_table(title, widths, lines):
    """A list-table of lines of cells; the first is the header."""
    print(f"\n.. list-table:: {title}\n   :header-rows: 1\n   :widths: {widths}\n")
    for line in lines:
        for index, text in enumerate(line):
            print(f"   {'  ' if index else '* '}- {text}".rstrip())


def rst_row(row):
    """The cells of one row."""
    met = {True: "yes", False: "**no**", None: ""}[row["met"]]
    return (row["row"], row["baseline"], rst_cell(row["ours"], row["ours_spread"]),
            rst_cell(row["theirs"], row["theirs_spread"]), row["unit"], f"{row['ratio']:.3f}",
            row["goal"] or "", met)


def rst_sizes(rows):
    """Lines of a table of descriptors by buffers."""
    lengths, base = defaultdict(dict), {}
    for row in rows:
        nb_desc, nb_bufs = (int(text) for text in row["row"].split()[1].split("x"))
        lengths[nb_desc][nb_bufs] = row
        base[nb_desc] = row
    buffers = sorted({nb_bufs for line in lengths.values() for nb_bufs in line})
    yield ("descriptors", "b1", *(f"N = {nb_bufs}" for nb_bufs in buffers))
    for nb_desc, line in sorted(lengths.items()):
        yield (nb_desc, number(base[nb_desc]["theirs"]),
               *(f"{number(line[n]['ours'])} ({line[n]['ratio']:.2f})" for n in buffers))


def print_rst(rows):
    """The rows as tables; those of sizes, which are many, in one of their own."""
    sizes = [row for row in rows if row["row"].startswith("sizes ")]
    others = [row for row in rows if row not in sizes]
    print(RST_HEAD, end="")
    if others:
        print_list_table("Medians (p10 - p90)", "13 15 19 19 13 7 8 6",
                         [("row", "baseline", "ours", "theirs", "unit", "ratio", "goal", "met"),
                          *map(rst_row, others)])
    if sizes:
        lines = list(rst_sizes(sizes))
        print_list_table("sizes: cycles per packet (ratio; the goal is <= 1)",
                         " ".join(["10"] * len(lines[0])), lines)


# Plots ------------------------------------------------------------------------------------------

BETTER = {"Mpps": "more is better", "cycles/packet": "less is better",
          "instructions/packet": "less is better"}

AXES = {
    "sizes": ("descriptors", "cycles per packet, receive and free", "x"),
    "queues": ("queues that one core polls", "cycles per packet, receive and free", "x"),
    "pace": ("packets per second", "ns that 99 % of all packets are off at most", "both"),
    "stall": ("seconds; the neighbour's consumer stands still from 20 % to 80 % of the time",
              "million packets per second of the other queue", ""),
}


def save(figure, folder, name, below=0):
    """Write a plot as SVG, the same bytes for the same figures; below: what a legend needs there."""
    figure.tight_layout(rect=(0, below, 1, 1))
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


def plot_lines(plt, folder, name, series):
    """Values over something."""
    x_label, y_label, logarithmic = AXES[name]
    figure, axes = plt.subplots(figsize=(7, 4))
    for label, values in series.items():
        axes.plot(*zip(*values), label=label, marker="o" if logarithmic else None)
    if logarithmic == "x":
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter("{x:.0f}")
    elif logarithmic == "both":
        axes.set_xscale("log")
        axes.set_yscale("log")
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    if logarithmic != "both":
        axes.set_ylim(bottom=0)
    axes.legend()
    save(figure, folder, name)
    plt.close(figure)


def plot_panel(axes, rows, colours):
    """Ours and each baseline of one row side by side, with the spread."""
    bars = [("dualbuf", rows[0]["ours"], rows[0]["ours_spread"])]
    bars += [(row["baseline"], row["theirs"], row["theirs_spread"]) for row in rows]
    for place, (who, value, spread) in enumerate(bars):
        colour = colours.setdefault(who, f"C{len(colours)}")
        bar = axes.bar(place, value, 0.8, color=colour, label=who, capsize=3,
                       yerr=[[max(0, value - spread[0])], [max(0, spread[1] - value)]])
        axes.bar_label(bar, [number(value)], padding=2, fontsize="small")
    axes.set_title(rows[0]["row"], fontsize="medium")
    axes.set_xlim(-0.7, len(bars) - 0.3)
    axes.set_xticks([])
    axes.ticklabel_format(axis="y", style="plain")
    axes.set_ylim(0, 1.2 * max(spread[1] for _, _, spread in bars) or 1)


def plot_bars(plt, folder, name, rows):
    """A panel for each row; scales differ too much for one."""
    labels = list(dict.fromkeys(row["row"] for row in rows))
    figure, panels = plt.subplots(1, len(labels), figsize=(max(5, 2.1 * len(labels) + 1), 4),
                                  squeeze=False)
    colours, unit = {}, None
    for axes, label in zip(panels[0], labels):
        group = [row for row in rows if row["row"] == label]
        plot_panel(axes, group, colours)
        if group[0]["unit"] != unit:
            unit = group[0]["unit"]
            axes.set_ylabel(", ".join(filter(None, (unit, BETTER.get(unit)))))
    handles = {}
    for axes in panels[0]:
        handles.update(zip(*reversed(axes.get_legend_handles_labels())))
    figure.legend(handles.values(), handles.keys(), loc="lower center", ncols=len(handles))
    save(figure, folder, name, below=0.08)
    plt.close(figure)


def plot_all(rows, points, folder):
    """A plot for each group of rows."""
    import matplotlib  # pylint: disable=import-outside-toplevel
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "dualbuf"
    from matplotlib import pyplot as plt  # pylint: disable=import-outside-toplevel

    folder.mkdir(parents=True, exist_ok=True)
    for name, series in points.items():
        plot_lines(plt, folder, name, series)
    groups = defaultdict(list)
    for row in rows:
        group = re.split(r"[ -]", row["row"])[0]
        if group not in points:
            groups[group].append(row)
    for name, members in groups.items():
        plot_bars(plt, folder, name, members)


# Commands ---------------------------------------------------------------------------------------

def command_table(args):
    """Read lines, print the table, write the JSON list and the plots."""
    rows, points = collect(sys.stdin)
    print_verdict(rows)
    if args.json:
        lines = ",\n ".join(json.dumps(row) for row in rows)
        args.json.write_text(f"[{lines}]\n", encoding="utf-8")
    if args.plots:
        plot_all(rows, points, args.plots)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("nic", help="lines of JSON from the output of vm.py bench")
    table = commands.add_parser("table", help="a table from lines of JSON")
    table.add_argument("--json", type=Path, metavar="FILE")
    table.add_argument("--plots", type=Path, metavar="DIR")
    rst = commands.add_parser("rst", help="the guide's tables from the list of bench.sh --json")
    rst.add_argument("file", type=Path, metavar="FILE")
    args = parser.parse_args()

    try:
        if args.command == "nic":
            for row in nic_rows(sys.stdin.read()):
                print(json.dumps(row), flush=True)
        elif args.command == "rst":
            print_rst(json.loads(args.file.read_text(encoding="utf-8")))
        else:
            command_table(args)
    except (OSError, ValueError) as error:
        sys.exit(f"bench.py: error: {error}")


if __name__ == "__main__":
    main()

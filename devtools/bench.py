#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Collect what dualbuf-bench and vm.py bench measured: a table, a JSON list, plots.

Used by bench.sh. Needs nothing but Python, and matplotlib for plots.
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
NIC_GOAL = 0.6


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
               "goal": f"<= {NIC_GOAL}", "met": ratio <= NIC_GOAL,
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


# Plots ------------------------------------------------------------------------------------------

AXES = {
    "sizes": ("descriptors", "cycles per packet, receive and free", True),
    "stall": ("seconds; the neighbour's consumer stands still from 20 % to 80 % of the time",
              "million packets per second of the other queue", False),
}


def save(figure, folder, name):
    """Write a plot as SVG, the same bytes for the same figures."""
    figure.tight_layout()
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


def plot_lines(plt, folder, name, series):
    """Values over something."""
    x_label, y_label, logarithmic = AXES[name]
    figure, axes = plt.subplots(figsize=(7, 4))
    for label, values in series.items():
        axes.plot(*zip(*values), label=label, marker="o" if logarithmic else None)
    if logarithmic:
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter("{x:.0f}")
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_ylim(bottom=0)
    axes.legend()
    save(figure, folder, name)
    plt.close(figure)


def plot_bars(plt, folder, name, rows):
    """Ours and each baseline side by side, with the spread."""
    labels = list(dict.fromkeys(row["row"] for row in rows))
    figure, axes = plt.subplots(figsize=(max(5, 1.6 * len(labels) + 2), 4))
    drawn = {}
    for place, label in enumerate(labels):
        group = [row for row in rows if row["row"] == label]
        bars = [("dualbuf", group[0]["ours"], group[0]["ours_spread"])]
        bars += [(row["baseline"], row["theirs"], row["theirs_spread"]) for row in group]
        for index, (who, value, spread) in enumerate(bars):
            colour = drawn.setdefault(who, f"C{len(drawn)}")
            axes.bar(place + 0.27 * (index - (len(bars) - 1) / 2), value, 0.25, color=colour,
                     yerr=[[max(0, value - spread[0])], [max(0, spread[1] - value)]], capsize=2,
                     label=who if colour == f"C{len(drawn) - 1}" and who not in
                     axes.get_legend_handles_labels()[1] else None)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_ylabel(rows[0]["unit"])
    axes.set_ylim(0, 1.25 * max(max(row["ours"], row["theirs"]) for row in rows))
    axes.legend()
    save(figure, folder, name)
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
            groups[f"{group}-{row['unit'].split('/')[0]}" if group == "memory" else group] += [row]
    for name, members in groups.items():
        plot_bars(plt, folder, name, members)


# Commands ---------------------------------------------------------------------------------------

def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("nic", help="lines of JSON from the output of vm.py bench")
    table = commands.add_parser("table", help="a table from lines of JSON")
    table.add_argument("--json", type=Path, metavar="FILE")
    table.add_argument("--plots", type=Path, metavar="DIR")
    args = parser.parse_args()

    if args.command == "nic":
        for row in nic_rows(sys.stdin.read()):
            print(json.dumps(row), flush=True)
        return
    rows, points = collect(sys.stdin)
    print_verdict(rows)
    if args.json:
        lines = ",\n ".join(json.dumps(row) for row in rows)
        args.json.write_text(f"[{lines}]\n", encoding="utf-8")
    if args.plots:
        plot_all(rows, points, args.plots)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Mini beside Lua, JavaScript and Python, on programs that do the same in each of them.

    benches/objects.py                                 every program that a peer has too, three rounds
    benches/objects.py -b json,wordcount -c mini,pypy3,node -r 5
    benches/objects.py --more FOLDER                   peers' programs in FOLDER/lua, FOLDER/js, FOLDER/python as well
    benches/objects.py -n fib=33 -n queens=11          sizes: the number on the line that says @N

What counts is the user and system time of whole processes. One round runs every column of a program back to back, and the order rotates;
ratios are taken round by round, and their median is shown. Programs print a checksum in which all columns must agree. Standard library only.
"""
import argparse
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")
MINI = os.path.join(HERE, "..", os.environ.get("CARGO_TARGET_DIR", "target"), "release", "mini")
# Column: the folder of its programs, their ending, the command.
COLUMNS = {
    "mini": ("mini", "mini", [MINI]),
    "mini-off": ("mini", "mini", [MINI, "--jit", "off"]),
    "luajit": ("lua", "lua", ["luajit"]),
    "lua5.4": ("lua", "lua", ["lua5.4"]),
    "pypy3": ("python", "py", ["pypy3"]),
    "node": ("js", "js", ["node"]),
}
BEST = ["luajit", "pypy3", "node"]


def find(column, name, more):
    """The program's file in that language; some have a variant for one column (`collatz.54.lua`)."""
    folder, ending, _ = COLUMNS[column]
    variants = [".54", ""] if column == "lua5.4" else [""]
    for root in [PROGRAMS] + more:
        for variant in variants:
            path = os.path.join(root, folder, f"{name}{variant}.{ending}")
            if os.path.exists(path):
                return path
    return None


def sized(path, n):
    text = open(path).read()
    if n is not None:
        text = re.sub(r"(?m)\d+(?=[^\d\n]*@N)", str(n), text)
    return text


def run(command, seconds):
    """User and system time of one process, and what it printed; None if it fails or takes too long."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        end = time.monotonic() + seconds
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                process.kill()
                os.wait4(process.pid, 0)
                return None, f"more than {seconds} s"
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            return None, f"status {process.returncode}: " + errors.read().decode(errors="replace")[-200:]
        return usage.ru_utime + usage.ru_stime, output.read().decode(errors="replace").strip()


def mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def show(value, digits=2):
    return "-" if value is None else f"{value:.{digits}f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-b", "--programs", help="separated by commas")
    parser.add_argument("-c", "--columns", default="mini,luajit,pypy3,node", help="of " + ", ".join(COLUMNS))
    parser.add_argument("-r", "--rounds", type=int, default=3)
    parser.add_argument("-n", action="append", default=[], metavar="NAME=N", help="another size")
    parser.add_argument("--more", action="append", default=[], metavar="FOLDER", help="more peers' programs")
    parser.add_argument("--mini", help="the binary")
    parser.add_argument("--seconds", type=float, default=60, help="a process that takes longer is ended")
    options = parser.parse_args()
    if options.mini:
        for column in ("mini", "mini-off"):
            COLUMNS[column][2][0] = options.mini
    columns = options.columns.split(",")
    for column in columns:
        if column not in COLUMNS:
            parser.error(f"no column {column}")
    columns = [c for c in columns if shutil.which(COLUMNS[c][2][0])]
    sizes = dict(n.split("=") for n in options.n)
    if options.programs:
        names = options.programs.split(",")
    else:
        mine = sorted(f[:-5] for f in os.listdir(os.path.join(PROGRAMS, "mini")))
        peers = [c for c in columns if not c.startswith("mini")]
        names = [n for n in mine if n != "empty" and any(find(c, n, options.more) for c in peers)]

    wrong = 0
    best_ratios = []
    print(f"{'program':12}" + "".join(f"{c:>10}" for c in columns) + f"{'to best':>10}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            commands = {}
            for column in columns:
                path = find(column, name, options.more)
                if path:
                    copy = os.path.join(folder, f"{column}-{os.path.basename(path)}")
                    with open(copy, "w") as f:
                        f.write(sized(path, sizes.get(name)))
                    commands[column] = COLUMNS[column][2] + [copy]
            times = {column: [] for column in commands}
            outputs = {}
            for turn in range(options.rounds):
                order = list(commands)
                shift = turn % max(1, len(order))
                for column in order[shift:] + order[:shift]:
                    seconds, output = run(commands[column], options.seconds)
                    times[column].append(seconds)
                    if seconds is None:
                        print(f"{name} on {column}: {output}", file=sys.stderr)
                    else:
                        outputs[column] = output
            if len(set(outputs.values())) > 1:
                wrong += 1
                print(f"{name}: outputs differ: {outputs}", file=sys.stderr)
            row = f"{name:12}"
            for column in columns:
                good = [t for t in times.get(column, []) if t is not None]
                row += f"{show(statistics.median(good) if good else None, 3):>10}"
            ratio = None
            peers = [c for c in BEST if c in times]
            if columns[0] not in peers and peers and columns[0] in times:
                ratios = []
                for turn in range(options.rounds):
                    best = [times[c][turn] for c in peers if times[c][turn]]
                    if best and times[columns[0]][turn]:
                        ratios.append(times[columns[0]][turn] / min(best))
                ratio = statistics.median(ratios) if ratios else None
                if ratio:
                    best_ratios.append(ratio)
            print(row + f"{show(ratio):>10}", flush=True)
    print(f"{'geometric mean to the best of ' + ', '.join(c for c in BEST if c in columns):52}{show(mean(best_ratios)):>10}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

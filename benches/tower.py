#!/usr/bin/env python3
"""What interpretation costs in a tower: programs run (a) directly, (b) in the metacircular evaluator, (c) in the evaluator in the evaluator.

    benches/tower.py                              Lisp, and the Schemes that are installed
    benches/tower.py --lisp target/release/lisp --only count,fib --seconds 0.5

Each program does N units of work. A run is a whole process; N grows until it takes long, and what the last units took counts, so that
neither start-up nor warming up does. Standard library only.
"""
import argparse
import os
import re
import resource
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs", "tower")
EVALUATOR = os.path.join(HERE, "..", "languages", "lisp", "scheme", "metacircular.scm")
# Schemes without the hint.
PLAIN = "(define (merge-point! x) x)\n"
# What a Scheme lacks otherwise: Racket's pairs can be changed in its R5RS, which has no `error`.
PRELUDES = {"lisp": "", "racket": "(#%require (only racket/base error))\n" + PLAIN}
PEERS = {
    "chez": ["chezscheme", "--script"],
    "racket": ["racket", "-I", "r5rs", "-f"],
    "guile": ["guile", "--no-auto-compile", "-s"],
}


def tower(program, level, column):
    evaluator = open(EVALUATOR).read()
    text = program
    for _ in range(level):
        text = f"{evaluator}\n(m-run '({text}\n))\n"
    return PRELUDES.get(column, PLAIN) + text


def seconds(command, text):
    """User and system time of one run; None if it fails or takes too long."""
    with tempfile.NamedTemporaryFile("w", suffix=".scm", delete=False) as f:
        f.write(text)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(command + [f.name], capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return None
    finally:
        os.unlink(f.name)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"{command}: {done.stderr.decode()[:500]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def per_unit(command, source, level, column, enough):
    def run(n):
        program = re.sub(r"\(define N \d+\)", f"(define N {n})", source)
        return seconds(command, tower(program, level, column))

    n, time = 1, run(1)
    while time is not None:
        longer = run(8 * n)
        if longer is None:
            return None
        slope, n, time = (longer - time) / (7 * n), 8 * n, longer
        if time > enough or n > 8 ** 10:
            return max(slope, 1e-12)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lisp", default=os.path.join(HERE, "..", "target", "release", "lisp"))
    parser.add_argument("--only", help="programs, separated by commas")
    parser.add_argument("--columns", help="lisp, chez, racket, guile; separated by commas")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long the last run takes at least")
    options = parser.parse_args()
    columns = {"lisp": [options.lisp]}
    columns |= {name: peer for name, peer in PEERS.items() if shutil.which(peer[0])}
    if options.columns:
        columns = {name: columns[name] for name in options.columns.split(",")}
    names = sorted(f[:-4] for f in os.listdir(PROGRAMS) if f.endswith(".scm"))
    if options.only:
        names = options.only.split(",")
    print(f"{'program':8} {'on':7} {'direct':>12} {'in one':>12} {'':>8} {'in two':>12} {'':>8}")
    for name in names:
        source = open(os.path.join(PROGRAMS, name + ".scm")).read()
        for column, command in columns.items():
            times = [per_unit(command, source, level, column, options.seconds) for level in range(3)]
            row = f"{name:8} {column:7} "
            for level, time in enumerate(times):
                row += f"{'-' if time is None else f'{time * 1e6:.4f} us':>12} "
                if level:
                    ratio = time and times[0] and time / times[0]
                    row += f"{f'{ratio:.1f}x' if ratio else '-':>8} "
            print(row, flush=True)


main()

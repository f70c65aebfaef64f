#!/usr/bin/env python3
"""Runs the r7rs-benchmarks in their own driver, with the Lisp and with the peers that are installed.

  r7rs.py FOLDER                          all of them; FOLDER is a checkout of the benchmarks
  r7rs.py FOLDER -b fib,tak --scale 0.1   some, with a tenth of the turns that their inputs ask for
  r7rs.py FOLDER --scale 0 -s lisp        one turn each: is every result correct?
  r7rs.py FOLDER -b core --short -r 5     the core of them with short inputs, five rounds: the table of speeds
  r7rs.py FOLDER --lisp 'target/debug/lisp --jit threshold=1,bridge=1' ...

A program is made of FOLDER/src/NAME.scm and what the driver adds to it (src/common.scm), reads FOLDER/inputs/NAME.input, and
says itself whether its result is correct. A time is the user and system seconds of the process, less those of a program that
does nothing; what it takes to compile a program ahead of time is not part of it. One round runs a program once on every
system, in an order that rotates; times are medians, and ratios are the medians of the ratios of the rounds. lisp-off is the
Lisp without its JIT, guile-off is Guile without its own; they are compared with each other, all others with the Lisp. Below
the table stand the geometric means and what failed, and why.

Standard library only.
"""

import argparse
import math
import os
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
# What the driver of the benchmarks does not run is none: read0 is about the syntax of R6RS.
NOT_BENCHMARKS = re.compile(r"(prelude|postlude|^common|^alexpander$|^read0$)")

# The programs that stand for all of them.
CORE = ("fib,tak,ack,cpstak,ctak,nqueens,deriv,destruc,diviter,divrec,primes,sum,sumfp,mbrot,string,browse,puzzle,triangl,"
        "earley,graphs,lattice,mazefun,nboyer,peval").split(",")

# What short inputs begin with: the number of turns, and in some smaller parameters and the result that belongs to them.
SHORT = {
    "fib": "6 35 9227465", "tak": "6 32 16 8 9", "ack": "12 3 9 4093", "cpstak": "3 32 16 8 9", "ctak": "40 18 12 6 7",
    "nqueens": "30 10 724", "deriv": "600000", "destruc": "400", "diviter": "100000", "divrec": "60000",
    "primes": "800", "sum": "20000", "sumfp": "60", "mbrot": "100", "string": "20", "browse": "200", "puzzle": "80",
    "triangl": "5", "earley": "4 11 16796", "graphs": "4 6 10275", "lattice": "1", "mazefun": "800", "nboyer": "2 3 5375678",
    "peval": "150",
}

# Chez and Racket have no R7RS of their own: what their languages lack, as far as the benchmarks ask for it.
LACKING = {
    "current-jiffy": None,
    "current-second": None,
    "jiffies-per-second": None,
    "exact-integer?": "(define (exact-integer? x) (and (integer? x) (exact? x)))",
    "square": "(define (square x) (* x x))",
    "exact": "(define exact inexact->exact)",
    "inexact": "(define inexact exact->inexact)",
    "read-line": """(define (read-line port)
  (let loop ((chars '()))
    (let ((c (read-char port)))
      (cond ((eof-object? c) (if (null? chars) c (list->string (reverse chars))))
            ((char=? c #\\newline) (list->string (reverse chars)))
            (else (loop (cons c chars)))))))""",
    "read-string": """(define (read-string count port)
  (let loop ((count count) (chars '()))
    (let ((c (if (= count 0) #f (read-char port))))
      (cond ((char? c) (loop (- count 1) (cons c chars)))
            ((and (null? chars) (eof-object? c)) c)
            (else (list->string (reverse chars)))))))""",
    "write-string": "(define (write-string text . port) (apply display text port))",
    "string->vector": "(define (string->vector s) (list->vector (string->list s)))",
    "truncate-quotient": "(define truncate-quotient quotient)",
    "truncate-remainder": "(define truncate-remainder remainder)",
    "floor-remainder": "(define floor-remainder modulo)",
    "read-error?": "(define (read-error? x) #t)",
    "file-error?": "(define (file-error? x) #t)",
    "error-object?": "(define (error-object? x) #t)",
    "error-object-message": "(define (error-object-message x) \"\")",
    "error-object-irritants": "(define (error-object-irritants x) '())",
    "flush-output-port": "(define (flush-output-port port) (flush-output port))",
}

CHEZ_TIME = """
(define (jiffies-per-second) 1000000000)
(define (current-jiffy)
  (let ((t (current-time 'time-monotonic))) (+ (* 1000000000 (time-second t)) (time-nanosecond t))))
(define (current-second)
  (let ((t (current-time 'time-utc))) (+ (time-second t) (/ (time-nanosecond t) 1e9))))
"""

CHEZ_RECORDS = """
(define-syntax define-record-type
  (lambda (form)
    (syntax-case form ()
      ((_ name (make arg ...) is? spec ...)
       (with-syntax (((field ...)
                      (map (lambda (spec)
                             (syntax-case spec ()
                               ((field get) #'(immutable field get))
                               ((field get set) #'(mutable field get set))))
                           #'(spec ...))))
         #'(chez:define-record-type (name make is?) (fields field ...)))))))
"""

RACKET = """(module program r5rs
(#%require (only racket/base when unless let-values let*-values define-values parameterize case-lambda error call/cc
                 flush-output current-inexact-milliseconds exact-integer? open-input-string open-output-string
                 get-output-string eof read-line read-string write-string exit void raise))
(#%require (only racket/vector vector-map vector-copy))
(#%require (only srfi/9 define-record-type))
(define (vector-for-each f v) (for-each f (vector->list v)))
(define (jiffies-per-second) 1000000)
(define (current-jiffy) (inexact->exact (round (* 1000 (current-inexact-milliseconds)))))
(define (current-second) (/ (current-inexact-milliseconds) 1000))
(define (eof-object) eof)
(define (list-copy l) (if (pair? l) (cons (car l) (list-copy (cdr l))) l))
"""


def defined(source):
    """The names that a program defines."""
    return set(re.findall(r"(?m)^\s?\(define\s+\(*([^\s()]+)", source))


def without_import(source):
    """A program without its (first) import."""
    start = source.find("(import")
    depth = 0
    for at in range(start, len(source)):
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        if depth == 0:
            return source[:start] + source[at + 1:]
    return source


def lacking(source, have):
    """Definitions of what a program uses, but a system lacks."""
    own = defined(source)
    wanted = (n for n in LACKING if LACKING[n] and n not in own and n not in have)
    return "\n".join(LACKING[n] for n in wanted if re.search(r"[\s('](" + re.escape(n) + r")[\s)]", source)) + "\n"


class System:
    """An implementation of Scheme: how to make a program for it, and how to run it."""

    def __init__(self, name, command, environment=None):
        self.name = name
        self.command = command
        self.environment = environment or {}
        self.startup = None

    def installed(self):
        return shutil.which(shlex.split(self.command)[0]) is not None

    def text(self, source):
        return source

    def prepare(self, path):
        """Compiles a program; how to run it."""
        return shlex.split(self.command) + [path]


class Guile(System):
    def prepare(self, path):
        make = f'((@ (system base compile) compile-file) "{path}" #:output-file "{path}.go" #:optimization-level 3)'
        compile_it = [*shlex.split(self.command), "--r7rs", "--no-auto-compile", "-c", make]
        done = subprocess.run(compile_it, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        return [*shlex.split(self.command), "--r7rs", "--no-auto-compile", "-c", f'(load-compiled "{path}.go")']


class Chez(System):
    exports = None

    def text(self, source):
        if Chez.exports is None:
            ask = "(for-each (lambda (s) (display s) (newline)) (library-exports '(chezscheme)))"
            shown = subprocess.run([*shlex.split(self.command), "-q"], input=ask, capture_output=True, text=True)
            Chez.exports = set(shown.stdout.split())
        own = lacking(source, Chez.exports) + CHEZ_TIME + without_import(source)
        records = "(define-record-type" in source
        hidden = sorted((defined(own) | ({"define-record-type"} if records else set())) & Chez.exports)
        imports = "(import (except (chezscheme) %s)" % " ".join(hidden)
        if records:
            imports += "\n (only (rename (chezscheme) (define-record-type chez:define-record-type)) chez:define-record-type)"
        return imports + ")\n" + (CHEZ_RECORDS if records else "") + own

    def prepare(self, path):
        compile_it = '(generate-wpo-files #f) (optimize-level 2) (compile-program "%s" "%s.so")' % (path, path)
        done = subprocess.run([*shlex.split(self.command), "-q"], input=compile_it, capture_output=True, text=True)
        if not os.path.exists(path + ".so"):
            raise RuntimeError(done.stdout + done.stderr)
        return [*shlex.split(self.command), "--program", path + ".so"]


class Racket(System):
    def text(self, source):
        have = {"exact-integer?", "read-line", "read-string", "write-string"}
        body = without_import(source)
        return RACKET + lacking(body, have) + body + ")\n"

    def prepare(self, path):
        done = subprocess.run(["raco", "make", path], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        return shlex.split(self.command) + [path]


class Gambit(System):
    def text(self, source):
        return "(declare (standard-bindings) (extended-bindings) (block))\n" + without_import(source)

    def prepare(self, path):
        made = path[:-len(".scm")]
        done = subprocess.run([*shlex.split(self.command), "-o", made, "-exe", path], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        return [made]


def systems(lisp):
    return [System("lisp", lisp), Chez("chez", "chezscheme"), Guile("guile", "guile"), Racket("racket", "racket"),
            Gambit("gambit", "gsc"), System("lisp-off", lisp + " --jit off"),
            Guile("guile-off", "guile", {"GUILE_JIT_THRESHOLD": "-1"})]


def benchmarks(folder):
    names = (name[:-4] for name in os.listdir(os.path.join(folder, "src")) if name.endswith(".scm"))
    return sorted(name for name in names if not NOT_BENCHMARKS.search(name))


def program(folder, name):
    """The text of a benchmark as the driver of the benchmarks puts it together."""
    def read(part):
        with open(os.path.join(folder, "src", part)) as file:
            return file.read()

    implementation = '(define (this-scheme-implementation-name) "a scheme")\n'
    return "\n".join([read(name + ".scm"), read("common.scm"), implementation, read("common-postlude.scm")])


def input_of(folder, name, scale, short):
    """The input of a benchmark: its first number says how many turns there are."""
    with open(os.path.join(folder, "inputs", name + ".input")) as file:
        text = re.sub(r";.*", "", file.read())
    for number in SHORT.get(name, "").split() if short else []:
        text = re.sub(r"(?<![\w#.])[\d.]+", f"#{number}", text, count=1)
    text = text.replace("#", "") if short and name in SHORT else text
    turns = lambda number: str(max(1, round(int(number.group(0)) * scale)))
    return re.sub(r"\d+", turns, text, count=1)


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "nothing was written"


def process(command, system, text, folder, timeout):
    """What a process wrote, its status, and its user and system seconds."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(text.encode())
        given.seek(0)
        environment = dict(os.environ, **system.environment)
        child = subprocess.Popen(command, stdin=given, stdout=out, stderr=err, cwd=folder, env=environment)
        late = threading.Timer(timeout, child.kill)
        late.start()
        _, status, usage = os.wait4(child.pid, 0)
        over = not late.is_alive()
        late.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        written = [file.read().decode(errors="replace") for file in (out, err)]
    if over:
        return "", f"error: more than {timeout:g} seconds", child.returncode, 0.0
    return *written, child.returncode, usage.ru_utime + usage.ru_stime


def prepared(system, source, scratch, name):
    """How to run a program."""
    place = os.path.join(scratch, name, system.name)
    os.makedirs(place, exist_ok=True)
    path = os.path.join(place, "program.scm")
    with open(path, "w") as file:
        file.write(system.text(source))
    return system.prepare(path)


def startup(system, scratch, folder):
    """Seconds of a program that does nothing."""
    if system.startup is None:
        command = prepared(system, "(import (scheme base))\n(define (nothing) 0)\n(nothing)\n", scratch, "nothing")
        system.startup = statistics.median(process(command, system, "", folder, 60)[3] for _ in range(5))
    return system.startup


def run(system, command, text, folder, scratch, timeout):
    """Seconds; or why there are none."""
    out, err, status, seconds = process(command, system, text, folder, timeout)
    if re.search(r"Elapsed time: ([\d.e+-]+|\.\d+) seconds", out):
        return max(seconds - startup(system, scratch, folder), 0.001)
    if "incorrect result" in out:
        return "incorrect: " + last_line(out.split("incorrect result:")[1].split("+!CSV")[0])
    errors = [line for line in (err + out).splitlines() if re.search("error|xception", line, re.I)]
    return f"status {status}: " + last_line(errors[0] if errors else err + out)


def rounds(chosen, options, name, scratch):
    """What each system takes in each round."""
    source = program(options.folder, name)
    text = input_of(options.folder, name, options.scale, options.short)
    os.makedirs(os.path.join(options.folder, "outputs"), exist_ok=True)
    commands, times = {}, {system.name: [] for system in chosen}
    for system in chosen:
        try:
            commands[system.name] = prepared(system, source, scratch, name)
        except RuntimeError as error:
            times[system.name] = [last_line(str(error))]
    for turn in range(options.rounds):
        at = turn % len(chosen)
        for system in chosen[at:] + chosen[:at]:
            if all(isinstance(time, float) for time in times[system.name]):
                time = run(system, commands[system.name], text, options.folder, scratch, options.timeout)
                times[system.name].append(time)
    return times


def median(times):
    """The median of times; nothing if one of them is a failure."""
    return statistics.median(times) if all(isinstance(time, float) for time in times) else None


def ratio(times, one, other):
    """The median of the ratios of the rounds, and how far apart the middle half of them is."""
    if median(times[one]) is None or median(times[other]) is None:
        return None
    ratios = sorted(a / b for a, b in zip(times[one], times[other]))
    quarter = len(ratios) // 4
    return statistics.median(ratios), ratios[-1 - quarter] - ratios[quarter]


def show(value):
    return "-" if value is None else f"{value:.2f}"


def row(cells):
    print("| " + " | ".join(f"{cell:>9}" for cell in cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("-b", "--benchmarks", help="names, with commas; 'core' for a choice; all unless given")
    parser.add_argument("-s", "--systems", help="names, with commas; all that are installed unless given")
    parser.add_argument("--lisp", default=os.path.join(HERE, "..", "target", "release", "lisp"), help="the command of the Lisp")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the number of turns")
    parser.add_argument("--short", action="store_true", help="short inputs, of about a second")
    parser.add_argument("-r", "--rounds", type=int, default=1, help="how often everything is run")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds a run")
    options = parser.parse_args()
    options.lisp = os.path.abspath(options.lisp) if os.path.exists(options.lisp) else options.lisp

    known = [system for system in systems(options.lisp) if system.installed()]
    wanted = options.systems.split(",") if options.systems else [system.name for system in known]
    chosen = [system for system in known if system.name in wanted]
    names = options.benchmarks.split(",") if options.benchmarks else benchmarks(options.folder)
    names = CORE if names == ["core"] else names

    present = [system.name for system in chosen]
    pairs = [("lisp", peer) for peer in present if not peer.startswith("lisp") and peer != "guile-off"]
    pairs = [(one, other) for one, other in pairs + [("lisp-off", "guile-off")] if {one, other} <= set(present)]
    row([""] + present + ["/" + other for _, other in pairs] + ["noise"])
    row(["---"] * (len(present) + len(pairs) + 2))
    ratios, failures = {pair: [] for pair in pairs}, []
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            times = rounds(chosen, options, name, scratch)
            failed = ((system, time) for system in times for time in times[system] if not isinstance(time, float))
            failures += [f"{name} on {system}: {why}" for system, why in failed]
            found = {pair: ratio(times, *pair) for pair in pairs}
            for pair in pairs:
                ratios[pair] += [found[pair][0]] if found[pair] else []
            noise = max((found[pair][1] / found[pair][0] for pair in pairs if found[pair]), default=None)
            cells = [show(median(times[system])) for system in present] + [show(found[p][0] if found[p] else None) for p in pairs]
            row([name] + cells + [f"{noise * 100:.0f} %" if noise is not None else "-"])
    for one, other in pairs:
        if ratios[one, other]:
            mean = math.exp(sum(map(math.log, ratios[one, other])) / len(ratios[one, other]))
            print(f"{one} / {other}: {mean:.2f} (geometric mean of {len(ratios[one, other])})")
    print(f"{len(failures)} failed")
    for failure in failures:
        print("  " + failure)
    return 1 if any(" on lisp: " in failure for failure in failures) else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Runs the r7rs-benchmarks in their own driver, with the Lisp and with the peers that are installed.

  r7rs.py FOLDER                          all of them; FOLDER is a checkout of the benchmarks
  r7rs.py FOLDER -b fib,tak --scale 0.1   some, with a tenth of the turns that their inputs ask for
  r7rs.py FOLDER --scale 0 -s lisp        one turn each: is every result correct?
  r7rs.py FOLDER --lisp 'target/debug/lisp --jit threshold=1,bridge=1' ...

A program is made of FOLDER/src/NAME.scm and what the driver adds to it (src/common.scm), reads FOLDER/inputs/NAME.input, and
says itself whether its result is correct and how many seconds it took; what it takes to compile it is not part of that. The
table shows seconds, and the ratio of the Lisp to each peer; below it stands what failed, and why.

Standard library only.
"""

import argparse
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# What the driver of the benchmarks does not run is none: read0 is about the syntax of R6RS.
NOT_BENCHMARKS = re.compile(r"(prelude|postlude|^common|^alexpander$|^read0$)")

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

    def __init__(self, name, command):
        self.name = name
        self.command = command

    def installed(self):
        return shutil.which(shlex.split(self.command)[0]) is not None

    def text(self, source):
        return source

    def prepare(self, path):
        """Compiles a program; how to run it."""
        return shlex.split(self.command) + [path]


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
    peers = [Chez("chez", "chezscheme"), System("guile", "guile --r7rs"), Racket("racket", "racket"),
             Gambit("gambit", "gsc")]
    return [System("lisp", lisp)] + peers


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


def input_of(folder, name, scale):
    """The input of a benchmark: its first number says how many turns there are."""
    with open(os.path.join(folder, "inputs", name + ".input")) as file:
        text = file.read()
    turns = lambda number: str(max(1, round(int(number.group(0)) * scale)))
    return re.sub(r"\d+", turns, text, count=1)


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "nothing was written"


def run(system, folder, name, scale, timeout):
    """Seconds; or why there are none."""
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "program.scm")
        with open(path, "w") as file:
            file.write(system.text(program(folder, name)))
        os.makedirs(os.path.join(folder, "outputs"), exist_ok=True)
        try:
            command = system.prepare(path)
            done = subprocess.run(command, input=input_of(folder, name, scale), cwd=folder, capture_output=True, text=True,
                                  timeout=timeout, errors="replace")
        except subprocess.TimeoutExpired:
            return f"more than {timeout} seconds"
        except RuntimeError as error:
            return last_line(str(error))
    time = re.search(r"Elapsed time: ([\d.e+-]+|\.\d+) seconds", done.stdout)
    if time:
        return float(time.group(1))
    if "incorrect result" in done.stdout:
        return "incorrect: " + last_line(done.stdout.split("incorrect result:")[1].split("+!CSV")[0])
    errors = [line for line in (done.stderr + done.stdout).splitlines() if re.search("error|xception", line, re.I)]
    return f"status {done.returncode}: " + last_line(errors[0] if errors else done.stderr + done.stdout)


def show(value):
    return f"{value:.3f}" if isinstance(value, float) else "failed"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("-b", "--benchmarks", help="names, with commas; all unless given")
    parser.add_argument("-s", "--systems", help="names, with commas; all that are installed unless given")
    parser.add_argument("--lisp", default=os.path.join(HERE, "..", "target", "release", "lisp"), help="the command of the Lisp")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the number of turns")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds a run")
    options = parser.parse_args()

    known = [system for system in systems(options.lisp) if system.installed()]
    wanted = options.systems.split(",") if options.systems else [system.name for system in known]
    chosen = [system for system in known if system.name in wanted]
    names = options.benchmarks.split(",") if options.benchmarks else benchmarks(options.folder)

    peers = [system.name for system in chosen if system.name != "lisp"]
    print(f"{'':12}" + "".join(f"{system.name:>10}" for system in chosen) + "".join(f"{'/' + p:>10}" for p in peers))
    ratios, failures = {peer: [] for peer in peers}, []
    for name in names:
        times = {}
        for system in chosen:
            result = run(system, options.folder, name, options.scale, options.timeout)
            times[system.name] = result
            if not isinstance(result, float):
                failures.append(f"{name} on {system.name}: {result}")
        line = f"{name:12}" + "".join(f"{show(times[system.name]):>10}" for system in chosen)
        for peer in peers:
            both = [times.get("lisp"), times[peer]]
            if all(isinstance(t, float) and t > 0 for t in both):
                ratios[peer].append(both[0] / both[1])
                line += f"{both[0] / both[1]:10.2f}"
            else:
                line += f"{'-':>10}"
        print(line, flush=True)
    for peer in peers:
        if ratios[peer]:
            mean = math.exp(sum(map(math.log, ratios[peer])) / len(ratios[peer]))
            print(f"lisp / {peer}: {mean:.2f} (geometric mean of {len(ratios[peer])})")
    print(f"{len(failures)} failed")
    for failure in failures:
        print("  " + failure)
    return 1 if any(" on lisp: " in failure for failure in failures) else 0


if __name__ == "__main__":
    sys.exit(main())

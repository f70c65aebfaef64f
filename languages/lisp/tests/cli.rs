//! The `lisp` command as its users see it: options, exit statuses, what goes to which stream, and
//! that nothing they give it makes it panic, crash or hang.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn lisp() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lisp"));
    command.env_remove("HOLLOWAY_JIT").env_remove("HOLLOWAY_LOG").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    lisp().args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn code_is_run_and_its_value_printed_if_asked_for() {
    assert_eq!(stdout(&run(&["-p", "(+ 1 2)"])), "3\n");
    assert_eq!(stdout(&run(&["-e", "(+ 1 2)"])), "");
    assert_eq!(stdout(&run(&["-e", "(display (cdr (command-line)))", "a", "-b"])), "(a -b)");
}

/// What is written to standard output with this input.
fn fed(arguments: &[&str], input: &str) -> String {
    let (input_end, output_end) = (Stdio::piped(), Stdio::piped());
    let mut command = lisp();
    let mut child = command.args(arguments).stdin(input_end).stdout(output_end).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    stdout(&child.wait_with_output().unwrap())
}

#[test]
fn standard_input_is_a_program() {
    assert_eq!(fed(&["-"], "(display \"hello\")"), "hello");
}

#[test]
fn standard_input_is_for_the_loop_if_that_is_insisted_on() {
    assert_eq!(fed(&["-i"], "(define x 5)\n(* x\n3)\n,quit\n(display x)\n"), "15\n");
    assert_eq!(fed(&["-i", "-e", "(define x 5)"], "(* x 4)\n"), "20\n");
    assert_eq!(fed(&["--metacircular", "-i", "-e", "(define x 5)"], "(* x 6)\n"), "30\n");
}

#[test]
fn the_metacircular_evaluator_has_a_loop_of_its_own() {
    let program =
        concat!("(include \"", env!("CARGO_MANIFEST_DIR"), "/scheme/metacircular.scm\") (m-repl)");
    let input = "(define (f x) (* x 2))\n(f 4) (f (quote a))\nf";
    let shown = fed(&["-e", program], input);
    let expected = "m> m> 8\nm> error: *: a number is wanted, not a symbol: a\n\
                    m> #<procedure f>\nm> \n";
    assert_eq!(shown, expected);
}

#[test]
fn statuses_tell_what_happened() {
    for (code, status) in [
        ("(exit)", 0),
        ("(exit 7)", 7),
        ("(exit #f)", 1),
        ("(car 1)", 1),
        ("(raise 'x)", 1),
        ("(if)", 2),
        ("(display 1", 2),
    ] {
        assert_eq!(run(&["-e", code]).status.code(), Some(status), "{code}");
    }
    assert_eq!(run(&["no such file"]).status.code(), Some(2));
    assert_eq!(run(&["--no-such-option"]).status.code(), Some(2));
}

#[test]
fn errors_show_the_place_and_the_calls() {
    let code = "(define (f x) (+ 1 (g x)))\n(define (g x) (+ 1 (car x)))\n(+ 1 (f 5))";
    let output = run(&["-e", code]);
    let report = stderr(&output);
    for part in ["car: a pair is wanted, not a number: 5", "-e:2:", "f at -e:1", "g at -e:2"] {
        assert!(report.contains(part), "{part} is in\n{report}");
    }
}

#[test]
fn wrong_programs_are_reported() {
    for code in [
        ")",
        "'",
        "#",
        "#(",
        "\"",
        "|",
        "#\\",
        "#|",
        "#;",
        "(1 . )",
        "(let)",
        "(let x)",
        "(let ((x)) x)",
        "(lambda (x x) x)",
        "(define)",
        "(set! 5 1)",
        "(cond 5)",
        "(case)",
        "(do)",
        "(import (no such))",
        "(import)x",
        "(define-syntax)",
        "(define-syntax x 5)",
        "(let-syntax ((x (syntax-rules))) 1)",
        "(quasiquote)",
        ",x",
        "(guard)",
        "(parameterize)",
        "(define-record-type)",
        "(include \"no such\")",
        "(1 2)",
        "(\"f\")",
        "((lambda (x) x))",
        "(define-library)",
        "(syntax-error \"mine\" 1)",
        "#0=(#0#)",
        "(letrec ((a b) (b 1)) a)",
        "(vector-ref #(1) 1)",
        "(string-ref \"a\" 9)",
        "(integer->char 55296)",
        "(exact (/ 0. 0.))",
        "(make-vector -1)",
        "(list-tail '(1) 3)",
        "(apply + 1)",
        "(string->symbol 1)",
        "(call/cc 1)",
        "(dynamic-wind 1 2 3)",
        "(raise-continuable 1)",
        "(hash-table-ref 1 2)",
        "(expt 0 -1)",
    ] {
        let output = run(&["-e", code]);
        let status = output.status.code().unwrap_or(-1);
        assert!([1, 2].contains(&status), "{code}: status {status}\n{}", stderr(&output));
        assert!(stderr(&output).starts_with("error"), "{code}\n{}", stderr(&output));
    }
}

#[test]
fn the_metacircular_evaluator_runs_programs() {
    let program =
        "(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (display (fib 12))";
    assert_eq!(stdout(&run(&["--metacircular", "-e", program])), "144");
    let report = stderr(&run(&["--metacircular", "-e", "(display nope)"]));
    assert!(report.contains("the variable has no value: nope"), "{report}");
    let report = stderr(&run(&["--metacircular", "-e", "(define x 1)\n(begin\n  (car x))"]));
    assert!(report.contains("--> -e:2:1"), "{report}");
    assert_eq!(run(&["--metacircular", "-e", ""]).status.code(), Some(0));
}

#[test]
fn bytecode_and_statistics_are_shown() {
    assert!(stdout(&run(&["--dump-bytecode", "-e", "(define (f x) (car x))"])).contains("(car r"));
    assert!(stderr(&run(&["--stats", "-e", "1"])).contains("JIT statistics"));
    assert!(stdout(&run(&["--jit", "help"])).contains("threshold"));
}

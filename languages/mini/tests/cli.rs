//! The `mini` command as its users see it: options, exit statuses, what goes to which stream, and that
//! nothing they give it makes it panic, crash or hang.

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

fn mini() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mini"));
    command.env_remove("HOLLOWAY_JIT").env_remove("HOLLOWAY_LOG").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    mini().args(arguments).output().unwrap()
}

fn with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = mini();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A file that is gone after the test.
struct Temporary(std::path::PathBuf);

impl Temporary {
    fn new(name: &str, content: &[u8]) -> Temporary {
        let path = std::env::temp_dir().join(format!("mini-cli-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Temporary(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // A file that stays behind in the temporary folder does no harm.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_file_is_run() {
    let file = Temporary::new("run.mini", b"print(1 + 1)\n");
    let output = run(&[file.path()]);
    assert_eq!(stdout(&output), "2\n");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stderr(&output), "");
}

#[test]
fn code_is_run() {
    let output = run(&["-e", "print('a'); print(2 ** 70)"]);
    assert_eq!(stdout(&output), "a\n1180591620717411303424\n");
}

#[test]
fn standard_input_is_run() {
    let output = with_input(&["-"], b"for i in range(3) { print(i) }\n");
    assert_eq!(stdout(&output), "0\n1\n2\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn arguments_come_as_they_are() {
    let output = run(&["-e", "print(args())", "a", "-x", "--jit", "off", "-e"]);
    assert_eq!(stdout(&output), "[\"a\", \"-x\", \"--jit\", \"off\", \"-e\"]\n");
    let file = Temporary::new("args.mini", b"print(args())\n");
    let output = run(&[file.path(), "--help", "--", "z"]);
    assert_eq!(stdout(&output), "[\"--help\", \"--\", \"z\"]\n");
}

#[test]
fn both_engines_can_be_chosen() {
    for engine in ["tree", "bytecode"] {
        let output = run(&["--engine", engine, "-e", "print(40 + 2)"]);
        assert_eq!(stdout(&output), "42\n", "{engine}: {}", stderr(&output));
    }
    assert_eq!(run(&["--engine", "other", "-e", "1"]).status.code(), Some(2));
}

#[test]
fn a_missing_file_is_status_2() {
    let output = run(&["/nowhere/at/all.mini"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains("/nowhere/at/all.mini"));
}

#[test]
fn a_folder_is_status_2() {
    assert_eq!(run(&["/"]).status.code(), Some(2));
}

#[test]
fn a_wrong_option_is_status_2() {
    for arguments in [&["--no-such-option"][..], &["--jit", "nonsense=1", "-e", "1"], &["-e"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!stderr(&output).is_empty());
    }
    let output = mini().args(["-e", "1"]).env("HOLLOWAY_JIT", "nonsense=1").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("nonsense"));
}

#[test]
fn the_option_wins_over_the_variable() {
    let mut command = mini();
    let output = command.args(["--jit", "off", "-e", "print(1)"]).env("HOLLOWAY_JIT", "on");
    assert_eq!(stdout(&output.output().unwrap()), "1\n");
}

#[test]
fn help_and_version() {
    for option in ["--help", "--version"] {
        let output = run(&[option]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("mini"));
    }
    let output = run(&["--jit", "help"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("threshold"));
}

#[test]
fn text_that_is_not_utf_8_is_status_2() {
    let file = Temporary::new("bytes.mini", b"print(1)\n\xff\xfe\n");
    let output = run(&[file.path()]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "");
    assert_eq!(with_input(&["-"], b"\x80").status.code(), Some(2));
}

#[test]
fn an_error_shows_its_place_and_the_calls() {
    let text = b"fn inner(x) {\n    return x + nil\n}\nfn outer() { return inner(1) }\nouter()\n";
    let file = Temporary::new("error.mini", text);
    let output = run(&[file.path()]);
    let shown = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    for part in ["error.mini:2:", "return x + nil", "^", "inner", "outer"] {
        assert!(shown.contains(part), "`{part}` is not in\n{shown}");
    }
}

#[test]
fn syntax_errors_show_their_places() {
    let output = run(&["-e", "print(1)\nlet = 1\nlet b = )\n"]);
    let shown = stderr(&output);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "");
    for part in [":2:", ":3:", "let = 1", "let b = )", "^"] {
        assert!(shown.contains(part), "`{part}` is not in\n{shown}");
    }
}

#[test]
fn the_status_of_exit_is_that_of_the_process() {
    assert_eq!(run(&["-e", "exit(7)"]).status.code(), Some(7));
    assert_eq!(run(&["-e", "exit(256)"]).status.code(), Some(0));
}

#[test]
fn input_is_read_line_by_line() {
    let code = "let line = input()\nwhile line != nil { print(repr(line)); line = input() }";
    let output = with_input(&["-e", code], "one\r\n\nthrée".as_bytes());
    assert_eq!(stdout(&output), "\"one\"\n\"\"\n\"thrée\"\n");
}

#[test]
fn files_are_written_and_read() {
    let file = Temporary::new("data.txt", b"");
    let code = "let p = args()[0]\nwrite_file(p, 'a\\u{e9}\\n')\nprint(repr(read_file(p)))";
    assert_eq!(stdout(&run(&["-e", code, file.path()])), "\"aé\\n\"\n");
    let output = run(&["-e", "read_file('/nowhere/at/all')"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("[value]"));
}

#[test]
fn endless_recursion_is_an_error() {
    for engine in ["tree", "bytecode"] {
        for code in ["fn f(n) { return f(n + 1) + 1 }\nf(0)", "fn f() { return [f()] } f()"] {
            let output = run(&["--engine", engine, "-e", code]);
            assert_eq!(output.status.code(), Some(1), "{engine}: {}", stderr(&output));
            assert!(stderr(&output).contains("stack_overflow"));
        }
    }
}

#[test]
fn deep_nesting_of_the_source_does_not_crash() {
    for (open, middle, close) in
        [("(", "1", ")"), ("[", "", "]"), ("-", "1", ""), ("fn() {", "", "}"), ("if 1 {", "", "}")]
    {
        let depth = 100_000;
        let text = format!("let a = 1\n{}{middle}{}\n", open.repeat(depth), close.repeat(depth));
        let file = Temporary::new("deep.mini", text.as_bytes());
        let output = run(&[file.path()]);
        let status = output.status.code();
        assert!(matches!(status, Some(0..=2)), "{open}: {:?}", output.status);
    }
}

/// Starts an endless loop and waits until it has printed its first line.
fn endless(arguments: &[&str]) -> Child {
    let code = "print('on')\nlet i = 0\nwhile true { i = (i + 1) % 1000 }";
    let mut command = mini();
    command.args(arguments).args(["-e", code]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    sleep(Duration::from_millis(500));
    child
}

/// Waits for the end of a process; kills it if that takes too long.
fn end(mut child: Child) -> Option<Duration> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(5) {
        if child.try_wait().unwrap().is_some() {
            return Some(start.elapsed());
        }
        sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

#[test]
fn an_endless_loop_can_be_interrupted() {
    for arguments in [&["--engine", "tree"][..], &["--jit", "off"], &["--jit", "on"]] {
        let child = endless(arguments);
        let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(interrupted.unwrap().success());
        let took = end(child);
        assert!(took.is_some_and(|t| t < Duration::from_millis(1000)), "{arguments:?}: {took:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn no_memory_is_writable_and_executable() {
    let mut child = endless(&["--jit", "threshold=1"]);
    let maps = std::fs::read_to_string(format!("/proc/{}/maps", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!maps.lines().any(|line| line.contains("rwx")), "{maps}");
}

//! Sessions of the read-eval-print loop without its terminal.
//!
//! A session is a file in `sessions`: a line `> INPUT`, which `+ ` continues, and below it what is shown. `...` stands for any text
//! within a line. A last line `status N` says how the session ends. In `evaluator.txt` the metacircular evaluator gets the inputs.

use std::path::Path;

use frontend::{Captured, Streams};

/// The inputs of a session, what is to be shown, and its status.
fn parse(text: &str) -> (Vec<String>, String, u8) {
    let (mut inputs, mut shown, mut status) = (Vec::<String>::new(), String::new(), 0);
    for line in text.lines() {
        if let Some(input) = line.strip_prefix("> ") {
            inputs.push(input.to_owned());
        } else if let Some(more) = line.strip_prefix("+ ") {
            let input = inputs.last_mut().expect("an input to continue");
            input.push('\n');
            input.push_str(more);
        } else if let Some(number) = line.strip_prefix("status ") {
            status = number.parse().unwrap();
        } else {
            shown += &format!("{line}\n");
        }
    }
    (inputs, shown, status)
}

/// Is a line as it should be?
fn fits(line: &str, wanted: &str) -> bool {
    match wanted.split_once("...") {
        Some((start, end)) => {
            line.len() >= start.len() + end.len() && line.starts_with(start) && line.ends_with(end)
        }
        None => line == wanted,
    }
}

#[test]
fn sessions_go_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions");
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let (inputs, wanted, status) = parse(&std::fs::read_to_string(&path).unwrap());
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let captured = Captured::default();
        let streams = Streams::captured(&captured, &captured);
        let metacircular = path.ends_with("evaluator.txt");
        let config = lisp::Config { metacircular, ..lisp::Config::default() };
        let ended = lisp::repl::run_inputs(&config, streams, &inputs);
        let shown = captured.take_text();
        let (lines, wanted_lines) = (shown.lines().count(), wanted.lines().count());
        let mut pairs = shown.lines().zip(wanted.lines());
        let path = path.display();
        assert!(lines == wanted_lines && pairs.all(|(l, w)| fits(l, w)), "{path} shows\n{shown}");
        assert_eq!(ended, status, "{path}");
    }
}

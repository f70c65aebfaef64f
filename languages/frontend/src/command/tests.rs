//! Where the options of the language end and the program's begin.

use std::ffi::OsString;

use clap::{CommandFactory, Parser};

use super::{Program, divide};
use crate::Config;

/// A language with one option of every kind.
#[derive(Parser)]
#[command(name = "sample")]
struct Sample {
    #[command(flatten)]
    _program: Program,
    #[arg(short = 'p', long = "print")]
    _print: Option<String>,
    #[arg(short = 'i', long = "interactive")]
    _interactive: bool,
    #[arg(long = "engine")]
    _engine: Option<String>,
    #[command(flatten)]
    _config: Config,
}

/// `own | rest` of the line.
fn divided(line: &str) -> String {
    let all = line.split_whitespace().map(OsString::from).collect();
    let (own, rest) = divide(&Sample::command(), &["eval", "print"], all);
    let text = |part: &[OsString]| part.join(" ".as_ref()).to_string_lossy().into_owned();
    format!("{} | {}", text(&own), text(&rest))
}

#[test]
fn the_program_ends_the_options() {
    let table = [
        ("", " | "),
        ("a --jit b", "a | --jit b"),
        ("--jit off a b", "--jit off a | b"),
        ("--jit=off a -e b", "--jit=off a | -e b"),
        ("--engine x --max-heap 1M a -i", "--engine x --max-heap 1M a | -i"),
        ("--stats a b", "--stats a | b"),
        ("--trace=t --stats=json a --stats", "--trace=t --stats=json a | --stats"),
        ("-e c d", "-e c | d"),
        ("--eval c d", "--eval c | d"),
        ("--eval=c d", "--eval=c | d"),
        ("-ec d", "-ec | d"),
        ("-pc --help", "-pc | --help"),
        ("--print c --help", "--print c | --help"),
        ("-i a -i", "-i a | -i"),
        ("-ie c d", "-ie c | d"),
        ("- a", "- | a"),
        ("-- -a b", "-- -a | b"),
        ("--unknown a b", "--unknown a | b"),
        ("--jit", "--jit | "),
        ("-e", "-e | "),
    ];
    for (line, expected) in table {
        assert_eq!(divided(line), expected, "{line}");
    }
}

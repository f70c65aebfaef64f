//! What the world `Run` costs: the loop on the framework against the loop by hand, as one number per program.
//!
//! Where code happens to lie decides how well indirect jumps are predicted, and other work on the machine comes and goes. So
//! the measurement runs in many processes, each at addresses of its own; in each the two loops take turns, and the fastest turn
//! of either counts. Printed are the quartiles of the ratios of these.
//!
//! `cargo bench -p holloway-benches --bench ratio`

use holloway::JitOptions;
use holloway_benches::{LOOPSUM, Op, SUM, by_hand, loopsum_slots, on_framework};
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

const PROCESSES: usize = 31;
const ROUNDS: usize = 8;
/// Of the loops: enough for what it takes to make a runtime not to count.
const TURNS: i64 = 200_000;
/// In the environment of a process that measures.
const CHILD: &str = "HOLLOWAY_RATIO_CHILD";

static PROGRAMS: [(&str, &[Op]); 2] = [("loopsum", LOOPSUM), ("sum", SUM)];

fn time(run: impl FnOnce() -> Result<i64, &'static str>) -> Duration {
    let began = Instant::now();
    black_box(run()).expect("the programs have no errors");
    began.elapsed()
}

/// The ratio for one program, in this process.
fn measure(code: &'static &'static [Op]) -> f64 {
    let slots = loopsum_slots(TURNS);
    let off = JitOptions { enabled: false, ..JitOptions::default() };
    let (mut by_hand, mut on_framework) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        by_hand = by_hand.min(time(|| by_hand::run(black_box(code), black_box(&slots))));
        let run = || on_framework::run(black_box(code), black_box(&slots), off.clone());
        on_framework = on_framework.min(time(run));
    }
    on_framework.as_secs_f64() / by_hand.as_secs_f64()
}

/// The ratios for all programs, from a new process.
fn measure_elsewhere() -> Option<Vec<f64>> {
    let this = std::env::current_exe().ok()?;
    let output = Command::new(this).env(CHILD, "1").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().map(|word| word.parse().ok()).collect()
}

fn main() -> ExitCode {
    if std::env::var_os(CHILD).is_some() {
        for (_, code) in &PROGRAMS {
            println!("{}", measure(code));
        }
        return ExitCode::SUCCESS;
    }
    let runs: Option<Vec<Vec<f64>>> = (0..PROCESSES).map(|_| measure_elsewhere()).collect();
    let Some(runs) = runs else {
        eprintln!("ratio: a measuring process failed");
        return ExitCode::FAILURE;
    };
    println!("on the framework / by hand, {PROCESSES} processes: lower quartile, median, upper");
    for (i, (name, _)) in PROGRAMS.iter().enumerate() {
        let mut ratios: Vec<f64> = runs.iter().map(|run| run[i]).collect();
        ratios.sort_by(f64::total_cmp);
        let quartile = |q: usize| ratios[(ratios.len() - 1) * q / 4];
        println!("{name:8} {:.3} {:.3} {:.3}", quartile(1), quartile(2), quartile(3));
    }
    ExitCode::SUCCESS
}

//! Every way of running a program. All of them must do the same.

use holloway::optimize::PassId;

use crate::engine;

/// A way of running a program.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mode {
    /// Its name in test names and `# skip` comments.
    pub name: String,
    /// The engine: `tree` or `bytecode`.
    pub engine: String,
    /// What `--jit` takes.
    pub jit: String,
}

/// The seeds of the chaos modes.
const SEEDS: [u64; 2] = [1, 2];

impl Mode {
    /// A mode of the bytecode engine.
    pub fn bytecode(name: &str, jit: &str) -> Mode {
        Mode { name: name.to_owned(), engine: "bytecode".to_owned(), jit: jit.to_owned() }
    }

    /// The tree-walking engine: the reference all others are compared with.
    pub fn tree() -> Mode {
        Mode { name: "tree".to_owned(), engine: "tree".to_owned(), jit: "off".to_owned() }
    }

    /// Reading and compiling only.
    pub fn compile_only() -> Mode {
        Mode { name: "compile".to_owned(), engine: "none".to_owned(), jit: "off".to_owned() }
    }

    /// The bytecode engine, interpreting only.
    pub fn interp() -> Mode {
        Mode::bytecode("interp", "off")
    }
}

/// All modes that this build can run, the reference first.
pub fn all() -> Vec<Mode> {
    let mut modes = every();
    modes.retain(|mode| engine::has(&mode.engine));
    modes
}

/// The modes of a Lisp program. Each program runs interpreted, with everything compiled at once, and with a collection at each
/// turn; what is about compiled code in most other modes too, the rest in one of them. With `HOLLOWAY_MODES=all` in the
/// environment all programs run in all modes.
pub fn of_lisp(program: &str) -> Vec<Mode> {
    let mut modes = every();
    modes.retain(|mode| mode.engine == "bytecode");
    // Frames move to the heap early.
    modes.push(Mode::bytecode("shallow", "threshold=2,calls=2,stack_bytes=1100000"));
    if std::env::var_os("HOLLOWAY_MODES").is_some() {
        return modes;
    }
    let number = program.bytes().fold(7, |n, byte| n * 31 % 1_000_003 + usize::from(byte));
    let pass = |n: usize| format!("no-{}", PassId::ALL[(number + n) % PassId::ALL.len()].name());
    let chaos = format!("chaos-{}", SEEDS[number % SEEDS.len()]);
    let mut names = vec!["interp".to_owned(), "thr1".to_owned(), "stress".to_owned()];
    let hot = ["hot/", "calls/", "tailcalls/", "tower/", "regressions/"];
    if hot.iter().any(|folder| program.starts_with(folder)) {
        names.extend(["thr7", "loops", "opt-none", "shallow"].map(str::to_owned));
        names.extend([pass(0), pass(3), pass(6), chaos]);
    } else {
        match number % 4 {
            0 => names.push("opt-none".to_owned()),
            1 => names.push(chaos),
            _ => names.push(pass(0)),
        }
    }
    modes.retain(|mode| names.contains(&mode.name));
    modes
}

fn every() -> Vec<Mode> {
    let mut modes = vec![Mode::tree(), Mode::interp()];
    modes.push(Mode::bytecode("jit", "on"));
    modes.push(Mode::bytecode("thr1", "threshold=1,bridge=1,calls=1"));
    modes.push(Mode::bytecode("thr7", "threshold=7,bridge=3,calls=5"));
    modes.push(Mode::bytecode("loops", "threshold=1,bridge=1,strategy=loops"));
    modes.push(Mode::bytecode("functions", "calls=1,bridge=1,strategy=functions"));
    modes.push(Mode::bytecode("opt-none", "threshold=1,bridge=1,calls=1,opt=none"));
    for pass in PassId::ALL.map(PassId::name) {
        let name = format!("no-{pass}");
        modes.push(Mode::bytecode(&name, &format!("threshold=1,bridge=1,calls=2,opt=-{pass}")));
    }
    for seed in SEEDS {
        let name = format!("chaos-{seed}");
        modes.push(Mode::bytecode(&name, &format!("threshold=2,bridge=2,calls=2,chaos={seed}")));
    }
    // A collection at every merge point, moved-from memory poisoned, the heap verified.
    modes.push(Mode::bytecode("stress", "threshold=1,bridge=1,stress=1"));
    modes
}

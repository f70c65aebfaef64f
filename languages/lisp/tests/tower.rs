//! The tower collapses: a loop of a program that the metacircular evaluator runs, or that it runs in itself, becomes a loop of
//! machine code with hardly anything in it but what the program does. Counted in operations, not in time.

use std::sync::{Arc, Mutex};

use frontend::{Captured, Interrupt, Streams, with_deep_stack};
use holloway::JitOptions;
use holloway::observe::{Event, Observer, Source, Stats};
use holloway::trace::{Opcode, Trace};
use lisp::machine::Machine;
use lisp::vm::Vm;

const EVALUATOR: &str = include_str!("../scheme/metacircular.scm");

/// Keeps the bodies of the loops that were compiled: the operations behind the label.
struct Bodies(Arc<Mutex<Vec<Vec<Opcode>>>>);

fn body(trace: &Trace) -> Option<Vec<Opcode>> {
    let label = trace.label()?;
    // Phis and virtuals are no code.
    let is_code = |code: &Opcode| !matches!(code, Opcode::Phi | Opcode::Virtual);
    Some(trace.ops[label + 1..].iter().map(|op| op.code).filter(is_code).collect())
}

impl Observer for Bodies {
    fn event(&mut self, event: &Event<'_>, _: &dyn Source, _: &Stats) {
        if let Event::Compiled { trace, .. } = event
            && let Some(body) = body(trace)
        {
            self.0.lock().unwrap().push(body);
        }
    }
}

/// What a program writes, and the bodies of its loops.
fn run(text: &str) -> (String, Vec<Vec<Opcode>>) {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let (output, errors) = (Captured::default(), Captured::default());
    let streams = Streams::captured(&output, &errors);
    let kept = bodies.clone();
    let result = with_deep_stack(move |limit| {
        let machine = Machine::new(streams, Vec::new(), Interrupt::default(), limit);
        let mut vm = Vm::new(machine, JitOptions::default()).map_err(|e| format!("{e:?}"))?;
        vm.runtime().observe(Box::new(Bodies(kept)));
        let result = vm.run_program("tower.scm", text).map_err(|e| format!("{e:?}"));
        vm.machine().ports.flush_all().map_err(|e| format!("{e:?}"))?;
        result.map(|_| ())
    });
    result.unwrap().unwrap();
    let bodies = bodies.lock().unwrap().clone();
    (output.take_text(), bodies)
}

/// A program in so many evaluators.
fn tower(program: &str, levels: u32) -> String {
    (0..levels).fold(program.to_owned(), |text, _| format!("{EVALUATOR}\n(m-run '({text}\n))\n"))
}

const COUNT: &str = "
    (define (count i n) (if (< i n) (count (+ i 1) n) i))
    (display (count 0 100000))";

/// Nothing is allocated and nothing called, and there are so many operations at most.
fn is_tight(body: &[Opcode], most: usize) -> bool {
    use Opcode::*;
    let costs = |code: &Opcode| matches!(code, New | NewArray | Call | CallVoid | CallGuest);
    body.contains(&IntLt) && body.len() <= most && !body.iter().any(costs)
}

#[test]
fn a_counting_loop_in_the_tower_is_a_counting_loop() {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        return;
    }
    for (levels, most) in [(0, 8), (1, 16), (2, 16)] {
        let (output, bodies) = run(&tower(COUNT, levels));
        assert_eq!(output, "100000", "in {levels} evaluators");
        let sizes: Vec<usize> = bodies.iter().map(Vec::len).collect();
        let tight = bodies.iter().any(|body| is_tight(body, most));
        assert!(tight, "in {levels} evaluators no loop is tight; they have {sizes:?} operations");
    }
}

//! A made-up compilation, told.

use super::*;
use crate::assemble::{Exit, LabelEntry, Piece};
use crate::observe::Location;
use crate::trace::{KeyId, Opcode, SnapId, parse};
use std::cell::RefCell;
use std::rc::Rc;

/// Where the test's code would lie.
const AT: usize = 0x7f00_1234_5000;

#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Places;

impl Source for Places {
    fn location(&self, key: KeyId) -> Location {
        let function = "main".to_owned();
        let opcode = ["ADD", "LESS"][key.0 as usize % 2].to_owned();
        Location { file: "dir/sum.mini".into(), line: key.0 + 3, column: 5, function, opcode }
    }

    fn code_name(&self, word: u64) -> Option<String> {
        (word == 0x5555_0000_0000).then(|| "f".to_owned())
    }
}

const TRACE: &str = "i0 = slot_load 4
label [i0] -> s0
i2 = phi 0
i3 = int_add_ovf i2, 93824992231425 -> s1
guard_value i3, 93823560581120 -> s1
jump self [i3]
s0: @0 {4: i2}
s1: @1 {4: i2}
";

fn code() -> (CompiledCode, Vec<u8>) {
    let exit = |op| Exit { op, snap: SnapId(1), live: vec![], sites: vec![], stub: 0 };
    let bytes = [
        &[0x48, 0x8b, 0x43, 0x20][..],               // mov rax, [rbx + 32]
        &[0x48, 0xb9, 1, 2, 0, 0, 0x55, 0x55, 0, 0], // mov rcx, 0x555500000201
        &[0x70, 0x02, 0xeb, 0xf2],                   // jo exit_0; jmp loop
        &[0x6a, 0x01, 0xe9, 0, 0, 0x10, 0],          // push 1; jmp far away
    ]
    .concat();
    let pieces = vec![
        (Piece::Op(0), AT),
        (Piece::LoopHead, AT + 4),
        (Piece::Op(3), AT + 4),
        (Piece::Op(5), AT + 16),
        (Piece::Stub(0), AT + 18),
    ];
    let code = CompiledCode {
        id: TraceId(1),
        entry: AT,
        inner: AT,
        direct: None,
        label: Some(LabelEntry { address: AT + 4, locs: vec![] }),
        exits: vec![exit(3), exit(4)],
        range: AT..AT + bytes.len(),
        spills: 0,
        pieces,
        call_sites: Vec::new(),
        valid_sites: vec![],
    };
    (code, bytes)
}

fn told(stages: Stages, color: bool) -> String {
    let out = Shared::default();
    let mut text = TraceText::new(Box::new(out.clone()), color, stages);
    let trace = parse(TRACE).unwrap();
    let (code, bytes) = code();
    let counts = Counts::default();
    let (id, at, stats) = (TraceId(1), KeyId(0), Stats::default());
    let mut tell = |event| text.event(&event, &Places, &stats);
    tell(Event::Start { id, at, parent: None, is_function: false, count: 59 });
    tell(Event::Compiled {
        id,
        at,
        parent: None,
        is_function: false,
        recording: &trace,
        trace: &trace,
        counts: &counts,
        code: &code,
        bytes: &bytes,
        nanos: [1, 2, 3],
    });
    let parent = Some((id, 1));
    tell(Event::Start { id: TraceId(2), at: KeyId(1), parent, is_function: false, count: 1 });
    let (reason, recording) = (Abort::TooLong, &trace);
    tell(Event::Abort { id: TraceId(2), at: KeyId(1), reason, detail: "", recording });
    tell(Event::End);
    String::from_utf8(out.0.take()).unwrap()
}

#[test]
fn every_event_has_its_line() {
    let text = told(Stages::EVENTS, false);
    let expected = "\
[trace 1 start] sum.mini:3:5 in main: ADD, after 59 passes
[trace 1 done] loop at sum.mini:3:5, closes on itself
    ops 6 -> 6, guards 2 -> 2, 25 bytes
[trace 2 start] bridge of trace 1 exit 1, sum.mini:4:5 in main: LESS,
    after 1 exit
[trace 2 abort] dir/sum.mini:4:5 in main: LESS: too_long,
    the recording got longer than the limit
    what to do: raise --jit trace_limit=N, or split the loop body
[end] 0 loops, 0 bridges, 0 recordings given up; 0 entries, 0 exits
";
    assert_eq!(text, expected);
}

#[test]
fn optimized_ops_show_their_exits_and_parse_again() {
    let text = told(Stages::parse("opt").unwrap(), false);
    assert!(text.contains("-> s1                    ; exit 1: sum.mini:4:5"), "{text}");
    assert!(text.contains("guard_value i3, &f"), "{text}");
    let ops: String =
        text.lines().filter(|l| !l.starts_with('[')).map(|l| format!("{l}\n")).collect();
    let again = parse(&ops).unwrap();
    assert_eq!(again.ops.len(), 6);
    assert_eq!(again.ops[3].code, Opcode::IntAddOvf);
}

#[test]
fn machine_code_has_labels_but_no_addresses() {
    let text = told(Stages::parse("asm").unwrap(), false);
    let expected = "\
[trace 1 code] 25 bytes
    ; i0 = slot_load 4
      mov       rax, [rbx+32]
  loop:
    ; i3 = int_add_ovf i2, 93824992231425 -> s1
      mov       rcx, runtime
      jo        exit_0
    ; jump self [i3]
      jmp       loop
  exit_0: push 1 / jmp leave
";
    assert_eq!(text, expected);
}

#[test]
fn colour_changes_nothing_else() {
    let plain = told(Stages::ALL, false);
    let mut coloured = told(Stages::ALL, true);
    for code in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[1;31m", "\x1b[1;36m"] {
        coloured = coloured.replace(code, "");
    }
    assert_eq!(plain, coloured);
}

#[test]
fn long_lines_break_where_something_ends() {
    let cases = [
        ("fits", 10, "fits", ""),
        ("1 loop, 2 bridges; 3 entries, 4 exits", 24, "1 loop, 2 bridges;", "3 entries, 4 exits"),
        ("a, loop of trace 5", 9, "a, loop", "of trace 5"),
        ("exit 0  f.mini:1:2: LESS  (guard)", 30, "exit 0  f.mini:1:2: LESS", "(guard)"),
        ("push 9 / push 0 / push 10", 20, "push 9 / push 0 /", "push 10"),
        ("öäüöäü öäü", 8, "öäüöäü", "öäü"),
        ("indivisible", 5, "indivisible", ""),
    ];
    for (text, columns, first, rest) in cases {
        assert_eq!(super::folded(text, columns), (first, rest));
    }
}

//! The peephole optimizer changes how fast a program runs, and nothing else: the whole corpus, with and
//! without it.

use std::path::{Path, PathBuf};

use bumpalo::Bump;
use frontend::{Captured, Interrupt, Source, Streams, with_deep_stack};
use holloway::JitOptions;
use mini::bytecode::Bytecode;
use mini::host::Host;
use mini::syntax::resolve::Options;
use mini::{builtins, syntax};

/// What a program prints, and the error that ends it with its places.
fn run(text: &str, peephole: bool) -> (String, Option<String>) {
    let written = Captured::default();
    let streams = Streams::captured(&written, &Captured::default());
    let error = with_deep_stack(|limit| {
        let arena = Bump::new();
        let options = Options {
            builtin: &builtins::find,
            known: &|_| None,
            first_global: 0,
            keep_root: false,
        };
        let program = match syntax::read(&arena, text, options) {
            Ok(program) => program,
            Err(errors) => return Some(format!("{errors:?}")),
        };
        let source = Source { name: "test.mini".to_owned(), text: text.to_owned() };
        let mut host = Host::new(streams, Vec::new(), Interrupt::default());
        // `# heap: N` in a program of the corpus: it may use so many MiB.
        let mut sizes = text.lines().filter_map(|line| line.strip_prefix("# heap: "));
        if let Some(mib) = sizes.next().and_then(|size| size.parse::<usize>().ok()) {
            host.limit_heap(mib << 20);
        }
        let jit = JitOptions { enabled: false, ..JitOptions::default() };
        let mut engine = Bytecode::new(host, limit, jit).with_peephole(peephole);
        let result = engine.run(&program, &source, 0);
        engine.host().flush().expect("memory takes everything");
        result.err().map(|e| {
            let frames = &e.frames()[..e.frames().len().min(20)];
            format!("{e} {:?} {frames:?}", e.origin())
        })
    })
    .expect("there is room for a stack");
    (written.take_text(), error)
}

fn agree(name: &str, text: &str) {
    let (with, without) = (run(text, true), run(text, false));
    assert_eq!(with, without, "{name}: with the peephole optimizer, and without");
}

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|n| n != "wishlist") {
                programs(&path, found);
            }
        } else if path.extension().is_some_and(|e| e == "mini") {
            found.push(path);
        }
    }
}

#[test]
fn the_corpus_does_the_same_without_it() {
    let mut found = Vec::new();
    programs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs/mini"), &mut found);
    assert!(found.len() > 100, "the corpus is larger than {}", found.len());
    for path in found {
        // Programs that are not UTF-8 are none of the compiler's business.
        if let Ok(text) = std::fs::read_to_string(&path) {
            agree(&path.display().to_string(), &text);
        }
    }
}

#[test]
fn jumps_reach_far() {
    let mut text = String::from("let x = 0\nlet i = 0\nlet a = [1]\n");
    for (head, tail) in [
        ("while i < 3 {\n", "i += 1\n}\n"),
        ("for k in range(2) {\n", "}\n"),
        ("for k in range(4, 0, -2) {\n", "}\n"),
        ("for k in a {\n", "}\n"),
        ("if x > 5 and i == 3 or x < 0 {\n", "} else { x += 7 }\n"),
    ] {
        text.push_str(head);
        text.push_str(&"x = x + i * 2\n".repeat(20_000));
        text.push_str(tail);
    }
    text.push_str("print(x, i)\n");
    let far = run(&text, true);
    assert_eq!(far, run(&text, false));
    // 3 turns with i = 0, 1, 2; then 2 + 2 + 1 turns and one branch with i = 3.
    assert_eq!(far.0, format!("{} 3\n", 20_000 * (2 * 3 + 6 * 6)));
}

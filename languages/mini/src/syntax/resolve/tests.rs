//! Tests of name resolution: where variables live, and which uses are checked.

use bumpalo::Bump;

use super::{Options, Storage};
use crate::syntax::parser::parse;

/// The storage of every variable, and the names whose uses are checked.
fn resolved(source: &str, keep_root: bool) -> (String, Vec<String>) {
    let arena = Bump::new();
    let (program, errors) = parse(&arena, source);
    assert_eq!(errors, [], "{source}");
    let options = Options { builtin: &|_| None, known: &|_| None, first_global: 0, keep_root };
    let (resolution, errors) = super::resolve(&program, options);
    assert_eq!(errors, [], "{source}");
    let storage: Vec<String> = resolution
        .variables
        .iter()
        .map(|v| match v.storage {
            Storage::Slot => format!("{}:slot{}", v.name, v.slot),
            Storage::Cell => format!("{}:cell{}", v.name, v.slot),
            Storage::Global(global) => format!("{}:global{global}", v.name),
        })
        .collect();
    let checked = resolution
        .names
        .iter()
        .filter(|n| n.check)
        .filter_map(|n| n.variable)
        .map(|v| resolution.variable(v).name.to_owned())
        .collect();
    (storage.join(" "), checked)
}

#[test]
fn storage_and_checks() {
    let table: &[(&str, &str, &[&str])] = &[
        ("let x = 1; x", "x:slot0", &[]),
        ("x; let x = 1", "x:slot0", &["x"]),
        ("let x = x", "x:slot0", &["x"]),
        ("if a { let x = 1 }; if b { let y = 1 }", "x:slot0 y:slot0", &[]),
        // the outermost block, used by functions
        ("fn f() { f() }", "f:global0", &[]),
        ("let x = 1; fn f() { x }", "x:global0 f:slot1", &["x"]),
        ("let x = 1; let f = fn() { x }", "x:global0 f:slot1", &[]),
        // captured by value
        ("fn f(x) { return fn() { x } }", "f:slot0 x:slot0", &[]),
        ("for x in a { push(fn() { x }) }", "x:slot0", &[]),
        ("while a { let x = 1; fn() { x } }", "x:slot0", &[]),
        // captured by cell
        ("fn f(x) { return fn() { x += 1 } }", "f:slot0 x:cell0", &[]),
        ("while a { let f = fn() { f() } }", "f:cell0", &["f"]),
        ("while a { fn f() { g() }; fn g() { f() } }", "f:cell0 g:cell1", &[]),
        ("while a { fn f() { x }; let x = 1 }", "f:slot0 x:cell1", &["x"]),
        // through a function in between
        ("fn f(x) { return fn() { fn() { x } } }", "f:slot0 x:slot0", &[]),
        // hidden variables
        (
            "while a { class A { }; class B < A { fn f() { super.f(self) } } }",
            "A:slot0 B:slot1 super:slot2 self:slot0",
            &[],
        ),
        ("fn f() { let C = 1; class D < C { } }", "f:slot0 C:slot0 D:slot1 super:slot2", &["C"]),
    ];
    for (source, storage, checked) in table {
        let (found, names) = resolved(source, false);
        assert_eq!(found, *storage, "{source}");
        assert_eq!(names, *checked, "{source}");
    }
}

#[test]
fn a_repl_keeps_its_outermost_variables() {
    assert_eq!(resolved("let x = 1; fn f() { }", true).0, "x:global0 f:global1");
}

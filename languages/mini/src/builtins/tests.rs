//! Tests of the built-ins, as programs: the left column prints the right one.

use super::TABLE;
use crate::{Config, EngineKind, run_captured};

fn run(source: &str) -> String {
    let config = Config { engine: EngineKind::Tree, ..Config::default() };
    let outcome = run_captured(&config, source.as_bytes());
    let errors = String::from_utf8_lossy(&outcome.errors).into_owned();
    match errors.strip_prefix("error[") {
        Some(rest) => rest.split(']').next().unwrap_or_default().to_owned(),
        None => String::from_utf8_lossy(&outcome.output).into_owned() + &errors,
    }
}

fn check(table: &[(&str, &str)]) {
    for (source, expected) in table {
        assert_eq!(run(&format!("write({source})")), *expected, "{source}");
    }
}

#[test]
fn the_table_is_in_order() {
    assert!(TABLE.is_sorted_by_key(|b| b.name));
}

#[test]
fn conversions() {
    check(&[
        (
            "int('  -042 '), int(-2.9), int(1e20), int('123456789012345678901')",
            "-42 -2 100000000000000000000 123456789012345678901",
        ),
        ("int('4x')", "value"),
        ("int('')", "value"),
        ("int(1e400)", "value"),
        ("int(true)", "type"),
        ("int(nil)", "type"),
        ("float('1e3'), float(' inf '), float('-nan'), float(2)", "1000.0 inf nan 2.0"),
        ("float('1_0')", "value"),
        ("float(false)", "type"),
        (
            "type(nil), type(1), type(2 ** 70), type(1.0), type(''), type([]), type(print)",
            "nil int int float string array function",
        ),
        ("repr('a\\n\"\\u{1b}\\u{7f}é'), [\"it's\"]", "\"a\\n\\\"\\u{1b}\\u{7f}é\" [\"it's\"]"),
        (
            "fixed(3.14159, 2), fixed(2.5, 0), fixed(2, 3), fixed(-0.001, 2), fixed(2 ** 70, 1)",
            "3.14 2 2.000 -0.00 1180591620717411303424.0",
        ),
        ("fixed(1, -1)", "value"),
        ("len(fixed(0.1, 5000))", "5002"),
        ("print", "<fn print>"),
        ("fn(x) { }", "<fn>"),
        ("print(1, 2, 3, 4) == nil", "1 2 3 4\ntrue"),
    ]);
}

#[test]
fn mathematics() {
    check(&[
        (
            "abs(-3), abs(-2.5), abs(-9223372036854775808), abs(-(2 ** 70))",
            "3 2.5 9223372036854775808 1180591620717411303424",
        ),
        ("min(3, 1, 2), max([1.5, 2]), min('b', 'a'), max(1, 1.0)", "1 2 a 1"),
        ("min(1)", "type"),
        ("min([])", "value"),
        ("min()", "argument"),
        ("min(1, 'a')", "type"),
        ("max(true, false)", "type"),
        (
            "floor(-1.5), ceil(-1.5), round(2.5), round(-2.5), round(0.49999999999999994), floor(7)",
            "-2 -1 3 -3 0 7",
        ),
        ("floor(1e300) == int(1e300), round(float('nan'))", "value"),
        (
            "sqrt(16), sqrt(-1), log(0), exp(0), pow(2, 10), pow(2, -1), atan2(1, 1)",
            "4.0 nan -inf 1.0 1024 0.5 0.7853981633974483",
        ),
        ("sqrt('4')", "type"),
        ("sin(1, 2)", "argument"),
    ]);
}

#[test]
fn sequences() {
    check(&[
        ("len('aé😀'), len([1, 2])", "3 2"),
        ("len(5)", "type"),
        (
            "slice('aé😀b', 1, -1), slice([1, 2, 3], -2, 100), slice([1], 1, 0), slice('abc', 2 ** 70, -(2 ** 70))",
            "é😀 [2, 3] [] ",
        ),
        (
            "contains([1, 'a'], 1.0), contains('hello', 'ell'), find('aé😀b', 'b'), find([1], 2)",
            "true true 3 -1",
        ),
        ("contains('a', 1)", "type"),
        ("find(1, 1)", "type"),
        (
            "split('a,b,,c', ','), split('aé', ''), split('', ','), join([1, 'a', [\"b\"]], '-')",
            "[\"a\", \"b\", \"\", \"c\"] [\"a\", \"é\"] [\"\"] 1-a-[\"b\"]",
        ),
        (
            "replace('aaa', 'a', 'bb'), upper('straße'), lower('ÀÉ'), trim('\\t x\\u{2003}')",
            "bbbbbb STRASSE àé x",
        ),
        ("replace('a', '', 'b')", "value"),
        ("ord('é'), chr(233), chr(0x1f600)", "233 é 😀"),
        ("ord('')", "value"),
        ("chr(0xd800)", "value"),
        ("chr(-1)", "value"),
        ("chr(2 ** 70)", "value"),
        ("chr(1.0)", "type"),
        ("range(3), range(2, 5), range(5, 0, -2), range(0)", "[0, 1, 2] [2, 3, 4] [5, 3, 1] []"),
        ("range(2 ** 64, 2 ** 64 + 2)", "[18446744073709551616, 18446744073709551617]"),
        ("range(9223372036854775806, 9223372036854775807, 5)", "[9223372036854775806]"),
        ("range(1, 2, 0)", "value"),
        ("range(1.0)", "type"),
        ("range(10 ** 15)", "memory"),
        ("range(2 ** 100)", "memory"),
    ]);
}

#[test]
fn arrays() {
    let table = [
        (
            "let a = [1, 3]; insert(a, 1, 2); insert(a, 3, 'x'); insert(a, -1, nil); write(a)",
            "[1, 2, 3, nil, \"x\"]",
        ),
        ("let a = [1, 2, 3]; write(remove(a, 0), remove(a, -1), pop(a), a)", "1 3 2 []"),
        ("insert([1], 2, 0)", "index"),
        ("insert([1], -2, 0)", "index"),
        ("remove([], 0)", "index"),
        ("pop([])", "index"),
        ("let a = [1, 2, 3]; a[len(a)] = 4", "index"),
        ("let a = [3, 1.5, 2]; sort(a); reverse(a); write(a)", "[3, 2, 1.5]"),
        ("let a = ['b', 'B', 'a']; sort(a); write(a)", "[\"B\", \"a\", \"b\"]"),
        ("sort([1, 'a'])", "type"),
        ("sort([true])", "type"),
        ("sort([1], 2)", "type"),
        (
            "let a = range(100); sort(a, fn(x, y) { return x % 10 < y % 10 }); write(slice(a, 0, 3))",
            "[0, 10, 20]",
        ),
        ("sort([1, 2], fn(x) { })", "argument"),
        ("let a = [1, 2]; let b = copy(a); b[0] = 9; write(a, b, copy('s'))", "[1, 2] [9, 2] s"),
        ("let a = [1]; push(a, a); write(a, str([a, a]))", "[1, ...] [[1, ...], [1, ...]]"),
        ("let a = []; for i in range(100000) { a = [a] }; write(len(str(a)))", "200002"),
        ("let a = [1]; for i in range(60) { a = [a, a] }; str(a)", "memory"),
        ("let a = [1]; a[0] = 1.5; push(a, 'x'); a[0] = 2; write(a)", "[2, \"x\"]"),
    ];
    for (source, expected) in table {
        if source.contains("range(60)") {
            let mut config = Config { engine: EngineKind::Tree, ..Config::default() };
            config.common.max_heap = Some(1 << 20);
            let outcome = run_captured(&config, source.as_bytes());
            assert!(outcome.errors.starts_with(b"error[memory]"));
        } else {
            assert_eq!(run(source), expected, "{source}");
        }
    }
}

#[test]
fn the_system() {
    let table = [
        ("assert(1, 'x'); assert(false, 'no')", "value"),
        ("assert(1)", "argument"),
        ("write(input() == nil, args())", "true []"),
        ("read_file('/nonexistent/file')", "value"),
        ("write_file('/nonexistent/file', '')", "value"),
        ("exit('a')", "type"),
        ("write(clock() >= 0.0)", "true"),
        ("write('x'); exit(3)", "x"),
    ];
    for (source, expected) in table {
        assert_eq!(run(source), expected, "{source}");
    }
}

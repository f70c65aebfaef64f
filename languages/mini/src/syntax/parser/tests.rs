//! Tests of the parser: trees, statement ends, and recovery after errors.

use bumpalo::Bump;

use super::parse;
use crate::syntax::ast::{Block, Expr, ExprKind, Function, LogicalOp, Stmt, StmtKind, Target};
use crate::syntax::resolve::{Options, resolve};
use crate::syntax::{errors, read};
use frontend::with_deep_stack;

/// A tree in Lisp's clothes.
fn show(block: &Block<'_>) -> String {
    block.statements.iter().map(statement).collect::<Vec<_>>().join(" ; ")
}

fn statement(s: &Stmt<'_>) -> String {
    match &s.kind {
        StmtKind::Expr(e) => expr(e),
        StmtKind::Let { name, value } => format!("(let {} {})", name.text, expr(value)),
        StmtKind::Assign { target, op, value, .. } => {
            let target = match target {
                Target::Variable(name) => name.text.to_owned(),
                Target::Index { object, index, .. } => format!("{}[{}]", expr(object), expr(index)),
                Target::Field { object, field, .. } => format!("{}.{}", expr(object), field.text),
            };
            format!("({target} {}= {})", op.map_or("", |o| o.text()), expr(value))
        }
        StmtKind::If { arms, otherwise } => {
            let mut text = "(if".to_owned();
            for arm in *arms {
                text += &format!(" {} {{{}}}", expr(arm.condition), show(arm.body));
            }
            text + &otherwise.map_or(String::new(), |b| format!(" else {{{}}}", show(b))) + ")"
        }
        StmtKind::While { condition, body } => {
            format!("(while {} {{{}}})", expr(condition), show(body))
        }
        StmtKind::For { variable, iterable, body } => {
            format!("(for {} {} {{{}}})", variable.text, expr(iterable), show(body))
        }
        StmtKind::Break => "break".to_owned(),
        StmtKind::Continue => "continue".to_owned(),
        StmtKind::Return(value) => {
            format!("(return{})", value.map_or(String::new(), |v| format!(" {}", expr(v))))
        }
        StmtKind::Function { function, .. } => closure(function),
        StmtKind::Class(class) => {
            let base = class.base.as_ref().map_or(String::new(), |b| format!(" < {}", b.name.text));
            let methods: Vec<String> = class.methods.iter().map(|m| closure(m)).collect();
            format!("(class {}{base} {})", class.name.text, methods.join(" "))
        }
        StmtKind::Try { body, variable, handler } => {
            format!("(try {{{}}} {} {{{}}})", show(body), variable.text, show(handler))
        }
        StmtKind::Throw(value) => format!("(throw {})", expr(value)),
    }
}

fn closure(f: &Function<'_>) -> String {
    let parameters: Vec<&str> = f.parameters.iter().map(|p| p.text).collect();
    let name = f.name.map_or(String::new(), |n| format!(" {n}"));
    format!("(fn{name} [{}] {{{}}})", parameters.join(" "), show(f.body))
}

fn expr(e: &Expr<'_>) -> String {
    let list = |es: &[Expr<'_>]| es.iter().map(expr).collect::<Vec<_>>().join(" ");
    match &e.kind {
        ExprKind::Nil => "nil".to_owned(),
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Int(i) => i.to_string(),
        ExprKind::BigInt { digits, radix } => format!("{digits}r{radix}"),
        ExprKind::Float(f) => format!("{f:?}"),
        ExprKind::String(s) => format!("{s:?}"),
        ExprKind::Name(name) => name.text.to_owned(),
        ExprKind::Array(es) => format!("[{}]", list(es)),
        ExprKind::Object(pairs) => {
            let pairs: Vec<String> =
                pairs.iter().map(|p| format!("{}: {}", p.key.text, expr(&p.value))).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        ExprKind::Function(f) => closure(f),
        ExprKind::Unary { op, operand } => format!("({} {})", op.text(), expr(operand)),
        ExprKind::Binary { op, left, right, .. } => {
            format!("({} {} {})", op.text(), expr(left), expr(right))
        }
        ExprKind::Logical { op, left, right } => {
            let op = if *op == LogicalOp::And { "and" } else { "or" };
            format!("({op} {} {})", expr(left), expr(right))
        }
        ExprKind::Call { callee, arguments } => format!("{}({})", expr(callee), list(arguments)),
        ExprKind::Index { object, index } => format!("{}[{}]", expr(object), expr(index)),
        ExprKind::Field { object, field } => format!("{}.{}", expr(object), field.text),
        ExprKind::Super { field, .. } => format!("super.{}", field.text),
    }
}

#[test]
fn trees() {
    let table = [
        // precedence
        ("1 + 2 * 3", "(+ 1 (* 2 3))"),
        ("1 - 2 - 3", "(- (- 1 2) 3)"),
        ("-2 ** 2", "(- (** 2 2))"),
        ("2 ** -1 ** 2", "(** 2 (- (** 1 2)))"),
        ("2 ** 3 ** 4", "(** 2 (** 3 4))"),
        ("~a ** b", "(~ (** a b))"),
        ("a or b and not c == d", "(or a (and b (not (== c d))))"),
        ("not not a", "(not (not a))"),
        ("not a and b", "(and (not a) b)"),
        ("a | b ^ c & d << e + f", "(| a (^ b (& c (<< d (+ e f)))))"),
        ("a == b | c", "(== a (| b c))"),
        ("-a.b[1](2)", "(- a.b[1](2))"),
        ("f(a)(b)[c].d", "f(a)(b)[c].d"),
        ("a // b % c / d", "(/ (% (// a b) c) d)"),
        ("9223372036854775807 9", "9223372036854775807"),
        ("9223372036854775808", "9223372036854775808r10"),
        ("0xffff_ffff_ffff_ffff", "ffffffffffffffffr16"),
        ("1_0.5_0", "10.5"),
        ("fn(x) { return x }(1)", "(fn [x] {(return x)})(1)"),
        ("{if: 1, 'a b': {}, }", "{if: 1, a b: {}}"),
        ("o.class.fn", "o.class.fn"),
        ("[1, 2,]", "[1 2]"),
        ("f(a, b,)", "f(a b)"),
        // line ends
        ("a +\n\n# c\nb", "(+ a b)"),
        ("a\n+b", "a"),
        ("a\n-b", "a ; (- b)"),
        ("a\n(b)", "a ; b"),
        ("a\n[b]", "a ; [b]"),
        ("a\n\n # c\n .b\n.c()", "a.b.c()"),
        ("(a\n+ b\n)", "(+ a b)"),
        ("[a\n(b)\n,\nc\n]", "[a(b) c]"),
        ("{a\n:\n1\n,b:2}", "{a: 1, b: 2}"),
        ("x =\n1", "(x = 1)"),
        ("x +=\n1", "(x += 1)"),
        ("not\na", "(not a)"),
        ("-\na", "(- a)"),
        ("a and\nb", "(and a b)"),
        ("f(fn() {\na\n-b\n})", "f((fn [] {a ; (- b)}))"),
        ("f(fn()\n{ a })", "f((fn [] {a}))"),
        ("fn f(a,\nb) { return\n1 }", "(fn f [a b] {(return) ; 1})"),
        (";;a;b;\n;", "a ; b"),
        ("if a { b } c", "(if a {b}) ; c"),
        ("if a { b }\n\n# c\nelse if c { d }\nelse { e }", "(if a {b} c {d} else {e})"),
        ("try { a }\ncatch e { b }", "(try {a} e {b})"),
        ("while a { break; continue }", "(while a {break ; continue})"),
        ("for x in {a: 1} { x }", "(for x {a: 1} {x})"),
        ("class A { fn b() { } ; fn c(x) { self.x = x } }", "(class A (fn b []  {}) )"),
        ("a[0].b = 1; a[i] += 2; (a)[0] = 3", "(a[0].b = 1) ; (a[i] += 2) ; (a[0] = 3)"),
        ("throw [1]", "(throw [1])"),
    ];
    for (source, tree) in table {
        let arena = Bump::new();
        let (program, _) = parse(&arena, source);
        let found = show(program.body);
        match source {
            s if s.starts_with("class") => {
                assert_eq!(found, "(class A (fn b [] {}) (fn c [x] {(self.x = x)}))");
            }
            _ => assert_eq!(found, tree, "{source}"),
        }
    }
}

/// The lines of the errors of a source and parts of their messages.
fn check_errors(source: &str, expected: &[(usize, &str)]) {
    let arena = Bump::new();
    let options =
        Options { builtin: &|_| None, known: &|_| None, first_global: 0, keep_root: false };
    let (program, mut found) = parse(&arena, source);
    found.extend(resolve(&program, options).1);
    let found: Vec<(usize, String)> = errors::in_order(found)
        .into_iter()
        .map(|e| (1 + source[..e.span.start as usize].matches('\n').count(), e.message))
        .collect();
    let same = found.len() == expected.len()
        && found.iter().zip(expected).all(|(f, e)| f.0 == e.0 && f.1.contains(e.1));
    assert!(same, "{source}\nexpected {expected:?}\nfound {found:?}");
}

#[test]
fn wrong_programs() {
    let table: &[(&str, &[(usize, &str)])] = &[
        ("let = 1\nlet x 2\nlet y", &[(1, "a name"), (2, "`=`"), (3, "`=`")]),
        ("let x = 1 let y = 2", &[(1, "the end of the statement, found `let`")]),
        ("a\n+ b\n* c", &[(2, "expression, found `+`"), (3, "expression, found `*`")]),
        ("a < b < c", &[(1, "cannot be chained")]),
        ("a == not b", &[(1, "`not` binds looser")]),
        ("x = y = 1", &[(1, "found `=`")]),
        (
            "(x) = 1\nf() = 1\n1 += 2\na + b = c",
            &[(1, "assign"), (2, "assign"), (3, "assign"), (4, "assign")],
        ),
        ("let\nx = 1", &[(1, "end of the line")]),
        ("if\na { }", &[(1, "end of the line"), (2, "the end of the statement")]),
        ("if a\n{ b }", &[(1, "`{`")]),
        ("if a { }\nelse\n{ b }\nc", &[(2, "`{`")]),
        ("fn f()\n{ }", &[(1, "`{`")]),
        ("fn f(a, 1) { let = 2 }\nlet = 3", &[(1, "a parameter"), (1, "a name"), (2, "a name")]),
        ("while x y { let = 1 }\nlet = 2", &[(1, "`{`"), (1, "a name"), (2, "a name")]),
        ("for x of y { let = 1 }", &[(1, "`in`"), (1, "a name")]),
        ("f((1, 2\nlet = 3\n", &[(1, "`)`"), (2, "a name")]),
        ("f((1 2)\n)\nlet = 3", &[(1, "`)`"), (3, "a name")]),
        ("f(1,\n 2 3,\n 4)\nlet = 3", &[(2, "`)`"), (4, "a name")]),
        ("}\n}\na b", &[(1, "`}`"), (2, "`}`"), (3, "end of the statement")]),
        ("fn f() {\n a b\n c d\n}\n e f", &[(2, "`b`"), (3, "`d`"), (5, "`f`")]),
        ("if a {", &[(1, "close the block that begins in line 1")]),
        ("'abc\nlet x = 1 1 'def", &[(1, "does not end"), (2, "a number")]),
        ("try { } \nfoo", &[(1, "`catch`")]),
        (
            "class { }\nclass A { x = 1; fn b() { } 3 }",
            &[(1, "a name"), (2, "a method"), (2, "a method")],
        ),
        ("let f = fn g() { }", &[(1, "statement of its own")]),
        ("{a 1}", &[(1, "`:`")]),
        ("super", &[(1, "`.` after `super`")]),
        ("1 $ 2 @", &[(1, "`$`")]),
        ("f(,)", &[(1, "an expression")]),
        ("a.\nb", &[(1, "a name after `.`")]),
        // found by the resolver
        ("let x = 1\nlet x = 2\nfn x() { }", &[(2, "already declared"), (3, "already declared")]),
        ("if a { let x = 1 }\nlet x = 2", &[]),
        ("fn f(x) { let x = 1 }\nfor y in z { let y = 1 }", &[]),
        ("fn f(a, b, a) { }", &[(1, "two parameters")]),
        ("class A { fn a() { }\nfn a() { } }", &[(2, "two methods")]),
        ("break\ncontinue\nreturn 1", &[(1, "`break`"), (2, "`continue`"), (3, "`return`")]),
        ("while a { fn() { break } }", &[(1, "`break`")]),
        ("self.x = 1\nfn f() { return self }", &[(1, "`self`"), (2, "`self`")]),
        ("class A { fn a() { fn() { self } } }", &[]),
        ("class A { fn a() { super.a() } }", &[(1, "`super`")]),
        ("class B { }\nclass A < B { fn a() { fn() { super.a() } } }", &[]),
        ("class A < A { }\nclass B < C { }\nclass C < B { }", &[(1, "itself"), (3, "itself")]),
        ("self = 1", &[(1, "cannot assign")]),
    ];
    for (source, expected) in table {
        check_errors(source, expected);
    }
}

#[test]
fn a_wrong_first_token_is_named_where_it_stands() {
    for (source, line) in [("a\n}", 2), ("a\n\n)", 3), ("a\n@", 2), ("if a {\n    b\n    )\n}", 3)]
    {
        let arena = Bump::new();
        let (_, errors) = parse(&arena, source);
        let start = errors[0].span.start as usize;
        assert_eq!(source[..start].matches('\n').count() + 1, line, "{source:?}: {errors:?}");
    }
}

#[test]
fn at_most_twenty_errors() {
    let source = "let = 1\n".repeat(100);
    let arena = Bump::new();
    let (_, errors) = parse(&arena, &source);
    assert_eq!(errors.len(), errors::MAX_ERRORS);
}

/// How many errors a source has, and the message of the first.
fn outcome(source: String) -> (usize, String) {
    with_deep_stack(|_| {
        let arena = Bump::new();
        let options =
            Options { builtin: &|_| None, known: &|_| None, first_global: 0, keep_root: false };
        match read(&arena, &source, options) {
            Ok(_) => (0, String::new()),
            Err(errors) => (errors.len(), errors[0].message.clone()),
        }
    })
    .unwrap()
}

#[test]
fn deep_and_long_programs() {
    let many = 100_000;
    let deep = [
        "(".repeat(many),
        "[".repeat(many),
        "-".repeat(many),
        "not ".repeat(many),
        "2 ** ".repeat(many),
        "if a { ".repeat(many),
        "fn() { ".repeat(many),
        "a[".repeat(many),
        "f(".repeat(many),
        format!("x = {}", "{a: ".repeat(many)),
        format!("{}1{}", "(".repeat(many), ")".repeat(many)),
        format!("{}{}", "while a { ".repeat(many), "}".repeat(many)),
        format!("{}{}", "class A { fn f() { ".repeat(many), "} }".repeat(many)),
    ];
    for source in deep {
        assert_eq!(outcome(source), (1, "nested too deeply".to_owned()));
    }
    let fine = [
        format!("a{}", " + a".repeat(many)),
        format!("a{}", "[0]".repeat(many)),
        format!("a{}", "()".repeat(many)),
        format!("[{}]", "1,".repeat(many)),
        format!("if a {{ }}{}", " else if a { }".repeat(10_000)),
        "a;".repeat(many),
        format!("{}1{}", "(".repeat(2_000), ")".repeat(2_000)),
    ];
    for source in fine {
        assert_eq!(outcome(source), (0, String::new()));
    }
    let (count, message) = outcome(format!("a{}", " + a".repeat(3 * many)));
    assert_eq!((count, message.as_str()), (1, "the expression is too long"));
}

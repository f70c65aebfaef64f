//! Random Scheme programs that have hot loops by construction.
//!
//! ```text
//! helpers, procedures           small ones that inline, one that recurs, one that escapes, a generator
//! variables of the program      numbers of changing type, a string, a list, a vector, a record
//! hot loops                     named lets, do loops, mutual tail calls; in them branches, stores,
//!                               escapes, closures, winds, handlers, parameters
//!   now and then:               a variable changes its type, a line is written
//! every variable, written
//! ```
//!
//! Every program ends: loops count, and what is assigned is kept small. A few end by an error late in
//! a hot loop.

use super::minimize::Program;
use super::random::Random;
use super::shape::Stmt;
use crate::language::Language;

/// What every program may call. `num` and `int` make any value usable, `keep` keeps it small.
const HELPERS: &str = "\
(define (num v) (if (number? v) v 0.25))
(define (int v) (if (and (number? v) (exact? v) (integer? v)) v 5))
(define (small v) (if (exact? v) (remainder (int v) 1000003) 1.5))
(define (keep v) (if (number? v) (if (and (< v 1e30) (> v -1e30)) v (small v)) v))
(define (rec n x) (if (<= n 0) x (+ 1 (rec (- n 1) x))))
(define (ping n x) (if (<= n 0) x (pong (- n 1) (+ x 1))))
(define (pong n x) (if (<= n 0) (- x) (ping (- n 1) (+ x 2))))
(define (total l) (let next ((l l) (s 0)) (if (pair? l) (next (cdr l) (+ s (num (car l)))) s)))
(define (first p l) (call/cc (lambda (k) (for-each (lambda (x) (if (p x) (k x))) l) 3)))
(define (each l f) (for-each f l))
(define (counter n) (lambda (d) (set! n (keep (+ n d))) n))
(define (winding thunk) (dynamic-wind (lambda () (set! winds (+ winds 1))) thunk (lambda () (set! winds (+ winds 100)))))
(define (safely thunk) (guard (e ((symbol? e) 7) ((error-object? e) (string-length (error-object-message e)))) (thunk)))
(define (stream-of n) (define back #f) (define (yield x) (call/cc (lambda (here) (set! go (lambda () (here #f))) (back x)))) (define (go) (let loop ((i 0)) (yield (* i i)) (loop (if (> i n) 0 (+ i 1))))) (lambda () (call/cc (lambda (k) (set! back k) (go)))))
(define-record-type point (make-point x y) point? (x point-x set-point-x!) (y point-y set-point-y!))
(define winds 0)
(define p1 (make-parameter 1))
(define next! (stream-of 6))
(define tick (counter 0))
(define pt (make-point 1 2.5))";

/// The state of making one program.
struct Maker {
    random: Random,
    /// Variables that hold anything.
    anys: Vec<String>,
    /// Local variables that are never assigned and hold ints.
    ints: Vec<String>,
    functions: usize,
    depth: usize,
    names: usize,
    /// The names of escapes that are in scope.
    escapes: Vec<String>,
}

/// The program of a seed.
pub fn generate(seed: u64) -> Program {
    let mut maker = Maker {
        random: Random::new(seed),
        anys: Vec::new(),
        ints: Vec::new(),
        functions: 0,
        depth: 0,
        names: 0,
        escapes: Vec::new(),
    };
    Program { language: Language::Lisp, statements: maker.program() }
}

impl Maker {
    fn program(&mut self) -> Vec<Stmt> {
        let mut out: Vec<Stmt> = HELPERS.lines().map(Stmt::line).collect();
        for n in 0..self.random.below(3) {
            self.ints = vec!["a".to_owned(), "b".to_owned()];
            let body = self.expr(3);
            out.push(Stmt::line(format!("(define (f{n} a b) {body})")));
            self.functions += 1;
        }
        self.ints.clear();
        for n in 0..2 + self.random.below(4) {
            let value = self.literal();
            out.push(Stmt::line(format!("(define v{n} {value})")));
            self.anys.push(format!("v{n}"));
        }
        out.push(Stmt::line("(define s \"\")"));
        out.push(Stmt::line("(define l '(1 2.5 x 4))"));
        let vectors =
            ["(make-vector 8 0)", "(make-vector 8 0.5)", "(vector 1 2.5 'x \"y\" #t 6 7 8)"];
        let vector = *self.random.pick(&vectors);
        out.push(Stmt::line(format!("(define v {vector})")));
        let in_procedure = self.random.chance(60);
        let hot: Vec<Stmt> = (0..1 + self.random.below(3)).map(|_| self.hot_loop()).collect();
        if in_procedure {
            out.push(Stmt::block("(define (main)", hot));
            out.push(Stmt::line("(main)"));
        } else {
            out.extend(hot);
        }
        for name in self.anys.iter().map(String::as_str).chain(["s", "l", "v", "winds"]) {
            out.push(Stmt::line(format!("(write {name}) (newline)")));
        }
        out.push(Stmt::line("(write (list (point-x pt) (point-y pt) (tick 0)))"));
        out
    }

    fn name(&mut self, what: &str) -> String {
        self.names += 1;
        format!("{what}{}", self.names)
    }

    /// A loop that gets hot: its counter is in scope in the body.
    fn hot_loop(&mut self) -> Stmt {
        let turns = match self.depth {
            0 => 14 + self.random.below(24),
            _ => 2 + self.random.below(6),
        };
        let (i, go) = (self.name("i"), self.name("go"));
        let known = (self.ints.len(), self.anys.len(), self.escapes.len());
        let assigned: Vec<String> = self.anys.clone();
        let start = self.expr(1);
        self.ints.push(i.clone());
        self.depth += 1;
        let statement = match self.random.below(5) {
            0 | 1 => {
                let acc = self.name("acc");
                self.ints.push(acc.clone());
                let mut body = self.body();
                let next = self.expr(2);
                let first = self.random.pick(&assigned).clone();
                body.push(Stmt::line(format!("(set! {first} {acc})")));
                body.push(Stmt::line(format!("({go} (+ {i} 1) (keep {next}))")));
                Stmt::block(
                    format!("(let {go} (({i} 0) ({acc} {start})) (when (< {i} {turns})"),
                    body,
                )
            }
            2 => Stmt::block(format!("(do (({i} 0 (+ {i} 1))) ((= {i} {turns}))"), self.body()),
            3 => {
                self.escapes.push(go.clone());
                let head = format!("(do (({i} {turns} (- {i} 1))) ((= {i} 0))");
                Stmt::block(
                    format!("(call/cc (lambda ({go})"),
                    vec![Stmt::block(head, self.body())],
                )
            }
            _ => {
                let body = self.body();
                let list = (0..turns).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
                Stmt::block(format!("(each '({list}) (lambda ({i})"), body)
            }
        };
        self.depth -= 1;
        self.ints.truncate(known.0);
        self.anys.truncate(known.1);
        self.escapes.truncate(known.2);
        statement
    }

    fn body(&mut self) -> Vec<Stmt> {
        (0..2 + self.random.below(4)).map(|_| self.statement()).collect()
    }

    fn block(&mut self) -> Vec<Stmt> {
        (0..1 + self.random.below(2)).map(|_| self.statement()).collect()
    }

    fn statement(&mut self) -> Stmt {
        let deep = self.depth > 2;
        match self.random.weighted(&[
            (30, 0),
            (if deep { 0 } else { 12 }, 1),
            (if deep { 0 } else { 8 }, 2),
            (8, 3),
            (6, 4),
            (5, 5),
            (5, 6),
            (4, 7),
            (4, 8),
            (if self.depth > 1 { 0 } else { 10 }, 9),
            (4, 10),
            (2, 11),
            (if self.escapes.is_empty() { 0 } else { 8 }, 12),
        ]) {
            0 => self.assignment(),
            1 => {
                let test = self.test();
                self.nested(format!("(when {test}"))
            }
            2 => {
                let test = self.test();
                let arms = vec![self.nested("(begin".into()), self.nested("(begin".into())];
                Stmt::block(format!("(if {test}"), arms)
            }
            3 => {
                let (index, value) = (self.expr(1), self.value());
                Stmt::line(format!("(vector-set! v (modulo (int {index}) 8) {value})"))
            }
            4 => {
                let value = self.value();
                Stmt::line(format!("(set! l (cons {value} (if (> (length l) 6) '() l)))"))
            }
            5 => {
                let text = *self.random.pick(&["a", "bc", "λ"]);
                let most = 3 + self.random.below(20);
                Stmt::line(format!(
                    "(set! s (if (> (string-length s) {most}) \"\" (string-append s \"{text}\")))"
                ))
            }
            6 => {
                let value = self.expr(2);
                let field = *self.random.pick(&["x", "y"]);
                Stmt::line(format!("(set-point-{field}! pt (keep {value}))"))
            }
            7 => self.nested("(winding (lambda ()".into()),
            8 => {
                let value = self.expr(1);
                self.nested(format!("(parameterize ((p1 {value}))"))
            }
            9 => self.hot_loop(),
            10 => {
                let x = self.name("x");
                let value = self.expr(2);
                self.ints.push(x.clone());
                let head = match self.random.below(2) {
                    0 => format!("(let (({x} {value}))"),
                    _ => {
                        format!("(call-with-values (lambda () (values {value} 2)) (lambda ({x} y)")
                    }
                };
                let body = self.nested(head);
                self.ints.pop();
                body
            }
            11 => {
                let (turn, name) = (self.rare(), self.random.pick(&self.anys).clone());
                Stmt::line(format!("(when {turn} (write {name}) (newline))"))
            }
            _ => {
                let (test, name) = (self.rare(), self.random.pick(&self.escapes).clone());
                Stmt::line(format!("(when {test} ({name} 0))"))
            }
        }
    }

    fn nested(&mut self, head: String) -> Stmt {
        self.depth += 1;
        let body = self.block();
        self.depth -= 1;
        Stmt::block(head, body)
    }

    /// A variable gets a value, now and then of another type.
    fn assignment(&mut self) -> Stmt {
        let name = self.random.pick(&self.anys).clone();
        if self.random.chance(12) {
            let (test, value) = (self.rare(), self.literal());
            return Stmt::line(format!("(when {test} (set! {name} {value}))"));
        }
        if self.random.chance(2) {
            let test = self.rare();
            return Stmt::line(format!("(when {test} (car {name}))"));
        }
        let value = self.expr(3);
        Stmt::line(format!("(set! {name} (keep {value}))"))
    }

    /// True in few turns of the loops around.
    fn rare(&mut self) -> String {
        let turn = self.random.below(20);
        match self.ints.is_empty() {
            true => format!("(= winds {turn})"),
            false => format!("(eqv? {} {turn})", self.random.pick(&self.ints)),
        }
    }

    fn test(&mut self) -> String {
        let (a, b) = (self.expr(1), self.expr(1));
        match self.random.below(8) {
            0 => format!("(even? (int {a}))"),
            1 => format!("(pair? {})", self.any()),
            2 => format!("(exact? (num {}))", self.any()),
            3 => format!("(eqv? {a} {b})"),
            4 => format!("(not (= {a} {b}))"),
            5 => format!("(and (< {a} {b}) (not (eq? 'x {})))", self.any()),
            _ => format!("({} {a} {b})", self.random.pick(&["<", "<=", ">", ">=", "="])),
        }
    }

    fn any(&mut self) -> String {
        match self.random.below(4) {
            _ if self.anys.is_empty() => "(car l)".to_owned(),
            0 => "(car l)".to_owned(),
            1 => format!("(vector-ref v {})", self.random.below(8)),
            _ => self.random.pick(&self.anys).clone(),
        }
    }

    /// Any value, to be stored.
    fn value(&mut self) -> String {
        match self.random.below(8) {
            0 => "'sym".to_owned(),
            1 => "s".to_owned(),
            2 => "#\\c".to_owned(),
            3 => self.literal(),
            _ => format!("(keep {})", self.expr(2)),
        }
    }

    fn literal(&mut self) -> String {
        let literals = [
            "0",
            "1",
            "-1",
            "7",
            "100",
            "0.5",
            "-2.25",
            "1e10",
            "1/3",
            "4611686018427387903",
            "-4611686018427387904",
            "9223372036854775807",
            "-9223372036854775808",
            "123456789012345678901234567890",
            "'sym",
            "\"text\"",
            "#\\a",
            "#f",
            "'()",
        ];
        match self.random.chance(50) {
            true => (self.random.below(200) as i64 - 50).to_string(),
            false => (*self.random.pick(&literals)).to_owned(),
        }
    }

    /// An expression whose value is a number.
    fn expr(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(15) {
            return self.atom();
        }
        let (a, b) = (self.expr(depth - 1), self.expr(depth - 1));
        match self.random.below(24) {
            0..=4 => format!("(+ {a} {b})"),
            5..=7 => format!("(- {a} {b})"),
            8 | 9 => format!("(* {a} {b})"),
            10 => {
                let op = *self.random.pick(&["quotient", "remainder", "modulo"]);
                format!("({op} (int {a}) {})", 1 + self.random.below(9))
            }
            11 => format!("(if {} {a} {b})", self.test()),
            12 => format!("(rec (modulo (int {a}) 9) {b})"),
            13 => format!("({} (modulo (int {a}) 12) {b})", self.random.pick(&["ping", "pong"])),
            14 => "(total l)".to_owned(),
            15 => format!("(num (first (lambda (x) (and (number? x) (< x {a}))) l))"),
            16 => "(tick 1)".to_owned(),
            17 => "(next!)".to_owned(),
            18 => format!("(+ (p1) (string-length s) {a})"),
            19 => format!("(safely (lambda () (if {} (raise 'oops) {b})))", self.test()),
            20 => format!("(let ((z {a})) (+ z (* z 2)))"),
            21 => format!("({} {a} {b})", self.random.pick(&["max", "min"])),
            22 if self.functions > 0 => {
                format!("(f{} (int {a}) (int {b}))", self.random.below(self.functions))
            }
            22 => format!("(apply + (map (lambda (x) (+ (num x) {a})) l))"),
            _ => format!("((lambda (q) (set! q (+ q 1)) (abs (+ q {b}))) {a})"),
        }
    }

    fn atom(&mut self) -> String {
        match self.random.below(8) {
            0..=2 if !self.ints.is_empty() => self.random.pick(&self.ints).clone(),
            0..=4 if !self.anys.is_empty() => format!("(num {})", self.any()),
            5 => format!("(num (point-{} pt))", self.random.pick(&["x", "y"])),
            6 => ["0.5", "1.5", "4611686018427387903", "3"][self.random.below(4)].to_owned(),
            _ => self.random.below(20).to_string(),
        }
    }
}

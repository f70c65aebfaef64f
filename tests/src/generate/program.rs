//! Random Mini programs that have hot loops by construction.
//!
//! ```text
//! helpers, functions            small ones that inline, one with a loop, one that recurs
//! variables of the program      ints, numbers of changing type, a string, two arrays; objects, in two of three
//! hot loops                     nests with branches, calls, early exits, stores, closures
//!   at the start of each body:  clamps, so that numbers grow into big integers but not for ever
//!   now and then:               a variable changes its type, a line is printed
//! print of every variable
//! ```
//!
//! Every program ends. A few end by an error late in a hot loop.

use super::minimize::Program;
use super::random::Random;
use super::shape::Stmt;
use crate::language::Language;

/// The functions every program may call. `as_int` and `as_num` make any value usable.
const HELPERS: &str = "\
fn as_int(v) { if type(v) == \"int\" { return v } if type(v) == \"float\" { return 11 } return 5 }
fn as_num(v) { if type(v) == \"int\" or type(v) == \"float\" { return v } return 0.25 }
fn pick(c, a, b) { if c { return a } return b }
fn rec(n, x) { if n <= 0 { return x } return rec(n - 1, x + n) }
fn loop(n, x) { let s = x; let i = 0; while i < n { s += i * x; i += 1 } return s % 1000003 }";

/// Makes the program of this seed.
pub fn generate(seed: u64) -> Program {
    let mut maker = Maker::new(seed);
    Program { language: Language::Mini, statements: maker.program() }
}

/// The state of making one program.
pub(super) struct Maker {
    pub(super) random: Random,
    /// Int variables that are in scope; the first are assignable.
    pub(super) ints: Vec<String>,
    /// How many of `ints` may be assigned.
    pub(super) assignable: usize,
    /// Variables that hold an int or a float.
    nums: Vec<String>,
    /// Generated functions of two parameters that give an int for ints.
    functions: usize,
    /// How many loops surround this place, and the number of the next loop variable.
    depth: usize,
    names: usize,
    /// Are there classes and objects?
    has_objects: bool,
}

impl Maker {
    fn new(seed: u64) -> Maker {
        let random = Random::new(seed);
        Maker {
            random,
            ints: Vec::new(),
            assignable: 0,
            nums: Vec::new(),
            functions: 0,
            depth: 0,
            names: 0,
            has_objects: false,
        }
    }

    fn program(&mut self) -> Vec<Stmt> {
        let mut out: Vec<Stmt> = HELPERS.lines().map(Stmt::line).collect();
        let with_objects = self.random.chance(66);
        if with_objects {
            out.extend(self.classes());
        }
        for _ in 0..self.random.below(4) {
            let function = self.function();
            out.push(function);
            self.functions += 1;
        }
        out.extend(self.variables());
        if with_objects {
            out.extend(self.objects());
            self.has_objects = true;
        }
        let in_function = self.random.chance(40);
        let mut hot = Vec::new();
        for _ in 0..1 + self.random.below(3) {
            hot.extend(self.hot_loop());
        }
        if in_function {
            out.push(Stmt::block("fn main()", hot));
            out.push(Stmt::line("main()"));
        } else {
            out.extend(hot);
        }
        for name in self.ints[..self.assignable].iter().chain(&self.nums) {
            out.push(Stmt::line(format!("print(\"{name}\", {name})")));
        }
        out.push(Stmt::line("print(s, a, b)"));
        if self.has_objects {
            out.push(Stmt::line("print(o, q, r, all, table)"));
        }
        out
    }

    fn variables(&mut self) -> Vec<Stmt> {
        let mut out = Vec::new();
        for k in 0..2 + self.random.below(3) {
            let value = self.literal();
            out.push(Stmt::line(format!("let i{k} = {value}")));
            self.ints.push(format!("i{k}"));
        }
        self.assignable = self.ints.len();
        for k in 0..1 + self.random.below(3) {
            let value = if self.random.chance(50) { self.literal() } else { self.float() };
            out.push(Stmt::line(format!("let n{k} = {value}")));
            self.nums.push(format!("n{k}"));
        }
        out.push(Stmt::line("let s = \"\""));
        let kinds =
            ["[0, 1, 2, 3, 4, 5, 6, 7]", "[0.5] * 8", "[1, 2.5, nil, \"x\", true, 6, 7, 8]"];
        let kind = *self.random.pick(&kinds);
        out.push(Stmt::line(format!("let a = {kind}")));
        out.push(Stmt::line("let b = []"));
        out
    }

    /// A function of two parameters that calls only earlier ones.
    fn function(&mut self) -> Stmt {
        let head = format!("fn f{}(x, y)", self.functions);
        self.ints = vec!["x".to_owned(), "y".to_owned()];
        let mut body = Vec::new();
        for _ in 0..self.random.below(3) {
            let (condition, value) = (self.condition(1), self.int(1));
            body.push(Stmt::block(
                format!("if {condition}"),
                vec![Stmt::line(format!("return {value}"))],
            ));
        }
        let value = self.int(2);
        body.push(Stmt::line(format!("return {value}")));
        self.ints.clear();
        Stmt::block(head, body)
    }

    /// A loop of many turns at the outermost level, and what has to stand before it.
    fn hot_loop(&mut self) -> Vec<Stmt> {
        let turns = 60 + self.random.below(200);
        let name = self.name("k");
        let change = self.type_change(&name, turns);
        let mut loops = self.counted(&name, &turns.to_string(), vec![change]);
        if self.random.chance(3) {
            let error = self.error(&name, turns);
            if let Some(Stmt::Block { body, .. }) = loops.last_mut() {
                body.push(error);
            }
        }
        loops
    }

    /// A `for` or `while` loop whose variable counts to `turns`.
    fn counted(&mut self, name: &str, turns: &str, more: Vec<Stmt>) -> Vec<Stmt> {
        let (scope, nums) = (self.ints.len(), self.nums.len());
        self.depth += 1;
        self.ints.push(name.to_owned());
        let is_while = self.random.chance(40);
        let mut body = Vec::new();
        if is_while {
            body.push(Stmt::line(format!("{name} += 1")));
        }
        body.extend(self.clamps());
        body.extend(more);
        for _ in 0..2 + self.random.below(5) {
            let statement = self.statement(name);
            body.extend(statement);
        }
        self.ints.truncate(scope);
        self.nums.truncate(nums);
        self.depth -= 1;
        if is_while {
            let head = Stmt::line(format!("let {name} = 0"));
            vec![head, Stmt::block(format!("while {name} < {turns}"), body)]
        } else {
            let head = match self.random.below(4) {
                0 => format!("for {name} in range(1, 1 + {turns})"),
                1 => format!("for {name} in range({turns} - 1, -1, -1)"),
                _ => format!("for {name} in range({turns})"),
            };
            vec![Stmt::block(head, body)]
        }
    }

    /// Keeps numbers from growing for ever; lets them pass the machine word now and then.
    fn clamps(&mut self) -> Vec<Stmt> {
        let mut out = Vec::new();
        for k in 0..self.assignable {
            let name = self.ints[k].clone();
            let limits = ["1000000", "2 ** 40", "2 ** 62", "2 ** 63 - 1", "2 ** 70"];
            let limit = *self.random.pick(&limits);
            let line =
                format!("{name} = {name} % {}", self.random.pick(&["1009", "1000003", "-77"]));
            let head = format!("if {name} > {limit} or {name} < -({limit})");
            out.push(Stmt::block(head, vec![Stmt::line(line)]));
        }
        for k in 0..self.nums.len() {
            let name = self.nums[k].clone();
            let value = if self.random.chance(50) { "0.5" } else { "3" };
            let head = format!("if not ({name} < 1e15 and {name} > -1e15)");
            out.push(Stmt::block(head, vec![Stmt::line(format!("{name} = {value}"))]));
        }
        out
    }

    /// A statement of a loop's body.
    fn statement(&mut self, counter: &str) -> Vec<Stmt> {
        let deep = usize::from(self.depth < 3);
        let kind = self.random.weighted(&[
            (24, 0),
            (14, 1),
            (18, 2),
            (8 * deep, 3),
            (5, 4),
            (8, 5),
            (4, 6),
            (5, 7),
            (5, 8),
            (4, 9),
            (5, 10),
            (40 * usize::from(self.has_objects), 11),
        ]);
        match kind {
            0 => vec![self.assign_int()],
            1 => vec![self.assign_num()],
            2 => vec![self.branch(counter)],
            3 => self.inner_loop(),
            4 => vec![self.leave(counter)],
            5 => vec![self.store()],
            6 => vec![self.grow_array()],
            7 => self.grow_string(),
            8 => self.closure(),
            9 => vec![self.trace_line(counter)],
            11 => self.object_statement(counter),
            _ => {
                let turns = if self.depth > 1 { 6 } else { 60 };
                vec![self.type_change(counter, turns)]
            }
        }
    }

    fn assign_int(&mut self) -> Stmt {
        let k = self.random.below(self.assignable);
        let name = self.ints[k].clone();
        let value = self.int(3);
        let op = self.random.weighted(&[(5, "="), (4, "+="), (2, "-="), (1, "*=")]);
        Stmt::line(format!("{name} {op} {value}"))
    }

    fn assign_num(&mut self) -> Stmt {
        let name = self.random.pick(&self.nums).clone();
        let value = self.num(2);
        let op = self.random.weighted(&[(5, "="), (4, "+="), (2, "-="), (1, "*=")]);
        Stmt::line(format!("{name} {op} {value}"))
    }

    fn branch(&mut self, counter: &str) -> Stmt {
        let head = format!("if {}", self.condition(2));
        let arm = |maker: &mut Maker, most: usize| {
            let mut out = Vec::new();
            for _ in 0..most {
                out.extend(maker.simple(counter));
            }
            out
        };
        let first = 1 + self.random.below(2);
        let second = self.random.below(3);
        Stmt::Block { head, body: arm(self, first), other: arm(self, second) }
    }

    /// A statement without loops inside, for branches.
    fn simple(&mut self, counter: &str) -> Vec<Stmt> {
        match self.random.below(6) {
            0 | 1 => vec![self.assign_int()],
            2 => vec![self.assign_num()],
            3 => vec![self.store()],
            4 if self.depth > 1 => vec![self.leave(counter)],
            _ => self.grow_string(),
        }
    }

    fn inner_loop(&mut self) -> Vec<Stmt> {
        let name = self.name("j");
        let bound = match self.random.below(3) {
            0 => format!("{} & 7", self.int(0)),
            1 => format!("{} % 5 + 1", self.int(0)),
            _ => (2 + self.random.below(6)).to_string(),
        };
        // A bound that the loop could change would not be the bound of a `while` loop any more.
        let bound_name = self.name("m");
        let mut out = vec![Stmt::line(format!("let {bound_name} = {bound}"))];
        out.extend(self.counted(&name, &bound_name, Vec::new()));
        out
    }

    /// `break` or `continue` in some turns.
    fn leave(&mut self, counter: &str) -> Stmt {
        let what = if self.depth > 1 && self.random.chance(50) { "break" } else { "continue" };
        let every = 3 + self.random.below(30);
        let condition = if self.random.chance(60) {
            format!("{counter} % {every} == {}", self.random.below(every))
        } else {
            format!("{} % {every} == 1", self.int(1))
        };
        Stmt::block(format!("if {condition}"), vec![Stmt::line(what)])
    }

    fn store(&mut self) -> Stmt {
        // An element may be computed from an element: without a bound it could grow for ever.
        let value = match self.random.below(12) {
            0 => "nil".to_owned(),
            1 => "\"y\"".to_owned(),
            2..=4 => format!("{} % 73786976294838206464", self.num(1)),
            _ => format!("{} % 73786976294838206464", self.int(2)),
        };
        let index = self.int(1);
        if self.random.chance(20) {
            return Stmt::line(format!("a[-1 - ({index}) % 8] = {value}"));
        }
        Stmt::line(format!("a[({index}) % 8] = {value}"))
    }

    fn grow_array(&mut self) -> Stmt {
        let value = if self.random.chance(70) { self.int(1) } else { self.num(1) };
        Stmt::Block {
            head: "if len(b) < 20".to_owned(),
            body: vec![Stmt::line(format!("push(b, {value})"))],
            other: vec![Stmt::line(*self.random.pick(&[
                "b = []",
                "pop(b)",
                "b = slice(b, 10, 20)",
                "remove(b, 3)",
            ]))],
        }
    }

    fn grow_string(&mut self) -> Vec<Stmt> {
        let value = match self.random.below(3) {
            0 => format!("chr(97 + ({}) % 26)", self.int(1)),
            1 => format!("str(({}) % 100)", self.int(1)),
            _ => "\"é\"".to_owned(),
        };
        let cut = Stmt::line("s = slice(s, 15, len(s))");
        vec![Stmt::line(format!("s += {value}")), Stmt::block("if len(s) > 30", vec![cut])]
    }

    fn closure(&mut self) -> Vec<Stmt> {
        let (name, value, argument) = (self.name("c"), self.int(1), self.int(1));
        let target = self.ints[self.random.below(self.assignable)].clone();
        let body = if self.random.chance(50) {
            format!("return x + {value}")
        } else {
            format!("{target} += 1; return x - {value}")
        };
        vec![
            Stmt::line(format!("let {name} = fn(x) {{ {body} }}")),
            Stmt::line(format!("{target} = {name}({argument}) % 1000003")),
        ]
    }

    fn trace_line(&mut self, counter: &str) -> Stmt {
        let every = 11 + self.random.below(60);
        let num = self.random.pick(&self.nums).clone();
        let int = self.ints[self.random.below(self.ints.len())].clone();
        let line = Stmt::line(format!("print({counter}, {int}, {num}, len(s), len(b))"));
        Stmt::block(format!("if {counter} % {every} == 1"), vec![line])
    }

    /// A variable gets a value of another type in a few turns.
    fn type_change(&mut self, counter: &str, turns: usize) -> Stmt {
        let name = self.random.pick(&self.nums).clone();
        let value = match self.random.below(5) {
            0 => format!("{name} * 1.0"),
            1 => "2 ** 65".to_owned(),
            2 => self.float(),
            3 => "-9223372036854775808".to_owned(),
            _ => self.literal(),
        };
        let at = self.random.below(turns);
        Stmt::block(format!("if {counter} == {at}"), vec![Stmt::line(format!("{name} = {value}"))])
    }

    /// An error late in the loop.
    fn error(&mut self, counter: &str, turns: usize) -> Stmt {
        let errors =
            ["i0 = i0 // (i0 - i0)", "a[8] = 1", "i0 = i0 + nil", "undeclared()", "len(1)"];
        let line = Stmt::line(*self.random.pick(&errors));
        Stmt::block(format!("if {counter} == {}", turns - 5), vec![line])
    }

    /// An expression that gives an int.
    pub(super) fn int(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(20) {
            return self.int_leaf();
        }
        let (a, b) = (self.int(depth - 1), self.int(depth - 1));
        let divisor = *self.random.pick(&["2", "3", "7", "8", "-5", "16", "1000", "-1"]);
        match self.random.below(16) {
            0..=3 => format!("({a} + {b})"),
            4 | 5 => format!("({a} - {b})"),
            6 | 7 => format!("({a} * {b})"),
            8 => format!("({a} // {divisor})"),
            9 => format!("({a} % {divisor})"),
            10 => format!("({a} {} {b})", self.random.pick(&["&", "|", "^"])),
            11 => format!("({a} << {})", self.random.below(40)),
            12 => format!("({a} >> {})", self.random.below(70)),
            13 => self.call(&a, &b),
            14 => format!("as_int(a[{b} % 8])"),
            15 if self.has_objects => self.object_int(depth),
            _ => format!("{}{a}", self.random.pick(&["-", "~"])),
        }
    }

    fn int_leaf(&mut self) -> String {
        match self.random.below(10) {
            0 | 1 => self.literal(),
            _ if self.ints.is_empty() => self.literal(),
            2 if self.assignable > 0 => {
                (*self.random.pick(&["len(s)", "len(b)", "len(a)"])).to_owned()
            }
            _ => self.random.pick(&self.ints).clone(),
        }
    }

    fn call(&mut self, a: &str, b: &str) -> String {
        match self.random.below(6) {
            0 => format!("rec({a} & 7, {b})"),
            1 => format!("loop({a} & 7, {b})"),
            2 => format!("pick({}, {a}, {b})", self.condition(0)),
            3 => format!("{}({a}, {b})", self.random.pick(&["min", "max"])),
            _ if self.functions > 0 => format!("f{}({a}, {b})", self.random.below(self.functions)),
            _ => format!("abs({a} - {b})"),
        }
    }

    /// An expression that gives an int or a float.
    pub(super) fn num(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(20) {
            return match self.random.below(4) {
                0 => self.int_leaf(),
                1 => self.float(),
                _ if self.nums.is_empty() => self.float(),
                _ => self.random.pick(&self.nums).clone(),
            };
        }
        let (a, b) = (self.num(depth - 1), self.num(depth - 1));
        let divisor = *self.random.pick(&["2", "0.5", "-3", "7.25", "1e3"]);
        match self.random.below(10) {
            0..=2 => format!("({a} + {b})"),
            3 => format!("({a} - {b})"),
            4 | 5 => format!("({a} * {b})"),
            6 => format!("({a} / {divisor})"),
            7 => format!("({a} {} {divisor})", self.random.pick(&["//", "%"])),
            8 => format!("as_num(a[{} % 8])", self.int(1)),
            _ => format!("-{a}"),
        }
    }

    pub(super) fn condition(&mut self, depth: usize) -> String {
        if depth > 0 && self.random.chance(25) {
            let (a, b) = (self.condition(depth - 1), self.condition(depth - 1));
            let op = self.random.pick(&["and", "or"]);
            return format!("({a} {op} {b})");
        }
        let compare = *self.random.pick(&["<", "<=", ">", ">=", "==", "!="]);
        match self.random.below(8) {
            0..=2 => {
                let every = 2 + self.random.below(9);
                format!("{} % {every} == {}", self.int(0), self.random.below(every))
            }
            3 | 4 => format!("{} {compare} {}", self.int(1), self.int(1)),
            5 => format!("{} {compare} {}", self.num(1), self.num(0)),
            6 if !self.nums.is_empty() => {
                let name = self.random.pick(&self.nums);
                format!("type({name}) == \"int\"")
            }
            _ => format!("not ({} {compare} {})", self.int(0), self.int(1)),
        }
    }

    fn literal(&mut self) -> String {
        let edges =
            ["9223372036854775807", "-9223372036854775808", "4611686018427387904", "2 ** 64"];
        match self.random.below(12) {
            0 => format!("({})", self.random.pick(&edges)),
            1 => format!("{}", self.random.below(1_000_000_000)),
            2 => format!("(-{})", self.random.below(100)),
            _ => self.random.below(20).to_string(),
        }
    }

    fn float(&mut self) -> String {
        let floats = ["0.5", "1.25", "(-0.0)", "0.1", "3.0", "(-7.75)", "1e10", "1e-3"];
        (*self.random.pick(&floats)).to_owned()
    }

    /// A new name.
    pub(super) fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }
}

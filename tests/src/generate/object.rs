//! What generated programs do with objects: fields of changing type, new shapes, aliases, methods of several classes at one
//! place, objects that escape in some turns only, arrays that change their strategy, maps, errors that are caught.
//!
//! Invariant: a field holds no number larger than a store allows, so that nothing grows for ever; every element of `all` has
//! the methods of the classes.

use super::program::Maker;
use super::shape::Stmt;

/// Classes that are alike and not the same: fields in another order, one more field, an overridden method.
const CLASSES: &str = "\
class P { fn init(x, y) { self.x = x; self.y = y; self.next = nil } fn sum(k) { return (as_int(self.x) + as_int(self.y) * k) % 1000003 } fn plus(o) { return P(as_num(self.x), o.y) } fn set(v) { self.x = v; return self } }
class Q < P { fn init(x, y) { super.init(x, y); self.z = 0.5 } fn sum(k) { return super.sum(k) - 7 } }
class R { fn init(y, x) { self.y = y; self.next = nil; self.x = x } fn sum(k) { return as_int(self.x) ^ k } fn plus(o) { return Q(o.x, self.y) } fn set(v) { self.y = v; return self } }";

/// What bounds a number that is kept.
const BOUND: &str = "% 73786976294838206464";

impl Maker {
    /// The classes.
    pub(super) fn classes(&mut self) -> Vec<Stmt> {
        CLASSES.lines().map(Stmt::line).collect()
    }

    /// Variables of the program that hold objects.
    pub(super) fn objects(&mut self) -> Vec<Stmt> {
        let (x, y) = (self.int(0), self.num(0));
        vec![
            Stmt::line(format!("let o = {}({x}, {y})", self.class())),
            Stmt::line(format!("let q = {}(3, 0.5)", self.class())),
            Stmt::line("let r = {x: 4, y: nil, next: nil}"),
            Stmt::line("let all = [o, q, R(5, 6)]"),
            Stmt::line("let table = map()"),
        ]
    }

    /// A statement about objects, in the loop whose variable is `counter`.
    pub(super) fn object_statement(&mut self, counter: &str) -> Vec<Stmt> {
        match self.random.below(11) {
            0 | 1 => vec![self.set_field()],
            2 => self.temporary(),
            3 => self.escape(),
            4 => self.alias(),
            5 => self.new_shape(counter),
            6 => self.linked(),
            7 => self.strategy(counter),
            8 => self.caught(),
            9 => self.mapped(),
            _ => self.each(),
        }
    }

    /// An expression about objects that gives an int.
    pub(super) fn object_int(&mut self, depth: usize) -> String {
        let k = self.int(depth.saturating_sub(1));
        match self.random.below(5) {
            0 => format!("as_int({}.{})", self.object(), self.field()),
            1 => format!("{}.sum({k})", self.random.pick(&["o", "q"])),
            2 => format!("all[{k} % 3].sum({k})"),
            3 => format!("o.plus({}).sum({k})", self.object()),
            _ => format!("as_int(get(table, {k} % 9, 3))"),
        }
    }

    fn class(&mut self) -> &'static str {
        self.random.pick::<&str>(&["P", "P", "Q", "R"])
    }

    fn object(&mut self) -> &'static str {
        self.random.pick::<&str>(&["o", "o", "q", "r"])
    }

    fn field(&mut self) -> &'static str {
        self.random.pick::<&str>(&["x", "x", "y"])
    }

    /// A value for a field: most of the time a number, most of the time of the same type.
    fn value(&mut self) -> String {
        match self.random.below(12) {
            0 => (*self.random.pick(&["nil", "\"y\"", "true", "q"])).to_owned(),
            1..=4 => format!("{} {BOUND}", self.num(2)),
            _ => format!("{} {BOUND}", self.int(2)),
        }
    }

    /// `i1 = VALUE`, kept small.
    fn keep_int(&mut self, value: &str) -> Stmt {
        let k = self.random.below(self.assignable);
        let name = self.ints[k].clone();
        let op = self.random.pick(&["=", "+="]);
        Stmt::line(format!("{name} {op} {value}"))
    }

    fn set_field(&mut self) -> Stmt {
        let (object, field, value) = (self.object(), self.field(), self.value());
        match self.random.below(8) {
            0 => {
                let class = self.class();
                Stmt::line(format!("{} = {class}({value}, 1)", self.random.pick(&["o", "q"])))
            }
            1 => Stmt::line(format!("all[{} % 3].set({value})", self.int(0))),
            2 => Stmt::line(format!("{object}[\"{field}\"] = {value}")),
            _ => Stmt::line(format!("{object}.{field} = {value}")),
        }
    }

    /// Objects that nobody else sees.
    fn temporary(&mut self) -> Vec<Stmt> {
        let (name, class) = (self.name("p"), self.class());
        let (x, y, k) = (self.int(1), self.num(1), self.int(0));
        let object = self.object();
        let used = match self.random.below(3) {
            0 => format!("{name}.sum({k})"),
            1 => format!("{name}.plus({object}).sum({k})"),
            _ => format!("{name}.set({k}).plus({name}).sum(2)"),
        };
        vec![Stmt::line(format!("let {name} = {class}({x}, {y})")), self.keep_int(&used)]
    }

    /// An object that others see in some turns.
    fn escape(&mut self) -> Vec<Stmt> {
        let (name, class, condition) = (self.name("p"), self.class(), self.condition(1));
        let (x, y) = (self.int(1), self.num(1));
        let place = match self.random.below(3) {
            0 => "o".to_owned(),
            1 => format!("all[{} % 3]", self.int(0)),
            _ => "r.next".to_owned(),
        };
        let out = Stmt::line(format!("{place} = {name}"));
        let more = Stmt::line(format!("{name}.x = {x}"));
        vec![
            Stmt::line(format!("let {name} = {class}({x}, {y})")),
            Stmt::Block { head: format!("if {condition}"), body: vec![out], other: vec![more] },
            self.keep_int(&format!("{name}.sum(3)")),
        ]
    }

    /// Two names that may be the same object.
    fn alias(&mut self) -> Vec<Stmt> {
        let (name, index, value) = (self.name("w"), self.int(0), self.value());
        let object = self.random.pick(&["o", "q"]);
        let read = format!("as_int({object}.x) - as_int({name}.x)");
        vec![
            Stmt::line(format!("let {name} = all[{index} % 3]")),
            Stmt::line(format!("{name}.x = {value}")),
            self.keep_int(&read),
        ]
    }

    /// Properties that come and go.
    fn new_shape(&mut self, counter: &str) -> Vec<Stmt> {
        let (object, property) = (self.object(), self.random.pick(&["u", "v", "w"]));
        let (every, value) = (7 + self.random.below(60), self.value());
        let change = match self.random.below(3) {
            0 => format!("delete({object}, \"{property}\")"),
            1 => format!("delete({object}, \"x\"); {object}.x = 1"),
            _ => format!("{object}.{property} = {value}"),
        };
        let read = self.keep_int(&format!("as_int({object}.{property})"));
        vec![
            Stmt::block(format!("if {counter} % {every} == 2"), vec![Stmt::line(change)]),
            Stmt::block(format!("if has({object}, \"{property}\")"), vec![read]),
        ]
    }

    /// Objects that refer to objects.
    fn linked(&mut self) -> Vec<Stmt> {
        let (object, class, value) = (self.object(), self.class(), self.value());
        let read = self.keep_int(&format!("as_int({object}.next.x)"));
        let link = match self.random.below(3) {
            0 => "nil".to_owned(),
            1 => format!("all[{} % 3]", self.int(0)),
            _ => format!("{class}({value}, 2.5)"),
        };
        let condition = self.condition(1);
        vec![
            Stmt::block(
                format!("if {condition}"),
                vec![Stmt::line(format!("{object}.next = {link}"))],
            ),
            Stmt::block(format!("if {object}.next != nil"), vec![read]),
        ]
    }

    /// An array whose elements change their kind in mid-loop.
    fn strategy(&mut self, counter: &str) -> Vec<Stmt> {
        let name = self.name("v");
        let (first, second, index) = (self.int(1), self.int(0), self.int(0));
        let other = *self.random.pick(&["0.5", "nil", "\"z\"", "o", "2 ** 70"]);
        let at = 3 + self.random.below(50);
        let change = match self.random.below(3) {
            0 => format!("push({name}, {other})"),
            1 => format!("{name}[{index} % 2] = {other}"),
            _ => format!("{name} = [{other}] * 3"),
        };
        let read = format!("as_int({name}[{index} % len({name})])");
        vec![
            Stmt::line(format!("let {name} = [{first}, {second}]")),
            Stmt::block(format!("if {counter} % {at} == 1"), vec![Stmt::line(change)]),
            self.keep_int(&read),
        ]
    }

    /// Something is thrown and caught.
    fn caught(&mut self) -> Vec<Stmt> {
        let condition = self.condition(1);
        let (value, read) = (self.int(1), self.object_int(1));
        let thrown = match self.random.below(4) {
            0 => "r.nothing".to_owned(),
            1 => "i0 // 0".to_owned(),
            2 => "rec(nil, 1)".to_owned(),
            _ => format!("throw {value}"),
        };
        let body = vec![
            Stmt::block(format!("if {condition}"), vec![Stmt::line(thrown)]),
            self.keep_int(&read),
        ];
        let caught = self.keep_int("as_int(e)");
        vec![Stmt::block("try", body), Stmt::block("catch e", vec![caught])]
    }

    fn mapped(&mut self) -> Vec<Stmt> {
        let (key, value, other) = (self.int(1), self.value(), self.int(0));
        let set = format!("table[{key} % 9] = {value}");
        let read = self.keep_int(&format!("as_int(get(table, {other} % 9, 1))"));
        match self.random.below(4) {
            0 => vec![Stmt::line(format!("delete(table, {other} % 9)")), read],
            _ => vec![Stmt::line(set), read],
        }
    }

    /// One place, several classes.
    fn each(&mut self) -> Vec<Stmt> {
        let (name, k) = (self.name("e"), self.int(0));
        let body = self.keep_int(&format!("{name}.sum({k}) % 1009"));
        vec![Stmt::block(format!("for {name} in all"), vec![body])]
    }
}

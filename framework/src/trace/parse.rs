//! Reads the text form of a trace, as [`print`](super::print()) writes it and as people write it in tests.
//!
//! Names of values need not be the indices of their ops: `i100 = ..` is fine, and printing renumbers. Declarations of
//! fields, layouts, callees and objects may stand before the ops (see [`declare`]). The result is well-formed as far as
//! text can tell (names resolve, result types fit the ops); everything else is for the verifier to say.
//! Invariant: whatever the text, parsing ends with a trace or with an error that has a position; it never panics.

mod cursor;
pub mod declare;
#[cfg(test)]
mod tests;

use super::desc::{AccessId, CallId, LayoutId};
use super::ir::{KeyId, Op, Ref, Slot, SnapId, Snapshot, Target, Trace, TraceId};
use super::op::{Opcode, ResultTy, Ty};
use super::virtuals::{VirtualObject, VirtualStore};
use cursor::Cursor;
pub use declare::{Names, Object};
use hashbrown::HashMap;
use std::fmt;

/// Where a text is not a trace, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

type Parse<T> = Result<T, ParseError>;

/// Reads a trace. Names that it does not declare are looked up among the registered descriptors.
pub fn parse(text: &str) -> Result<Trace, ParseError> {
    parse_with(text, &mut Names::default())
}

/// Reads a trace in an environment: what the text declares is added to `names`, so that a second text may use it.
pub fn parse_with(text: &str, names: &mut Names) -> Result<Trace, ParseError> {
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split(';').next().unwrap_or_default();
        lines.push(Line { cursor: Cursor::new(code, number + 1), kind: LineKind::of(code.trim()) });
    }
    for line in lines.iter().filter(|line| line.kind == LineKind::Declaration) {
        names.declare(line.cursor.clone())?;
    }
    names.register();
    let mut parser = Parser { names, trace: Trace::new(), values: HashMap::new(), snaps: 0 };
    parser.snaps = lines.iter().filter(|line| line.kind == LineKind::Snapshot).count();
    let ops = lines.iter().filter(|line| line.kind == LineKind::Op);
    for (index, line) in ops.clone().enumerate() {
        parser.define(index, line.cursor.clone())?;
    }
    for line in ops {
        parser.op(line.cursor.clone())?;
    }
    for line in lines.iter().filter(|line| line.kind == LineKind::Snapshot) {
        parser.snapshot(line.cursor.clone())?;
    }
    parser.trace.find_imports();
    Ok(parser.trace)
}

struct Line<'a> {
    cursor: Cursor<'a>,
    kind: LineKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LineKind {
    Empty,
    Declaration,
    Op,
    Snapshot,
}

impl LineKind {
    fn of(line: &str) -> LineKind {
        let word = line.split_whitespace().next().unwrap_or_default();
        match word {
            "" => LineKind::Empty,
            "access" | "layout" | "call" | "object" => LineKind::Declaration,
            _ if is_snapshot_label(line) => LineKind::Snapshot,
            _ => LineKind::Op,
        }
    }
}

/// `s12:`
fn is_snapshot_label(line: &str) -> bool {
    let number = line.strip_prefix('s').and_then(|rest| rest.split_once(':')).map(|(n, _)| n);
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

struct Parser<'n> {
    names: &'n mut Names,
    trace: Trace,
    /// The ops' results by name.
    values: HashMap<String, Ref>,
    /// How many snapshots the text has.
    snaps: usize,
}

impl Parser<'_> {
    /// Notes the name that the op line defines, if any, so that lines before it may name it too.
    fn define(&mut self, index: usize, mut line: Cursor<'_>) -> Parse<()> {
        let at = line.clone();
        let name = line.word();
        if line.eat('=') && self.values.insert(name.to_owned(), Ref::op(index)).is_some() {
            return Err(at.error(format!("`{name}` is defined twice")));
        }
        Ok(())
    }

    fn op(&mut self, mut line: Cursor<'_>) -> Parse<()> {
        let start = line.clone();
        let mut name = line.word();
        let mut result = None;
        if line.eat('=') {
            result = Some(value_type(name).ok_or_else(|| {
                start.error(format!("`{name}` does not name a value: a type letter and a number"))
            })?);
            line.skip_space();
            name = line.word();
        }
        let Some(code) = Opcode::from_name(name) else {
            return Err(start.error(format!("there is no op `{name}`")));
        };
        let ty = check_result(code, result).map_err(|message| start.error(message))?;
        let mut op = Op::new(code, ty.unwrap_or(Ty::Int), &[], 0);
        let list = self.operands(&mut op, &mut line)?;
        if line.eat_str("->") {
            op.snap = Some(self.snap_id(&mut line)?);
        }
        line.finish()?;
        self.trace.push_list(op, &list);
        if list.is_empty() {
            self.trace.ops.last_mut().into_iter().for_each(|op| op.list = Default::default());
        }
        Ok(())
    }

    /// Reads what stands behind the name of the op; the list operands are returned.
    fn operands(&mut self, op: &mut Op, line: &mut Cursor<'_>) -> Parse<Vec<Ref>> {
        let mut list = Vec::new();
        match op.code {
            Opcode::Input | Opcode::Phi => op.aux = line.number()?,
            Opcode::SlotLoad | Opcode::SlotAddr => op.aux = slot(line)?.0 as u32,
            Opcode::SlotStore => {
                op.aux = slot(line)?.0 as u32;
                line.expect(',')?;
                op.args[0] = self.value(line)?;
            }
            Opcode::Label | Opcode::DirectEntry => list = self.list(line, '[', ']')?,
            Opcode::Jump => list = self.jump(op, line)?,
            Opcode::FieldLoad => self.place(op, line)?,
            Opcode::FieldStore => {
                self.place(op, line)?;
                line.expect(',')?;
                op.args[1] = self.value(line)?;
            }
            Opcode::ElemLoad | Opcode::ElemStore => {
                self.place(op, line)?;
                op.args[1] = self.value(line)?;
                if op.code == Opcode::ElemStore {
                    line.expect(',')?;
                    op.args[2] = self.value(line)?;
                }
            }
            Opcode::New | Opcode::NewArray | Opcode::Virtual => {
                op.aux = self.layout(line)?.0;
                if op.code != Opcode::New {
                    line.expect(',')?;
                    op.args[0] = self.value(line)?;
                }
            }
            Opcode::CallGuest => {
                line.expect('@')?;
                op.aux = line.number()?;
                let at = line.clone();
                if !line.eat_word("base") {
                    return Err(at.error("expected `base`".to_owned()));
                }
                op.args[0] = self.value(line)?;
                if line.peek() == Some('[') {
                    list = self.list(line, '[', ']')?;
                }
            }
            Opcode::Finish => {
                op.args[0] = self.value(line)?;
                line.expect(',')?;
                op.args[1] = self.value(line)?;
                if line.eat_word("base") {
                    op.aux = line.number::<i32>()? as u32;
                }
            }
            Opcode::Call | Opcode::CallVoid => {
                op.aux = self.callee(line)?.0;
                list = self.list(line, '(', ')')?;
            }
            _ => {
                for i in 0..op.code.operands().len() {
                    if i > 0 {
                        line.expect(',')?;
                    }
                    op.args[i] = self.value(line)?;
                }
            }
        }
        Ok(list)
    }

    fn jump(&mut self, op: &mut Op, line: &mut Cursor<'_>) -> Parse<Vec<Ref>> {
        let at = line.clone();
        let target = match line.word() {
            "self" => Target::Label,
            kind @ ("loop" | "entry") => {
                let trace = TraceId(line.number()?);
                let base = if line.eat_word("base") { line.number()? } else { 0 };
                if kind == "loop" {
                    Target::Loop { trace, base }
                } else {
                    Target::Entry { trace, base }
                }
            }
            _ => return Err(at.error("expected `self`, `loop` or `entry`".to_owned())),
        };
        let known = self.trace.targets.iter().position(|&t| t == target);
        op.aux = known.unwrap_or_else(|| {
            self.trace.targets.push(target);
            self.trace.targets.len() - 1
        }) as u32;
        match target {
            Target::Entry { .. } if line.peek() != Some('[') => Ok(Vec::new()),
            _ => self.list(line, '[', ']'),
        }
    }

    /// `p3.Point.x`
    fn place(&mut self, op: &mut Op, line: &mut Cursor<'_>) -> Parse<()> {
        op.args[0] = self.value(line)?;
        line.expect('.')?;
        let at = line.clone();
        let name = line.name_until(&[',']);
        let id = self.names.access(name);
        op.aux = id.ok_or_else(|| at.error(format!("there is no field `{name}`")))?.0;
        Ok(())
    }

    fn layout(&mut self, line: &mut Cursor<'_>) -> Parse<LayoutId> {
        line.skip_space();
        let at = line.clone();
        let name = line.name_until(&[',']);
        self.names.layout(name).ok_or_else(|| at.error(format!("there is no layout `{name}`")))
    }

    fn callee(&mut self, line: &mut Cursor<'_>) -> Parse<CallId> {
        line.skip_space();
        let at = line.clone();
        let name = line.name_until(&['(']);
        self.names.call(name).ok_or_else(|| at.error(format!("there is no function `{name}`")))
    }

    fn list(&mut self, line: &mut Cursor<'_>, open: char, close: char) -> Parse<Vec<Ref>> {
        let mut list = Vec::new();
        line.expect(open)?;
        while !line.eat(close) {
            if !list.is_empty() {
                line.expect(',')?;
            }
            list.push(self.value(line)?);
        }
        Ok(list)
    }

    /// The name of a value or a constant.
    fn value(&mut self, line: &mut Cursor<'_>) -> Parse<Ref> {
        line.skip_space();
        let at = line.clone();
        if line.eat('@') {
            let address = self.names.object_address(line.word());
            return Ok(self.trace.constant(Ty::Ref, address));
        }
        if line.eat('&') {
            let address = self.names.object_address(line.word());
            return Ok(self.trace.constant(Ty::Int, address));
        }
        if line.peek().is_some_and(|c| c == '-' || c.is_ascii_digit()) {
            let (ty, bits) = line.numeral()?;
            return Ok(self.trace.constant(ty, bits));
        }
        let word = line.word();
        let float = |value: f64| (Ty::Float, value.to_bits());
        let (ty, bits) = match word {
            "true" => (Ty::Bool, 1),
            "false" => (Ty::Bool, 0),
            "null" => (Ty::Ref, 0),
            "inf" => float(f64::INFINITY),
            "nan" => (Ty::Float, super::print::CANONICAL_NAN),
            "float" | "bool" if line.eat(':') => {
                let ty = if word == "float" { Ty::Float } else { Ty::Bool };
                (ty, line.numeral()?.1)
            }
            "" => return Err(at.error("expected a value".to_owned())),
            _ => {
                let found = self.values.get(word).copied();
                return found.ok_or_else(|| at.error(format!("`{word}` is not defined")));
            }
        };
        Ok(self.trace.constant(ty, bits))
    }

    fn snap_id(&self, line: &mut Cursor<'_>) -> Parse<SnapId> {
        line.skip_space();
        let at = line.clone();
        let word = line.word();
        let number = word.strip_prefix('s').and_then(|n| n.parse::<u32>().ok());
        let Some(number) = number else {
            return Err(at.error("expected a snapshot: `s` and a number".to_owned()));
        };
        if number as usize >= self.snaps {
            return Err(at.error(format!("there is no snapshot `{word}`")));
        }
        Ok(SnapId(number))
    }

    /// `s0: @12 base 4 {2: i5} replay [i7]`
    fn snapshot(&mut self, mut line: Cursor<'_>) -> Parse<()> {
        let at = line.clone();
        let id = self.snap_id(&mut line)?;
        if id.0 as usize != self.trace.snapshots.len() {
            let expected = self.trace.snapshots.len();
            return Err(at.error(format!("snapshots stand in order: expected `s{expected}`")));
        }
        line.expect(':')?;
        let mut snapshot = Snapshot::default();
        if line.eat('@') {
            snapshot.at = KeyId(line.number()?);
        }
        if line.eat_word("base") {
            snapshot.base = line.number()?;
        }
        line.expect('{')?;
        while !line.eat('}') {
            if !snapshot.slots.is_empty() {
                line.expect(',')?;
            }
            let slot = slot(&mut line)?;
            line.expect(':')?;
            snapshot.slots.push((slot, self.value(&mut line)?));
        }
        if line.eat_word("replay") {
            snapshot.replay = self.list(&mut line, '[', ']')?;
        }
        if line.eat_word("virtuals") {
            snapshot.virtuals = self.objects(&mut line)?;
        }
        if line.eat_word("memory") {
            snapshot.memory = self.objects(&mut line)?;
        }
        if line.eat_word("barred") {
            snapshot.barred = self.list(&mut line, '[', ']')?;
        }
        line.finish()?;
        self.trace.snapshot(snapshot);
        Ok(())
    }
}

impl Parser<'_> {
    /// `[p3 {Point.x: i1, Words[] 0: i2}]`
    fn objects(&mut self, line: &mut Cursor<'_>) -> Parse<Vec<VirtualObject>> {
        let mut virtuals: Vec<VirtualObject> = Vec::new();
        line.expect('[')?;
        while !line.eat(']') {
            if !virtuals.is_empty() {
                line.expect(',')?;
            }
            let name = self.value(line)?;
            let mut stores = Vec::new();
            line.expect('{')?;
            while !line.eat('}') {
                if !stores.is_empty() {
                    line.expect(',')?;
                }
                stores.push(self.virtual_store(line)?);
            }
            virtuals.push(VirtualObject { name, stores });
        }
        Ok(virtuals)
    }

    fn virtual_store(&mut self, line: &mut Cursor<'_>) -> Parse<VirtualStore> {
        line.skip_space();
        let at = line.clone();
        let name = line.name_until(&[':']);
        let access = self.names.access(name);
        let access = access.ok_or_else(|| at.error(format!("there is no field `{name}`")))?;
        line.skip_space();
        let index = if line.peek() == Some(':') { None } else { Some(line.number()?) };
        line.expect(':')?;
        Ok(VirtualStore { access, index, value: self.value(line)? })
    }
}

/// The type of the value with this name: `i12` is an integer.
fn value_type(name: &str) -> Option<Ty> {
    let mut chars = name.chars();
    let ty = chars.next().and_then(Ty::from_letter)?;
    let digits = chars.as_str();
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(ty)
}

/// The type of the op's result, given the type that the line says.
fn check_result(code: Opcode, said: Option<Ty>) -> Result<Option<Ty>, String> {
    match (code.result(), said) {
        (ResultTy::Nothing, None) => Ok(None),
        (ResultTy::Nothing, Some(_)) => Err(format!("`{code}` yields nothing")),
        (_, None) => Err(format!("`{code}` yields a value: name it")),
        (ResultTy::Own, Some(ty)) => Ok(Some(ty)),
        (ResultTy::Is(ty), Some(said)) if ty == said => Ok(Some(ty)),
        (ResultTy::Is(ty), Some(_)) => {
            Err(format!("`{code}` yields a value whose name begins with `{}`", ty.letter()))
        }
    }
}

fn slot(line: &mut Cursor<'_>) -> Parse<Slot> {
    line.skip_space();
    let mut ahead = line.clone();
    let at = line.clone();
    if let Some(number) = ahead.word().strip_prefix("local") {
        *line = ahead;
        let local = number.parse::<usize>().ok().filter(|&k| k < Slot::MAX_LOCALS);
        return local.map(Slot::local).ok_or_else(|| {
            at.error(format!("red locals are `local0` to `local{}`", Slot::MAX_LOCALS - 1))
        });
    }
    let number: i32 = line.number()?;
    let slot = Slot(number);
    match slot.as_local() {
        None => Ok(slot),
        Some(_) => Err(at.error(format!("there is no slot {number}"))),
    }
}

impl Names {
    /// The field called `name`, or `name#id`.
    fn access(&self, name: &str) -> Option<AccessId> {
        self.find_access(name).or_else(|| {
            let (name, id) = numbered(name)?;
            Some(AccessId(id)).filter(|id| id.lookup().is_some_and(|desc| desc.name == name))
        })
    }

    fn layout(&self, name: &str) -> Option<LayoutId> {
        self.find_layout(name).or_else(|| {
            let (name, id) = numbered(name)?;
            Some(LayoutId(id)).filter(|id| id.lookup().is_some_and(|desc| desc.name == name))
        })
    }

    fn call(&self, name: &str) -> Option<CallId> {
        self.find_call(name).or_else(|| {
            let (name, id) = numbered(name)?;
            Some(CallId(id)).filter(|id| id.lookup().is_some_and(|desc| desc.name == name))
        })
    }
}

fn numbered(name: &str) -> Option<(&str, u32)> {
    let (name, id) = name.rsplit_once('#')?;
    Some((name, id.parse().ok()?))
}

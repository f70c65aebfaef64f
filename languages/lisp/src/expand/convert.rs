//! Data to values, and values to data.

use std::collections::HashMap;

use holloway::{Array, Tag, Val};

use super::{Expander, Expr};
use crate::error::{Error, Result};
use crate::machine::Machine;
use crate::symbol::Sym;
use crate::syntax::{Datum, Node, Span};
use crate::value::object::{BYTES, PAIR, STRING};
use crate::value::{self, Bytes, Pair, Str, StrExt, list, numeric, string};

/// How data becomes values.
struct Builder<'m> {
    m: &'m mut Machine,
    /// Literals must not be changed.
    literal: bool,
    /// What labels stand for: placeholders until it is known.
    labels: HashMap<u32, Val>,
    /// Places where a label stood before it was known.
    holes: bool,
}

impl Machine {
    /// The value of a datum that was read.
    ///
    /// # Errors
    /// If it has a label that stands for nothing, or for want of memory.
    pub fn datum_value(&mut self, datum: &Datum, literal: bool) -> Result<Val> {
        let mut builder = Builder { m: self, literal, labels: HashMap::new(), holes: false };
        let value = builder.build(datum)?;
        if literal {
            freeze(&mut self.heap, value);
        }
        Ok(value)
    }

    /// The datum that a value is, for a program made by a program.
    ///
    /// # Errors
    /// If it is circular, or nests too deeply.
    pub fn value_datum(&mut self, value: Val) -> Result<Datum> {
        self.check_depth()?;
        let span = Span::none();
        let node = match value.tag() {
            PAIR => {
                let (mut items, mut rest) = (Vec::new(), value);
                let mut slow = value;
                while let Some((car, cdr)) = list::parts(rest) {
                    items.push(self.value_datum(car)?);
                    rest = cdr;
                    if items.len() % 2 == 0 {
                        slow = list::parts(slow).map_or(Val::NIL, |p| p.1);
                        if slow == rest && !rest.is_nil() {
                            return Err(Error::syntax(span, "the program is circular"));
                        }
                    }
                }
                let tail = self.value_datum(rest)?;
                return Ok(Datum::dotted(items, tail, span));
            }
            Tag::NIL => Node::List([].into()),
            Tag::BOOL => Node::Bool(value == Val::TRUE),
            Tag::RAW => match (value::as_symbol(value), value::as_char(value)) {
                (Some(symbol), _) => Node::Symbol(symbol),
                (None, Some(c)) => Node::Char(c),
                _ => Node::Value(value),
            },
            Tag::ARRAY => {
                let items = value.cast::<Array>().map(|a| a.to_vec()).unwrap_or_default();
                let items =
                    items.iter().map(|v| self.value_datum(*v)).collect::<Result<Vec<_>>>()?;
                Node::Vector(items.into())
            }
            STRING => match value.cast::<Str>() {
                Some(text) => Node::Text(text.text(&self.heap).into()),
                None => Node::Value(value),
            },
            BYTES => match value.cast::<Bytes>() {
                Some(bytes) => Node::Bytes(bytes.bytes(Bytes::BYTES, &self.heap).into()),
                None => Node::Value(value),
            },
            _ => match numeric::to_num(&self.heap, value) {
                Some(number) => Node::Number(number),
                None => Node::Value(self.keep(value)?),
            },
        };
        Ok(Datum::new(node, span))
    }

    /// An object that code may refer to and that leads to this one: itself if it does not move.
    fn keep(&mut self, value: Val) -> Result<Val> {
        // A pair in old space holds on to it wherever it goes.
        let holder = self.heap.tenured(|heap| Pair::alloc(heap, value, Val::NIL))?;
        self.kept.push(Val::object(holder));
        Ok(Val::object(holder))
    }
}

/// The object that [`Machine::keep`] keeps; other values of a program stand for themselves.
fn held(value: Val) -> Val {
    list::parts(value).map_or(value, |(car, _)| car)
}

impl Expander<'_> {
    /// An expression whose value is a literal.
    pub(super) fn literal(&mut self, datum: &Datum) -> Result<Expr> {
        if let Node::Value(value) = datum.node
            && value.tag() == PAIR
        {
            let holder = Expr::constant(value, datum.span);
            return self.system_call("car", vec![holder], datum.span);
        }
        Ok(Expr::constant(self.constant(datum)?, datum.span))
    }

    /// The value of a literal.
    pub(super) fn constant(&mut self, datum: &Datum) -> Result<Val> {
        let before = self.m.heap.set_tenuring(true);
        let value = self.m.datum_value(datum, true);
        self.m.heap.set_tenuring(before);
        value.map_err(|error| error.at(datum.span))
    }
}

impl Builder<'_> {
    fn build(&mut self, datum: &Datum) -> Result<Val> {
        self.m.check_depth()?;
        Ok(match &datum.node {
            Node::Bool(truth) => Val::bool(*truth),
            Node::Number(number) => numeric::from_num(&mut self.m.heap, number)?,
            Node::Char(c) => value::character(*c),
            Node::Text(text) if self.literal => string::literal(&mut self.m.heap, text)?,
            Node::Text(text) => string::from_text(&mut self.m.heap, text)?,
            Node::Symbol(symbol) => value::symbol(symbol.plain()),
            Node::Bytes(bytes) => {
                let object = Bytes::alloc(&mut self.m.heap, bytes.len(), bytes.len())?;
                object.write_bytes(Bytes::BYTES, 0, bytes);
                Val::object(object)
            }
            Node::List(items) => self.list(items, Val::NIL)?,
            Node::Dotted(items, tail) => {
                let tail = self.build(tail)?;
                self.list(items, tail)?
            }
            Node::Vector(items) => {
                let items = items.iter().map(|i| self.build(i)).collect::<Result<Vec<_>>>()?;
                // Vectors of one kind of elements are smaller, and quicker to read.
                Val::object(self.m.heap.array_of(&items)?)
            }
            Node::Value(value) => held(*value),
            Node::Label(number, datum) => self.label(*number, datum)?,
            Node::Reference(number) => match self.labels.get(number) {
                Some(value) => {
                    self.holes = true;
                    *value
                }
                None => {
                    let message = format!("the label #{number}# stands for nothing");
                    return Err(Error::syntax(datum.span, message));
                }
            },
        })
    }

    fn list(&mut self, items: &[Datum], tail: Val) -> Result<Val> {
        let items = items.iter().map(|item| self.build(item)).collect::<Result<Vec<_>>>()?;
        Ok(list::list_with_tail(&mut self.m.heap, &items, tail)?)
    }

    fn label(&mut self, number: u32, datum: &Datum) -> Result<Val> {
        // A symbol that no program can have stands for the datum until it is there.
        let hole = value::symbol(Sym::new("").alias());
        self.labels.insert(number, hole);
        let before = std::mem::replace(&mut self.holes, false);
        let value = self.build(datum)?;
        if self.holes {
            fill(&mut self.m.heap, value, hole)?;
        }
        self.holes = before;
        self.labels.insert(number, value);
        Ok(value)
    }
}

/// A literal, and what it consists of, never changes.
fn freeze(heap: &mut holloway::Heap, whole: Val) {
    let mut todo = vec![whole];
    while let Some(value) = todo.pop() {
        if let Some(pair) = value.cast::<Pair>() {
            if !pair.is_frozen() {
                heap.freeze(value);
                todo.extend([pair.get_val(Pair::CDR), pair.get_val(Pair::CAR)]);
            }
        } else if let Some(vector) = value.cast::<Array>() {
            if !vector.is_frozen() {
                heap.freeze(value);
                todo.extend(vector.to_vec());
            }
        } else if value.tag() == BYTES {
            heap.freeze(value);
        }
    }
}

/// Puts an object where its hole stands in it.
fn fill(heap: &mut holloway::Heap, whole: Val, hole: Val) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    let mut waiting = vec![whole];
    while let Some(value) = waiting.pop() {
        if !seen.insert(value) {
            continue;
        }
        if let Some(pair) = value.cast::<Pair>() {
            for field in [Pair::CAR, Pair::CDR] {
                match pair.get_val(field) {
                    inner if inner == hole => pair.set_val(field, whole),
                    inner => waiting.push(inner),
                }
            }
        } else if let Some(vector) = value.cast::<Array>() {
            for index in 0..vector.count() {
                match vector.load(index) {
                    Some(inner) if inner == hole => {
                        vector.store(heap, index, whole)?;
                    }
                    Some(inner) => waiting.push(inner),
                    None => {}
                }
            }
        }
    }
    Ok(())
}

//! Values as text: `write`, `display`, `write-shared` and `write-simple`.
//!
//! Invariant: what is written without asking for simplicity ends: objects that contain themselves
//! get labels.

use std::collections::HashMap;

use holloway::{Array, Heap, Tag, Val};

use super::object::{
    BYTES, CLOSURE, CONDITION, CONTINUATION, ENVIRONMENT, PAIR, PARAMETER, PORT, PROMISE, RECORD,
    RECORD_TYPE, STRING, VALUES,
};
use super::{
    Bytes, Closure, Condition, Record, RecordType, Str, StrExt, Values, as_builtin, as_char,
    as_symbol, default_object, eof, list, numeric, symbol,
};
use crate::builtins;
use crate::number;
use crate::symbol::Sym;
use crate::syntax::chars;

/// Which objects get labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// Those that contain themselves.
    Cycles,
    /// Those that are reached twice.
    Shared,
    /// None.
    Never,
}

/// How values are written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Strings and characters as they are, without quotes.
    pub display: bool,
    /// Which objects get labels.
    pub labels: Labels,
}

/// As `write` does.
pub const WRITE: Style = Style { display: false, labels: Labels::Cycles };
/// As `display` does.
pub const DISPLAY: Style = Style { display: true, labels: Labels::Cycles };

/// The text of a value.
pub fn show(heap: &Heap, value: Val, style: Style) -> String {
    let mut writer = Writer { heap, style, out: String::new(), labels: HashMap::new(), next: 0 };
    if is_compound(value) && style.labels != Labels::Never {
        writer.find_labels(value);
    }
    writer.value(value);
    writer.out
}

fn is_compound(value: Val) -> bool {
    matches!(value.tag(), PAIR | Tag::ARRAY | RECORD)
}

struct Writer<'h> {
    heap: &'h Heap,
    style: Style,
    out: String,
    /// Objects that get labels, and their numbers once they have one.
    labels: HashMap<Val, Option<u32>>,
    next: u32,
}

/// A step of writing.
enum Step {
    Value(Val),
    Tail(Val),
    Text(&'static str),
}

fn children(value: Val) -> Vec<Val> {
    if let Some((car, cdr)) = list::parts(value) {
        return vec![car, cdr];
    }
    if let Some(vector) = value.cast::<Array>() {
        return vector.to_vec();
    }
    match value.cast::<Record>() {
        Some(record) => {
            (0..record.len()).filter_map(|i| record.val_at(Record::FIELDS, i)).collect()
        }
        None => Vec::new(),
    }
}

impl Writer<'_> {
    fn find_labels(&mut self, root: Val) {
        enum Visit {
            Enter(Val),
            Leave(Val),
        }
        // Of every object: if it is being visited.
        let mut seen: HashMap<Val, bool> = HashMap::new();
        let mut waiting = vec![Visit::Enter(root)];
        while let Some(visit) = waiting.pop() {
            match visit {
                Visit::Leave(value) => {
                    seen.insert(value, false);
                }
                Visit::Enter(value) => match seen.get(&value) {
                    Some(open) => {
                        if *open || self.style.labels == Labels::Shared {
                            self.labels.insert(value, None);
                        }
                    }
                    None => {
                        seen.insert(value, true);
                        waiting.push(Visit::Leave(value));
                        let inner = children(value).into_iter().rev();
                        waiting.extend(inner.filter(|v| is_compound(*v)).map(Visit::Enter));
                    }
                },
            }
        }
    }

    /// Writes the label of an object; `false` if that is all there is to write.
    fn label(&mut self, value: Val) -> bool {
        match self.labels.get(&value) {
            None => true,
            Some(Some(number)) => {
                self.out.push_str(&format!("#{number}#"));
                false
            }
            Some(None) => {
                self.labels.insert(value, Some(self.next));
                self.out.push_str(&format!("#{}=", self.next));
                self.next += 1;
                true
            }
        }
    }

    fn value(&mut self, value: Val) {
        let mut waiting = vec![Step::Value(value)];
        while let Some(step) = waiting.pop() {
            match step {
                Step::Text(text) => self.out.push_str(text),
                Step::Value(value) if is_compound(value) => {
                    if self.label(value) {
                        self.compound(value, &mut waiting);
                    }
                }
                Step::Value(value) => self.atom(value),
                Step::Tail(value) => self.tail(value, &mut waiting),
            }
        }
    }

    /// What follows the first element of a list.
    fn tail(&mut self, value: Val, waiting: &mut Vec<Step>) {
        match list::parts(value) {
            _ if value.is_nil() => self.out.push(')'),
            Some((car, cdr)) if !self.labels.contains_key(&value) => {
                self.out.push(' ');
                waiting.extend([Step::Tail(cdr), Step::Value(car)]);
            }
            _ => {
                self.out.push_str(" . ");
                waiting.extend([Step::Text(")"), Step::Value(value)]);
            }
        }
    }

    fn compound(&mut self, value: Val, waiting: &mut Vec<Step>) {
        if let Some((car, cdr)) = list::parts(value) {
            if let Some((item, rest)) = list::parts(cdr)
                && rest.is_nil()
                && !self.labels.contains_key(&cdr)
                && let Some(prefix) = abbreviation(car)
            {
                self.out.push_str(prefix);
                waiting.push(Step::Value(item));
                return;
            }
            self.out.push('(');
            waiting.extend([Step::Tail(cdr), Step::Value(car)]);
            return;
        }
        let (open, items) = match value.cast::<Record>() {
            Some(record) => {
                let name = record.get(Record::KIND).get_val(RecordType::NAME);
                self.out.push_str("#<");
                self.atom(name);
                (false, children(value))
            }
            None => {
                self.out.push_str("#(");
                (true, children(value))
            }
        };
        waiting.push(Step::Text(if open { ")" } else { ">" }));
        for (index, item) in items.into_iter().enumerate().rev() {
            waiting.push(Step::Value(item));
            if index > 0 || !open {
                waiting.push(Step::Text(" "));
            }
        }
    }

    fn atom(&mut self, value: Val) {
        let text = match value.tag() {
            Tag::NIL => "()".to_owned(),
            Tag::BOOL => if value == Val::TRUE { "#t" } else { "#f" }.to_owned(),
            Tag::RAW => self.immediate(value),
            STRING => match value.cast::<Str>() {
                Some(string) if self.style.display => string.text(self.heap),
                Some(string) => {
                    let text = string.chars(self.heap, 0, string.count());
                    chars::write_string(text.into_iter())
                }
                None => String::new(),
            },
            _ => match numeric::to_num(self.heap, value) {
                Some(number) => number::to_text(&number, 10),
                None => self.object(value),
            },
        };
        self.out.push_str(&text);
    }

    fn immediate(&self, value: Val) -> String {
        if let Some(c) = as_char(value) {
            return if self.style.display { c.to_string() } else { chars::write_char(c) };
        }
        if let Some(symbol) = as_symbol(value) {
            let name = symbol.name();
            return if self.style.display { name.to_string() } else { chars::write_symbol(&name) };
        }
        match as_builtin(value) {
            Some(number) => format!("#<procedure {}>", builtins::name(number)),
            None if value == eof() => "#<eof>".to_owned(),
            None if value == default_object() => "#<default>".to_owned(),
            None => "#<unspecified>".to_owned(),
        }
    }

    fn object(&self, value: Val) -> String {
        match value.tag() {
            BYTES => {
                let bytes =
                    value.cast::<Bytes>().map(|b| b.bytes(Bytes::BYTES, self.heap).to_vec());
                let items: Vec<String> =
                    bytes.unwrap_or_default().iter().map(u8::to_string).collect();
                format!("#u8({})", items.join(" "))
            }
            CLOSURE => match value.cast::<Closure>().and_then(|c| c.get(Closure::CODE).name) {
                Some(name) => format!("#<procedure {}>", name.name()),
                None => "#<procedure>".to_owned(),
            },
            CONTINUATION => "#<continuation>".to_owned(),
            PARAMETER => "#<parameter>".to_owned(),
            PROMISE => "#<promise>".to_owned(),
            PORT => "#<port>".to_owned(),
            ENVIRONMENT => "#<environment>".to_owned(),
            RECORD_TYPE => match value.cast::<RecordType>() {
                Some(kind) => {
                    format!(
                        "#<record-type {}>",
                        show(self.heap, kind.get_val(RecordType::NAME), WRITE)
                    )
                }
                None => String::new(),
            },
            VALUES => match value.cast::<Values>() {
                Some(values) => {
                    let items = (0..values.len()).filter_map(|i| values.val_at(Values::ITEMS, i));
                    let texts: Vec<String> =
                        items.map(|v| show(self.heap, v, self.style)).collect();
                    format!("#<values {}>", texts.join(" "))
                }
                None => String::new(),
            },
            CONDITION => format!("#<error {}>", condition_text(self.heap, value)),
            _ => "#<object>".to_owned(),
        }
    }
}

/// The message of an error object and its irritants.
pub fn condition_text(heap: &Heap, value: Val) -> String {
    let Some(condition) = value.cast::<Condition>() else { return String::new() };
    let mut text = show(heap, condition.get_val(Condition::MESSAGE), DISPLAY);
    for irritant in list::to_vec(condition.get_val(Condition::IRRITANTS)).unwrap_or_default() {
        text.push(' ');
        text.push_str(&show(heap, irritant, WRITE));
    }
    text
}

fn abbreviation(head: Val) -> Option<&'static str> {
    let head = as_symbol(head)?;
    [("quote", "'"), ("quasiquote", "`"), ("unquote", ","), ("unquote-splicing", ",@")]
        .into_iter()
        .find(|(name, _)| symbol(Sym::new(name)) == symbol(head))
        .map(|(_, prefix)| prefix)
}

//! The text form of a trace, as it stands in logs, tests and the book.
//!
//! ```text
//! ; file.mini:3                       comments reach to the end of the line
//! i0 = slot_load 4                    a value is named by its type and the index of its op
//! p1 = slot_load local0               a red local
//! i2 = int_add_ovf i0, 1 -> s0        `->` names the snapshot
//! f3 = field_load p1.Point.x
//! elem_store p1.Words[] i0, i2
//! i5 = call hash(p1, 1.5)
//! guard_value i5, 7 -> s0
//! i7 = call_guest @4 base 8           the guest function of key 4, its frame 8 words up
//! label [i2, f3] -> s1
//! i8 = phi 0
//! f9 = phi 1
//! jump self [i8, f9]                  or `jump loop 3 base 4 [..]`, `jump entry 3 base 0`
//! s0: @12 base 4 {2: i2, 3: 1.0} replay [i5] virtuals [p6 {Point.x: i2, Point.y: 1.0}]
//! s1: @13 {4: i8} memory [p1 {Point.x: f9}]      what words of real objects hold, or are to hold
//! s2: @13 {4: i8} barred [i5]         and which values only its own preamble may compute
//! ```
//!
//! Constants stand inline: `-5`, `1.0`, `inf`, `nan` (`float:0x..` if its bits are not the canonical ones), `true`,
//! `null`, `@name` for an object, and `&name` for an integer that is its
//! address (or that of code). Invariant: [`parse`](super::parse::parse) reads back whatever this prints, and
//! printing never panics, however malformed the trace is.

use super::desc::{Access, CallDesc, CallEffect, Layout, Mutability, Width};
use super::ir::{KeyId, Op, Ref, Slot, Snapshot, Target, Trace};
use super::op::{Opcode, Ty};
use super::virtuals::VirtualObject;
use std::fmt::{self, Write};

/// The bits of the NaN that prints as `nan`.
pub const CANONICAL_NAN: u64 = 0x7ff8_0000_0000_0000;

/// Comments begin in this column, if the op leaves room.
const COMMENT_COLUMN: usize = 44;

/// What to print besides the ops.
#[derive(Clone, Copy, Default)]
pub struct PrintOptions<'a> {
    /// Print the bare names of descriptors even where a younger one took the name: for texts that declare theirs.
    pub plain_names: bool,
    /// The name of a constant object, printed behind `@`; without one it is numbered in order of appearance.
    pub name_object: Option<&'a dyn Fn(u64) -> Option<String>>,
    /// The name of an integer constant that is an address, printed behind `&`.
    pub name_int: Option<&'a dyn Fn(u64) -> Option<String>>,
    /// A comment to put behind the op at this index: exit counts, say.
    pub annotate: Option<&'a dyn Fn(usize) -> Option<String>>,
    /// Says in words where the guest program is: a comment line wherever that changes.
    pub location: Option<&'a dyn Fn(KeyId) -> Option<String>>,
}

/// The trace as text.
pub fn print(trace: &Trace, options: &PrintOptions<'_>) -> String {
    print_with_objects(trace, options).0
}

/// The trace as text, and the addresses behind `@0`, `@1` .. in it.
pub fn print_with_objects(trace: &Trace, options: &PrintOptions<'_>) -> (String, Vec<u64>) {
    let mut printer =
        Printer { trace, options, out: String::new(), objects: Vec::new(), location: None };
    for index in 0..trace.ops.len() {
        printer.op_line(index);
    }
    for (i, snapshot) in trace.snapshots.iter().enumerate() {
        printer.snapshot(i, snapshot);
    }
    (printer.out, printer.objects)
}

/// One op as text, without comments and line end.
pub fn print_op(trace: &Trace, index: usize) -> String {
    let options = PrintOptions::default();
    let mut printer = Printer {
        trace,
        options: &options,
        out: String::new(),
        objects: Vec::new(),
        location: None,
    };
    printer.op(index);
    printer.out
}

/// The name of a value as it stands in the text form: `i5`, or a constant.
pub fn value_name(trace: &Trace, value: Ref) -> String {
    let options = PrintOptions::default();
    let mut printer = Printer {
        trace,
        options: &options,
        out: String::new(),
        objects: Vec::new(),
        location: None,
    };
    printer.value(value);
    printer.out
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self, &PrintOptions::default()))
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_local() {
            Some(k) => write!(f, "local{k}"),
            None => write!(f, "{}", self.0),
        }
    }
}

struct Printer<'a> {
    trace: &'a Trace,
    options: &'a PrintOptions<'a>,
    out: String,
    /// Constant objects without a name, in order of appearance.
    objects: Vec<u64>,
    /// The last location printed.
    location: Option<String>,
}

impl<'a> Printer<'a> {
    fn put(&mut self, args: fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.out.write_fmt(args);
    }

    fn op_line(&mut self, index: usize) {
        if let Some(location) = self.options.location.and_then(|f| f(self.trace.ops[index].at))
            && self.location.as_ref() != Some(&location)
        {
            self.put(format_args!("; {}\n", one_line(&location)));
            self.location = Some(location);
        }
        let start = self.out.len();
        self.op(index);
        if let Some(note) = self.options.annotate.and_then(|f| f(index)) {
            let width = self.out.len() - start;
            let pad = COMMENT_COLUMN.saturating_sub(width).max(1);
            self.put(format_args!("{:pad$}; {}", "", one_line(&note)));
        }
        self.out.push('\n');
    }

    fn op(&mut self, index: usize) {
        let op = self.trace.ops[index];
        if let Some(ty) = op.result() {
            self.put(format_args!("{}{index} = ", ty.letter()));
        }
        self.out.push_str(op.code.name());
        self.operands(&op);
        if let Some(snap) = op.snap {
            self.put(format_args!(" -> s{}", snap.0));
        }
    }

    /// What stands behind the name of the op.
    fn operands(&mut self, op: &Op) {
        let [a, b, c] = op.args;
        match op.code {
            Opcode::Input | Opcode::Phi => self.put(format_args!(" {}", op.aux)),
            Opcode::SlotLoad | Opcode::SlotAddr => self.put(format_args!(" {}", op.slot())),
            Opcode::SlotStore => {
                self.put(format_args!(" {}, ", op.slot()));
                self.value(a);
            }
            Opcode::Label | Opcode::DirectEntry => self.list(op),
            Opcode::Jump => self.jump(op),
            Opcode::FieldLoad => self.place(a, op),
            Opcode::FieldStore => {
                self.place(a, op);
                self.out.push_str(", ");
                self.value(b);
            }
            Opcode::ElemLoad | Opcode::ElemStore => {
                self.place(a, op);
                self.out.push(' ');
                self.value(b);
                if op.code == Opcode::ElemStore {
                    self.out.push_str(", ");
                    self.value(c);
                }
            }
            Opcode::New | Opcode::NewArray | Opcode::Virtual => {
                self.put(format_args!(" {}", layout_name(op, self.options.plain_names)));
                if op.code != Opcode::New {
                    self.out.push_str(", ");
                    self.value(a);
                }
            }
            Opcode::CallGuest => {
                self.put(format_args!(" @{} base ", op.aux));
                self.value(a);
                if op.list.len > 0 {
                    self.list(op);
                }
            }
            Opcode::Finish => {
                self.out.push(' ');
                self.value(a);
                self.out.push_str(", ");
                self.value(b);
                if op.aux != 0 {
                    self.put(format_args!(" base {}", op.aux as i32));
                }
            }
            Opcode::Call | Opcode::CallVoid => {
                self.put(format_args!(" {}(", call_name(op, self.options.plain_names)));
                self.values(self.list_of(op));
                self.out.push(')');
            }
            _ => {
                for (i, &operand) in op.operands().iter().enumerate() {
                    self.out.push_str(if i == 0 { " " } else { ", " });
                    self.value(operand);
                }
            }
        }
    }

    fn jump(&mut self, op: &Op) {
        match self.trace.targets.get(op.aux as usize) {
            Some(Target::Label) => self.out.push_str(" self"),
            Some(Target::Loop { trace, base }) => {
                self.put(format_args!(" loop {} base {base}", trace.0));
            }
            Some(Target::Entry { trace, base }) => {
                self.put(format_args!(" entry {} base {base}", trace.0));
                if op.list.len == 0 {
                    return;
                }
            }
            None => self.put(format_args!(" nowhere {}", op.aux)),
        }
        self.list(op);
    }

    /// `p3.Point.x`
    fn place(&mut self, object: Ref, op: &Op) {
        self.out.push(' ');
        self.value(object);
        self.put(format_args!(".{}", access_name(op, self.options.plain_names)));
    }

    fn list_of(&self, op: &Op) -> &'a [Ref] {
        let start = op.list.start as usize;
        self.trace.lists.get(start..start + op.list.len as usize).unwrap_or_default()
    }

    fn list(&mut self, op: &Op) {
        self.out.push_str(" [");
        self.values(self.list_of(op));
        self.out.push(']');
    }

    fn values(&mut self, values: &[Ref]) {
        for (i, &value) in values.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            self.value(value);
        }
    }

    fn value(&mut self, value: Ref) {
        if value == Ref::NONE {
            self.out.push_str("none");
        } else if let Some(c) = self.trace.as_const(value) {
            self.constant(c.ty, c.bits);
        } else {
            match self.trace.def(value).and_then(Op::result) {
                Some(ty) => self.put(format_args!("{}{}", ty.letter(), value.index())),
                None => self.put(format_args!("{value:?}")),
            }
        }
    }

    fn constant(&mut self, ty: Ty, bits: u64) {
        match ty {
            Ty::Int => match self.options.name_int.and_then(|f| f(bits)) {
                Some(name) => self.put(format_args!("&{}", word_of(&name))),
                None => self.put(format_args!("{}", bits as i64)),
            },
            Ty::Float => self.put(format_args!("{}", FloatText(bits))),
            Ty::Bool if bits <= 1 => self.put(format_args!("{}", bits == 1)),
            Ty::Bool => self.put(format_args!("bool:{bits:#x}")),
            Ty::Ref if bits == 0 => self.out.push_str("null"),
            Ty::Ref => self.object(bits),
        }
    }

    fn object(&mut self, address: u64) {
        if let Some(name) = self.options.name_object.and_then(|f| f(address)) {
            self.put(format_args!("@{}", word_of(&name)));
            return;
        }
        let index = self.objects.iter().position(|&a| a == address).unwrap_or_else(|| {
            self.objects.push(address);
            self.objects.len() - 1
        });
        self.put(format_args!("@{index}"));
    }

    fn snapshot(&mut self, index: usize, snapshot: &Snapshot) {
        self.put(format_args!("s{index}: @{}", snapshot.at.0));
        if snapshot.base != 0 {
            self.put(format_args!(" base {}", snapshot.base));
        }
        self.out.push_str(" {");
        for (i, &(slot, value)) in snapshot.slots.iter().enumerate() {
            self.put(format_args!("{}{slot}: ", if i > 0 { ", " } else { "" }));
            self.value(value);
        }
        self.out.push('}');
        if !snapshot.replay.is_empty() {
            self.out.push_str(" replay [");
            self.values(&snapshot.replay);
            self.out.push(']');
        }
        self.objects("virtuals", &snapshot.virtuals);
        self.objects("memory", &snapshot.memory);
        if !snapshot.barred.is_empty() {
            self.out.push_str(" barred [");
            self.values(&snapshot.barred);
            self.out.push(']');
        }
        self.out.push('\n');
    }
}

/// `virtuals [p3 {Point.x: i1}]`
impl Printer<'_> {
    fn objects(&mut self, what: &str, objects: &[VirtualObject]) {
        for (i, object) in objects.iter().enumerate() {
            match i {
                0 => self.put(format_args!(" {what} [")),
                _ => self.out.push_str(", "),
            }
            self.value(object.name);
            self.out.push_str(" {");
            for (k, store) in object.stores.iter().enumerate() {
                let name = access_name_of(store.access, self.options.plain_names);
                self.put(format_args!("{}{name}", if k > 0 { ", " } else { "" }));
                if let Some(index) = store.index {
                    self.put(format_args!(" {index}"));
                }
                self.out.push_str(": ");
                self.value(store.value);
            }
            self.out.push('}');
        }
        if !objects.is_empty() {
            self.out.push(']');
        }
    }
}

/// A double as text that reads back to the same bits.
struct FloatText(u64);

impl fmt::Display for FloatText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = f64::from_bits(self.0);
        if self.0 == CANONICAL_NAN {
            f.write_str("nan")
        } else if value.is_nan() {
            write!(f, "float:{:#018x}", self.0)
        } else {
            write!(f, "{value:?}")
        }
    }
}

/// May stand in a name of the text form.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn word_of(name: &str) -> String {
    name.chars().map(|c| if is_word(c) { c } else { '_' }).collect()
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// The name of a descriptor, or `?` and its number if there is none; `#` and the number is added if a younger
/// descriptor took the name.
macro_rules! descriptor_name {
    ($name:ident, $of:ident, $id:ident, $method:ident) => {
        fn $name(op: &Op, plain: bool) -> String {
            $of(op.$method(), plain)
        }

        fn $of(id: super::desc::$id, plain: bool) -> String {
            match id.lookup() {
                Some(desc) if plain || super::desc::$id::named(&desc.name) == Some(id) => {
                    desc.name.clone()
                }
                Some(desc) => format!("{}#{}", desc.name, id.0),
                None => format!("?#{}", id.0),
            }
        }
    };
}

descriptor_name!(access_name, access_name_of, AccessId, access);
descriptor_name!(layout_name, layout_name_of, LayoutId, layout);
descriptor_name!(call_name, call_name_of, CallId, call);

/// Declarations of all fields, layouts and callees that a trace mentions, as a test file begins with them.
pub fn print_declarations(trace: &Trace) -> String {
    let mut lines = Vec::new();
    for op in &trace.ops {
        let line = match op.code {
            Opcode::FieldLoad | Opcode::FieldStore | Opcode::ElemLoad | Opcode::ElemStore => {
                op.access().lookup().map(declare_access)
            }
            Opcode::New | Opcode::NewArray | Opcode::Virtual => {
                op.layout().lookup().and_then(|layout| match layout.made_by {
                    Some(call) => call.lookup().map(declare_call),
                    None => Some(declare_layout(layout)),
                })
            }
            Opcode::Call | Opcode::CallVoid => op.call().lookup().map(declare_call),
            _ => None,
        };
        lines.extend(line);
    }
    let virtuals = trace.snapshots.iter().flat_map(|s| s.virtuals.iter().chain(&s.memory));
    let laid_out = virtuals.filter(|object| trace.delayed_call(object.name).is_none());
    let stores = laid_out.flat_map(|object| &object.stores);
    lines.extend(stores.filter_map(|store| store.access.lookup().map(declare_access)));
    lines.sort();
    lines.dedup();
    lines.concat()
}

fn declare_access(access: &Access) -> String {
    let width = match access.width {
        Width::Word(ty) => type_name(ty),
        Width::Byte => "u8",
        Width::Tag => "tag",
        Width::Half => "u32",
    };
    let mutability = match access.mutability {
        Mutability::Mutable => "mutable",
        Mutability::Immutable => "immutable",
    };
    format!("access {} {width} {mutability} offset {}\n", access.name, access.offset)
}

fn declare_layout(layout: &Layout) -> String {
    format!(
        "layout {} tag {} size {} elem {}\n",
        layout.name, layout.tag, layout.size, layout.elem_size
    )
}

fn declare_call(call: &CallDesc) -> String {
    let params: Vec<&str> = call.params.iter().map(|&ty| type_name(ty)).collect();
    let result = call.result.map_or(String::new(), |ty| format!(" -> {}", type_name(ty)));
    let effect = match call.effect {
        CallEffect::Elidable => "elidable",
        CallEffect::Makes => "makes",
        CallEffect::Reads => "reads",
        CallEffect::Writes => "writes",
        CallEffect::Collects => "collects",
    };
    let fails = if call.can_fail { " fails" } else { "" };
    format!("call {}({}){result} {effect}{fails}\n", call.name, params.join(", "))
}

/// The name of a type in declarations.
pub(super) fn type_name(ty: Ty) -> &'static str {
    match ty {
        Ty::Int => "i64",
        Ty::Float => "f64",
        Ty::Bool => "bool",
        Ty::Ref => "ref",
    }
}

//! Declarations before the ops of a trace, in tests: what its fields, layouts, callees and objects are.
//!
//! ```text
//! access Point.x i64 mutable offset 8     i64 f64 bool ref u8 u32; `mutable` or `immutable`
//! access Words[] i64 mutable              elements lie behind the fields
//! layout Point tag 3 size 24              all three numbers may be left out, and `elem`
//! call sin(f64) -> f64 elidable           or `makes`, `reads`, `writes`; then `fails` if a `guard_no_error` follows
//! object @a Words[5]                      the constant `@a` is an object of this layout with five elements
//! ```
//! A layout need not be declared if its fields are. Offsets left out are assigned in order of declaration, behind a header of one word and, if the layout has elements,
//! their length. A callee that is registered
//! already under the same name with the same types and effects is that one: text has no addresses of code.

use super::super::desc::{
    Access, AccessId, CallDesc, CallEffect, CallId, Layout, LayoutId, Mutability, Width,
};
use super::super::op::Ty;
use super::Parse;
use super::cursor::Cursor;
use hashbrown::HashMap;

/// Bytes of an object's header.
const HEADER: u32 = 8;

/// Where the addresses of constant objects that nobody placed begin, and how far they lie apart.
const OBJECTS: u64 = 0x1000_0000;
const OBJECT_STRIDE: u64 = 0x1_0000;

/// What the names in texts mean.
#[derive(Clone, Debug, Default)]
pub struct Names {
    accesses: Vec<(Access, Option<u32>)>,
    layouts: Vec<DeclaredLayout>,
    access_ids: HashMap<String, AccessId>,
    layout_ids: HashMap<String, LayoutId>,
    call_ids: HashMap<String, CallId>,
    /// Names of constant objects, without `@`, and their addresses, in order of appearance.
    addresses: Vec<(String, u64)>,
    /// What stands behind the constant objects that were declared.
    pub objects: Vec<Object>,
}

/// A declared constant object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its name, without `@`.
    pub name: String,
    /// The name of its layout.
    pub layout: String,
    /// How many trailing elements it has.
    pub elems: u64,
    /// Its address in traces.
    pub address: u64,
}

#[derive(Clone, Debug)]
struct DeclaredLayout {
    name: String,
    tag: Option<u32>,
    size: Option<u32>,
    elem: Option<u32>,
}

impl Names {
    /// Says where the constant object `@name` lies.
    pub fn place_object(&mut self, name: &str, address: u64) {
        match self.addresses.iter_mut().find(|(known, _)| known == name) {
            Some(entry) => entry.1 = address,
            None => self.addresses.push((name.to_owned(), address)),
        }
        for object in self.objects.iter_mut().filter(|object| object.name == name) {
            object.address = address;
        }
    }

    /// The name of the constant object at this address: what `PrintOptions::name_object` wants.
    pub fn object_name(&self, address: u64) -> Option<String> {
        self.addresses.iter().find(|entry| entry.1 == address).map(|entry| entry.0.clone())
    }

    /// The layout called `name`: the declared one, else the last one registered.
    pub fn layout_named(&self, name: &str) -> Option<LayoutId> {
        self.find_layout(name)
    }

    /// The address of `@name`; a new one if the name is new.
    pub(super) fn object_address(&mut self, name: &str) -> u64 {
        if let Some(entry) = self.addresses.iter().find(|entry| entry.0 == name) {
            return entry.1;
        }
        let address = OBJECTS + OBJECT_STRIDE * self.addresses.len() as u64;
        self.addresses.push((name.to_owned(), address));
        address
    }

    pub(super) fn find_access(&self, name: &str) -> Option<AccessId> {
        self.access_ids.get(name).copied().or_else(|| AccessId::named(name))
    }

    pub(super) fn find_layout(&self, name: &str) -> Option<LayoutId> {
        self.layout_ids.get(name).copied().or_else(|| LayoutId::named(name))
    }

    pub(super) fn find_call(&self, name: &str) -> Option<CallId> {
        self.call_ids.get(name).copied().or_else(|| CallId::named(name))
    }

    /// Reads one declaration.
    pub(super) fn declare(&mut self, mut line: Cursor<'_>) -> Parse<()> {
        match line.word() {
            "access" => self.declare_access(&mut line)?,
            "layout" => self.declare_layout(&mut line)?,
            "call" => self.declare_call(&mut line)?,
            _ => self.declare_object(&mut line)?,
        }
        line.finish()
    }

    fn declare_access(&mut self, line: &mut Cursor<'_>) -> Parse<()> {
        line.skip_space();
        let at = line.clone();
        let name = line.name_until(&[]).to_owned();
        if !name.contains('.') && !name.ends_with("[]") {
            return Err(at.error("expected `Layout.field` or `Layout[]`".to_owned()));
        }
        let at = line.clone();
        let width = match line.word() {
            "u8" => Width::Byte,
            "tag" => Width::Tag,
            "u32" => Width::Half,
            word => Width::Word(type_named(word).ok_or_else(|| {
                at.error("expected a type: i64, f64, bool, ref, u8 or u32".to_owned())
            })?),
        };
        let at = line.clone();
        let mutability = match line.word() {
            "mutable" => Mutability::Mutable,
            "immutable" => Mutability::Immutable,
            _ => return Err(at.error("expected `mutable` or `immutable`".to_owned())),
        };
        let offset = if line.eat_word("offset") { Some(line.number()?) } else { None };
        self.accesses.push((Access { name, offset: 0, width, mutability }, offset));
        Ok(())
    }

    fn declare_layout(&mut self, line: &mut Cursor<'_>) -> Parse<()> {
        line.skip_space();
        let name = line.name_until(&[]).to_owned();
        let mut layout = DeclaredLayout { name, tag: None, size: None, elem: None };
        for (word, field) in
            [("tag", &mut layout.tag), ("size", &mut layout.size), ("elem", &mut layout.elem)]
        {
            if line.eat_word(word) {
                *field = Some(line.number()?);
            }
        }
        self.layouts.push(layout);
        Ok(())
    }

    fn declare_call(&mut self, line: &mut Cursor<'_>) -> Parse<()> {
        line.skip_space();
        let name = line.name_until(&['(']).to_owned();
        line.expect('(')?;
        let mut params = Vec::new();
        while !line.eat(')') {
            if !params.is_empty() {
                line.expect(',')?;
            }
            params.push(expect_type(line)?);
        }
        let result = if line.eat_str("->") { Some(expect_type(line)?) } else { None };
        let at = line.clone();
        let effect = match line.word() {
            "elidable" => CallEffect::Elidable,
            "makes" => CallEffect::Makes,
            "reads" => CallEffect::Reads,
            "writes" => CallEffect::Writes,
            "collects" => CallEffect::Collects,
            _ => {
                let expected = "`elidable`, `makes`, `reads`, `writes` or `collects`";
                return Err(at.error(format!("expected {expected}")));
            }
        };
        let can_fail = line.eat_word("fails");
        let mut desc = CallDesc { name, address: 0, params, result, effect, can_fail };
        if let Some(known) = CallId::named(&desc.name) {
            let address = known.get().address;
            let same = CallDesc { address: 0, ..known.get().clone() } == desc;
            desc.address = if same { address } else { 0 };
        }
        let (name, count) = (desc.name.clone(), desc.params.len());
        let call = CallId::of(desc);
        if call.makes() {
            self.layout_ids.insert(name.clone(), call.delayed());
            for k in 0..count {
                self.access_ids.insert(format!("{name}.{k}"), call.argument(k));
            }
        }
        self.call_ids.insert(name, call);
        Ok(())
    }

    fn declare_object(&mut self, line: &mut Cursor<'_>) -> Parse<()> {
        line.expect('@')?;
        let at = line.clone();
        let name = line.word().to_owned();
        if name.is_empty() || self.objects.iter().any(|object| object.name == name) {
            return Err(at.error("expected a name that is not taken".to_owned()));
        }
        line.skip_space();
        let layout = line.name_until(&['[']).to_owned();
        let mut elems = 0;
        if line.eat('[') {
            elems = line.number()?;
            line.expect(']')?;
        }
        let address = self.object_address(&name);
        self.objects.push(Object { name, layout, elems, address });
        Ok(())
    }

    /// Assigns what the declarations left out, and registers the descriptors.
    pub(super) fn register(&mut self) {
        let mut ends: HashMap<String, u32> = HashMap::new();
        let mut elems: HashMap<String, u32> = HashMap::new();
        let mut undeclared = Vec::new();
        let (arrays, fields): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.accesses).into_iter().partition(|a| a.0.name.ends_with("[]"));
        for (access, _) in &arrays {
            ends.insert(owner(&access.name).to_owned(), 2 * HEADER);
        }
        for (mut access, offset) in fields {
            let end = ends.entry(owner(&access.name).to_owned()).or_insert(HEADER);
            let bytes = access.width.bytes();
            access.offset = offset.unwrap_or(aligned(*end, bytes));
            *end = (*end).max(access.offset.saturating_add(bytes));
            self.access_ids.insert(access.name.clone(), AccessId::of(access));
        }
        for (mut access, offset) in arrays {
            let layout = owner(&access.name).to_owned();
            let end = ends.get(&layout).copied().unwrap_or(2 * HEADER);
            let declared = self.layouts.iter().find(|l| l.name == layout).and_then(|l| l.size);
            access.offset = offset.or(declared).unwrap_or(aligned(end, 8));
            elems.insert(layout, access.width.bytes());
            self.access_ids.insert(access.name.clone(), AccessId::of(access));
        }
        for name in ends.keys().filter(|name| self.layouts.iter().all(|l| l.name != **name)) {
            let layout = DeclaredLayout { name: name.clone(), tag: None, size: None, elem: None };
            undeclared.push(layout);
        }
        undeclared.sort_by(|a, b| a.name.cmp(&b.name));
        for layout in std::mem::take(&mut self.layouts).into_iter().chain(undeclared) {
            let end = ends.get(&layout.name).copied().unwrap_or(HEADER);
            let desc = Layout {
                tag: layout.tag.unwrap_or(self.layout_ids.len() as u32 + 1),
                size: layout.size.unwrap_or(aligned(end, 8)),
                elem_size: layout.elem.or(elems.get(&layout.name).copied()).unwrap_or(0),
                made_by: None,
                name: layout.name,
            };
            self.layout_ids.insert(desc.name.clone(), LayoutId::of(desc));
        }
    }
}

fn aligned(offset: u32, bytes: u32) -> u32 {
    offset.checked_next_multiple_of(bytes).unwrap_or(offset)
}

/// The layout that a field belongs to: what stands before `.` or `[]`.
pub fn owner(access: &str) -> &str {
    access.strip_suffix("[]").unwrap_or_else(|| access.rsplit_once('.').map_or(access, |(o, _)| o))
}

fn type_named(name: &str) -> Option<Ty> {
    let types = [Ty::Int, Ty::Float, Ty::Bool, Ty::Ref];
    types.into_iter().find(|&ty| super::super::print::type_name(ty) == name)
}

fn expect_type(line: &mut Cursor<'_>) -> Parse<Ty> {
    line.skip_space();
    let at = line.clone();
    type_named(line.word())
        .ok_or_else(|| at.error("expected a type: i64, f64, bool or ref".to_owned()))
}

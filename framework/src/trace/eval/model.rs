//! A world of plain data: slots in maps, objects as vectors of words under made-up addresses, callees as closures.
//!
//! Invariant: no address in it is ever dereferenced, so that it runs under Miri and can hold addresses of anything.

use super::super::desc::{Access, AccessId, CallId, LayoutId, Width};
use super::super::ir::{KeyId, Slot};
use super::World;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A callee: what it yields, or `None` if it fails.
pub type ModelCall = Arc<dyn Fn(&mut ModelWorld, &[u64]) -> Option<u64> + Send + Sync>;

/// What guest functions do, given the function and where its frame lies from where the base was at first: tag and payload of the
/// result, or `None` if it fails.
pub type ModelGuest = Arc<dyn Fn(&mut ModelWorld, KeyId, i64) -> Option<(u64, u64)> + Send + Sync>;

/// Where new objects begin, unless told otherwise: not an integer that a program is likely to compute.
const NEW_OBJECTS: u64 = 0x2357_1113_1718;

/// Index of the word that holds the length of an object with trailing elements.
const LENGTH_WORD: usize = 1;

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelObject {
    /// Its layout.
    pub layout: LayoutId,
    /// Its memory, header included.
    pub words: Vec<u64>,
    /// Made by the trace.
    pub is_new: bool,
}

/// A world of plain data.
#[derive(Clone)]
pub struct ModelWorld {
    /// Words of the VM stack, by distance from where the base was at first.
    pub stack: BTreeMap<i64, u64>,
    /// Red locals.
    pub locals: BTreeMap<usize, u64>,
    /// How far the base has moved.
    pub base: i64,
    /// Objects by address.
    pub objects: BTreeMap<u64, ModelObject>,
    /// What callees do.
    pub calls: BTreeMap<CallId, ModelCall>,
    /// What guest functions do.
    pub guest: Option<ModelGuest>,
    /// Every call so far that is not elidable, with its arguments.
    pub log: Vec<(CallId, Vec<u64>)>,
    /// A call has failed, and nobody has taken the error.
    pub failed: bool,
    /// An interrupt is due.
    pub signal: bool,
    /// The trace is valid.
    pub valid: bool,
    /// How many `guard_chaos` still hold.
    pub countdown: i64,
    /// The tag of the dynamic value that the last call returned.
    pub tag: u64,
    /// The address of slot 0 when the base has not moved.
    pub stack_address: u64,
    /// The address of the next new object.
    pub next_address: u64,
}

impl Default for ModelWorld {
    fn default() -> Self {
        ModelWorld {
            stack: BTreeMap::new(),
            locals: BTreeMap::new(),
            base: 0,
            objects: BTreeMap::new(),
            calls: BTreeMap::new(),
            guest: None,
            log: Vec::new(),
            failed: false,
            signal: false,
            valid: true,
            countdown: i64::MAX,
            tag: 0,
            stack_address: 0x4000_0000,
            next_address: NEW_OBJECTS,
        }
    }
}

impl fmt::Debug for ModelWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelWorld")
            .field("stack", &self.stack)
            .field("locals", &self.locals)
            .field("base", &self.base)
            .field("objects", &self.objects)
            .field("failed", &self.failed)
            .field("countdown", &self.countdown)
            .finish_non_exhaustive()
    }
}

impl ModelWorld {
    /// Puts an object with `elems` trailing elements at this address, all zero but for header and length.
    pub fn place(&mut self, address: u64, layout: LayoutId, elems: u64) -> Result<(), String> {
        let Some(desc) = layout.lookup() else {
            return Err(format!("there is no layout {}", layout.0));
        };
        let elem_bytes = elems.checked_mul(u64::from(desc.elem_size)).filter(|&b| b < 1 << 30);
        let Some(elem_bytes) = elem_bytes else {
            return Err(format!("an object with {elems} elements is too large"));
        };
        let words = (u64::from(desc.size) + elem_bytes).div_ceil(8).max(1);
        let mut words = vec![0; words as usize];
        words[0] = u64::from(desc.tag) | elems << 32;
        if desc.elem_size != 0
            && let Some(length) = words.get_mut(LENGTH_WORD)
        {
            *length = elems;
        }
        self.objects.insert(address, ModelObject { layout, words, is_new: false });
        Ok(())
    }

    /// Sets what a callee does.
    pub fn define(
        &mut self,
        callee: CallId,
        function: impl Fn(&mut ModelWorld, &[u64]) -> Option<u64> + Send + Sync + 'static,
    ) {
        self.calls.insert(callee, Arc::new(function));
    }

    fn stack_key(&self, slot: Slot) -> i64 {
        self.base + i64::from(slot.0)
    }

    fn object(&mut self, address: u64) -> Result<&mut ModelObject, String> {
        self.objects.get_mut(&address).ok_or_else(|| format!("there is no object at {address:#x}"))
    }
}

/// The place of a field or element in an object of this many words.
fn place(access: &Access, index: Option<i64>, words: usize) -> Result<usize, String> {
    let bytes = i64::from(access.width.bytes());
    let at = index.unwrap_or(0).checked_mul(bytes);
    let at = at.and_then(|at| at.checked_add(i64::from(access.offset)));
    match at {
        Some(at) if at >= i64::from(access.offset) && at + bytes <= 8 * words as i64 => {
            Ok(at as usize)
        }
        _ => Err(format!("{} with index {index:?} is out of bounds", access.name)),
    }
}

fn described(access: AccessId) -> Result<&'static Access, String> {
    access.lookup().ok_or_else(|| format!("there is no access {}", access.0))
}

/// The bits of a word that an access of this width reads.
fn mask(width: Width) -> u64 {
    match width {
        Width::Word(_) => u64::MAX,
        Width::Byte | Width::Tag => 0xff,
        Width::Half => 0xffff_ffff,
    }
}

impl World for ModelWorld {
    fn load_slot(&mut self, slot: Slot) -> Result<u64, String> {
        let word = match slot.as_local() {
            Some(k) => self.locals.get(&k),
            None => self.stack.get(&self.stack_key(slot)),
        };
        word.copied().ok_or_else(|| format!("slot {slot} is not set"))
    }

    fn store_slot(&mut self, slot: Slot, word: u64) {
        match slot.as_local() {
            Some(k) => self.locals.insert(k, word),
            None => self.stack.insert(self.stack_key(slot), word),
        };
    }

    fn slot_address(&mut self, slot: Slot) -> Result<u64, String> {
        match slot.as_local() {
            Some(k) => Err(format!("the red local {k} has no address")),
            None => Ok(self.stack_address.wrapping_add_signed(8 * self.stack_key(slot))),
        }
    }

    fn move_base(&mut self, words: i32) {
        self.base += i64::from(words);
    }

    fn load(&mut self, access: AccessId, object: u64, index: Option<i64>) -> Result<u64, String> {
        let access = described(access)?;
        let words = &self.object(object)?.words;
        let at = place(access, index, words.len())?;
        Ok(words[at / 8] >> (8 * (at % 8)) & mask(access.width))
    }

    fn store(
        &mut self,
        access: AccessId,
        object: u64,
        index: Option<i64>,
        word: u64,
    ) -> Result<(), String> {
        let access = described(access)?;
        let words = &mut self.object(object)?.words;
        let at = place(access, index, words.len())?;
        let (mask, shift) = (mask(access.width), 8 * (at % 8));
        let old = &mut words[at / 8];
        *old = *old & !(mask << shift) | (word & mask) << shift;
        Ok(())
    }

    fn allocate(&mut self, layout: LayoutId, elems: u64) -> Result<u64, String> {
        let address = self.next_address;
        self.place(address, layout, elems)?;
        if let Some(object) = self.objects.get_mut(&address) {
            object.is_new = true;
            self.next_address += 8 * object.words.len() as u64;
        }
        Ok(address)
    }

    fn call(&mut self, callee: CallId, args: &[u64]) -> Result<u64, String> {
        let name = callee.lookup().map_or("?", |desc| desc.name.as_str());
        let Some(function) = self.calls.get(&callee).cloned() else {
            return Err(format!("there is no function {name}"));
        };
        if callee.lookup().is_some_and(|d| d.effect != super::super::desc::CallEffect::Elidable) {
            self.log.push((callee, args.to_vec()));
        }
        let result = function(self, args);
        if callee.lookup().is_some_and(|desc| desc.can_fail) {
            self.failed |= result.is_none();
        }
        Ok(result.unwrap_or_default())
    }

    fn call_guest(&mut self, function: KeyId, base: i64) -> Result<u64, String> {
        let Some(guest) = self.guest.clone() else {
            return Err(format!("there is no guest function {}", function.0));
        };
        let result = guest(self, function, self.base + base);
        self.failed |= result.is_none();
        let (tag, payload) = result.unwrap_or_default();
        self.tag = tag;
        Ok(payload)
    }

    fn result_tag(&mut self) -> u64 {
        self.tag
    }

    fn has_failed(&mut self) -> bool {
        self.failed
    }

    fn has_signal(&mut self) -> bool {
        self.signal
    }

    fn is_valid(&mut self) -> bool {
        self.valid
    }

    fn chaos(&mut self) -> bool {
        self.countdown -= 1;
        self.countdown < 0
    }
}

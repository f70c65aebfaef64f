//! What the collector knows of each layout, by tag: sizes, and where references stand.
//!
//! Invariant: a tag is known from the first object of its layout on.
#![allow(unsafe_code, reason = "walks over raw object memory")]

use super::gc::LEN_OFFSET;
use super::header::Header;
use super::object::{ElemKind, Object, StoredKind, Tag};
use std::any::TypeId;

/// One layout.
pub(crate) struct Known {
    id: TypeId,
    pub(crate) name: &'static str,
    size: u32,
    elem_size: u32,
    /// Offsets of references.
    refs: Vec<u32>,
    /// Offsets of tags, each with a payload behind it.
    vals: Vec<u32>,
    /// Offsets of payloads, each with that of its tag in the header.
    tagged: Vec<(u32, u32)>,
    /// So many dynamic values are all that there is, each with its tag in the header: pairs and cells, of which there are many.
    only_tagged: usize,
    elems: ElemKind,
    /// Is there a length word?
    pub(crate) has_length: bool,
    /// Can an object of this layout hold references?
    pub(crate) has_refs: bool,
}

impl Known {
    fn of<T: Object>() -> Known {
        let offsets = |kind| {
            let of_kind = T::FIELDS.iter().filter(move |f| f.1 == kind);
            of_kind.map(|f| f.0).collect::<Vec<u32>>()
        };
        let (refs, vals) = (offsets(StoredKind::Ref), offsets(StoredKind::Val));
        let in_header = T::FIELDS.iter().filter_map(|&(offset, kind)| match kind {
            StoredKind::Tagged(tag) => Some((offset, tag)),
            _ => None,
        });
        let tagged: Vec<_> = in_header.collect();
        let in_order = (0u32..).map(|i| (8 + 8 * i, 4 + i)).zip(&tagged).all(|(at, is)| at == *is);
        let is_all = tagged.len() == T::FIELDS.len() && matches!(T::ELEMS, ElemKind::Plain);
        let has_fields = !refs.is_empty() || !vals.is_empty() || !tagged.is_empty();
        Known {
            has_refs: has_fields || !matches!(T::ELEMS, ElemKind::Plain),
            has_length: T::HAS_LENGTH,
            id: TypeId::of::<T>(),
            name: T::NAME,
            size: T::SIZE,
            elem_size: T::ELEM_SIZE,
            refs,
            vals,
            only_tagged: if is_all && in_order { tagged.len() } else { 0 },
            tagged,
            elems: T::ELEMS,
        }
    }

    /// Bytes of an object with this header.
    pub(crate) fn bytes(&self, header: Header) -> usize {
        (self.size as usize + header.capacity() * self.elem_size as usize).next_multiple_of(8)
    }

    /// Elements that an object with this header has room for.
    pub(crate) fn capacity(&self, header: Header) -> usize {
        if self.has_length { header.capacity() } else { 0 }
    }
}

/// All layouts of a heap.
#[derive(Default)]
pub(crate) struct Layouts {
    by_tag: Vec<Option<Box<Known>>>,
}

impl Layouts {
    /// Is the layout known?
    #[inline(always)]
    pub(crate) fn knows<T: Object>(&self) -> bool {
        let known = self.by_tag.get(T::TAG.0 as usize);
        matches!(known, Some(Some(known)) if known.id == TypeId::of::<T>())
    }

    /// Makes a layout known.
    ///
    /// # Panics
    /// If another type has the same tag.
    pub(crate) fn add<T: Object>(&mut self) {
        self.by_tag.resize_with(Tag::LAST_OBJECT.0 as usize + 1, || None);
        let known = &mut self.by_tag[T::TAG.0 as usize];
        assert!(known.is_none(), "two layouts share the tag {}", T::TAG.0);
        *known = Some(Box::new(Known::of::<T>()));
    }

    /// The layout of this tag, if it is known.
    pub(crate) fn get(&self, tag: Tag) -> Option<&Known> {
        self.by_tag.get(tag.0 as usize)?.as_deref()
    }

    /// The layout of an object.
    ///
    /// # Panics
    /// If that is none of this heap: memory is corrupt.
    #[inline]
    pub(crate) fn of(&self, header: Header) -> &Known {
        match self.by_tag.get(header.tag().0 as usize) {
            Some(Some(known)) => known,
            _ => panic!("no object has the header {:#x}", header.bits()),
        }
    }

    /// Calls `visit` with the address of every word of the object that is a reference or 0.
    #[inline]
    pub(crate) fn each_ref(&self, address: u64, visit: &mut impl FnMut(*mut u64)) {
        let header = Header::of(address);
        let known = self.of(header);
        if known.only_tagged > 0 {
            let mut tags = header.tags();
            for word in 1..=known.only_tagged {
                if is_object_tag(tags & 0xff) {
                    visit((address + word as u64 * 8) as *mut u64);
                }
                tags >>= 8;
            }
            return;
        }
        self.each_field(known, address, visit);
        self.each_elem(known, address, 0..usize::MAX, visit);
    }

    /// The same for the fields alone.
    #[inline]
    pub(crate) fn each_field(&self, known: &Known, address: u64, visit: &mut impl FnMut(*mut u64)) {
        for &offset in &known.refs {
            visit((address + u64::from(offset)) as *mut u64);
        }
        for &(offset, tag) in &known.tagged {
            // SAFETY: a byte of the header of a live object.
            let tag = unsafe { (address as *const u8).add(tag as usize).read() };
            if is_object_tag(tag.into()) {
                visit((address + u64::from(offset)) as *mut u64);
            }
        }
        for &offset in &known.vals {
            pair((address + u64::from(offset)) as *mut u64, visit);
        }
    }

    /// The same for trailing elements whose words lie in this range. Answers if there are more.
    #[inline]
    pub(crate) fn each_elem(
        &self,
        known: &Known,
        address: u64,
        words: std::ops::Range<usize>,
        visit: &mut impl FnMut(*mut u64),
    ) -> bool {
        // SAFETY: the object is alive; layouts with a trailing array have a length word.
        let (len, start) = unsafe {
            let object = address as *mut u64;
            let len = match known.elems {
                ElemKind::Plain | ElemKind::Described(_) => 0,
                _ => object.byte_add(LEN_OFFSET as usize).read() as usize,
            };
            (len, object.byte_add(known.size as usize))
        };
        let (count, pairs) = match known.elems {
            ElemKind::Plain => return false,
            ElemKind::Described(describe) => {
                describe(address as *mut u64, visit);
                return false;
            }
            ElemKind::Refs => (len, false),
            ElemKind::Vals => (len * 2, true),
            ElemKind::ByTag(offset) => {
                // SAFETY: the layout says that the kind stands there.
                let kind =
                    unsafe { (address as *const u64).byte_add(offset as usize).read() } as u32;
                match Tag(kind) {
                    Tag::MIXED => (len, true),
                    kind if kind.is_object() => (len, false),
                    _ => return false,
                }
            }
        };
        let end = words.end.min(count);
        if pairs {
            for at in (words.start..end).step_by(2) {
                pair(start.wrapping_add(at), visit);
            }
        } else {
            for at in words.start..end {
                visit(start.wrapping_add(at));
            }
        }
        end < count
    }
}

/// A tag and a payload.
#[inline(always)]
fn pair(tag: *mut u64, visit: &mut impl FnMut(*mut u64)) {
    // SAFETY: two words of a live object or of the VM stack.
    if is_object_tag(unsafe { tag.read() }) {
        visit(tag.wrapping_add(1));
    }
}

/// Does this tag word say that the payload behind it is a reference?
#[inline(always)]
pub(crate) fn is_object_tag(tag: u64) -> bool {
    tag >= u64::from(Tag::ARRAY.0) && tag <= u64::from(Tag::LAST_OBJECT.0)
}

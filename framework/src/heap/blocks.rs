//! Old space: objects that survived a collection, or were too large for the nursery. They never move.
//!
//! Blocks of 128 KiB, aligned to their size, hold cells of one size class each; what is larger than a cell can be has a block
//! of its own, aligned the same way. A block begins with a header, so every object leads to its block by clearing low bits.
//!
//! Invariant: every cell of a small block is free (its first word is 0) or holds an object; only the one stretch of each class that
//! was never used may hold anything, until a sweep begins. After marking, a dead object's cell is free only when its block has been
//! swept; until then the block is in `unswept`.
#![allow(unsafe_code, reason = "carves raw memory into cells")]

use super::header::Header;
use super::remembered::Remembered;
use std::alloc::{Layout, alloc, dealloc};
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// Size and alignment of blocks.
const BLOCK: usize = 128 << 10;
/// What is larger has a block of its own.
const SMALL: usize = 16 << 10;
/// Room for the header.
const HEAD: usize = 64;
/// Empty blocks that are kept for the next size class that wants one.
const SPARE: usize = 16;
/// Bytes of large blocks that are kept for the next large object: pages from the system cost more than what is written there.
const SPARE_LARGE: usize = 32 << 20;
/// So many large blocks are swept at a time, at least.
const SWEPT_LARGE: usize = 256;

/// The header of a block.
#[repr(C)]
pub(crate) struct Block {
    remembered: *const Remembered,
    /// Bytes of a cell.
    cell: usize,
    /// Address behind the last cell.
    end: usize,
    /// The first free cell; its second word leads to the next.
    free: usize,
    /// Bytes in all.
    bytes: usize,
}

impl Block {
    /// The block of an old object.
    #[inline(always)]
    pub(crate) fn of(address: u64) -> *mut Block {
        (address as usize & !(BLOCK - 1)) as *mut Block
    }

    /// Bytes of the cell of any of its objects.
    #[inline(always)]
    pub(crate) fn cell_bytes(&self) -> usize {
        self.cell
    }

    /// The remembered set of the heap.
    #[inline(always)]
    pub(crate) fn remembered(&self) -> &Remembered {
        // SAFETY: the heap owns both the set and the block.
        unsafe { &*self.remembered }
    }
}

/// Cell sizes: from 16 bytes on steps of a word, then of two, then four to a power of two.
fn class_of(bytes: usize) -> usize {
    let bytes = bytes.max(16);
    if bytes <= 64 {
        return bytes.div_ceil(8) - 2;
    }
    if bytes <= 256 {
        return bytes.div_ceil(16) + 2;
    }
    let power = (bytes - 1).ilog2(); // 2^power < bytes <= 2^(power + 1)
    let quarter = 1 << (power - 2);
    19 + (power as usize - 8) * 4 + (bytes - (1 << power)).div_ceil(quarter) - 1
}

fn cell_of(class: usize) -> usize {
    if class < 7 {
        return (class + 2) * 8;
    }
    if class < 19 {
        return (class - 2) * 16;
    }
    let (power, quarters) = ((class - 19) / 4 + 8, (class - 19) % 4 + 1);
    (1 << power) + quarters * (1 << (power - 2))
}

/// The blocks of one size class.
#[derive(Default)]
struct Class {
    cell: usize,
    /// The list of free cells that is being used up.
    free: usize,
    /// The part of a new block that was never used.
    fresh: Range<usize>,
    /// Swept blocks.
    blocks: Vec<*mut Block>,
    /// Those of them that have free cells.
    available: Vec<*mut Block>,
    /// Blocks that may hold dead objects.
    unswept: Vec<*mut Block>,
}

/// See the module.
#[derive(Default)]
pub(crate) struct OldSpace {
    remembered: Rc<Remembered>,
    classes: Vec<Class>,
    large: Vec<*mut Block>,
    large_unswept: Vec<*mut Block>,
    spare: Vec<*mut Block>,
    /// With their sizes: to ask each block would take long.
    spare_large: Vec<(usize, *mut Block)>,
    spare_bytes: usize,
    /// So many bytes are kept at most.
    most_spare: usize,
    /// Bytes of cells that hold objects, those aside that the last marking found dead.
    pub(crate) bytes: usize,
    /// Bytes taken from the system.
    pub(crate) reserved: usize,
    /// The colour of objects that are alive, for sweeping.
    pub(crate) colour: u64,
    /// Dead objects with an identity hash, for the table to forget.
    pub(crate) dead_hashed: RefCell<Vec<u64>>,
}

impl OldSpace {
    pub(crate) fn new(remembered: Rc<Remembered>) -> OldSpace {
        let mut space = OldSpace::default();
        (space.remembered, space.most_spare) = (remembered, SPARE_LARGE);
        space
    }

    /// Bytes that an object of this size takes.
    pub(crate) fn footprint(bytes: usize) -> usize {
        if bytes > SMALL { bytes } else { cell_of(class_of(bytes)) }
    }

    /// A cell for an object, with whatever stood in it; nothing if the system has no memory.
    #[inline]
    pub(crate) fn allocate(&mut self, bytes: usize) -> Option<u64> {
        if bytes > SMALL {
            return self.allocate_large(bytes);
        }
        let number = class_of(bytes);
        if let Some(class) = self.classes.get_mut(number)
            && class.free != 0
        {
            let cell = class.free;
            // SAFETY: a free cell: two words.
            class.free = unsafe { (cell as *const usize).add(1).read() };
            self.bytes += class.cell;
            return Some(cell as u64);
        }
        self.allocate_slowly(number)
    }

    fn allocate_slowly(&mut self, number: usize) -> Option<u64> {
        if self.classes.is_empty() {
            let class = |n| Class { cell: cell_of(n), ..Class::default() };
            self.classes = (0..=class_of(SMALL)).map(class).collect();
        }
        loop {
            let class = &mut self.classes[number];
            if class.fresh.start < class.fresh.end {
                let cell = class.fresh.start;
                class.fresh.start += class.cell;
                self.bytes += class.cell;
                return Some(cell as u64);
            }
            if let Some(block) = class.available.pop() {
                // SAFETY: a block of this space.
                class.free = unsafe { std::mem::take(&mut (*block).free) };
                let cell = class.cell;
                return self.allocate(cell);
            }
            if let Some(block) = class.unswept.pop() {
                self.sweep_block(number, block);
                continue;
            }
            let cell = class.cell;
            let block = match self.spare.pop() {
                Some(block) => block,
                None => self.new_block(BLOCK)?,
            };
            let start = block as usize + HEAD;
            let end = start + (BLOCK - HEAD) / cell * cell;
            // SAFETY: a block with room for a header and these cells, in which nothing lives.
            unsafe {
                (*block).cell = cell;
                (*block).end = end;
                (*block).free = 0;
            }
            let class = &mut self.classes[number];
            class.blocks.push(block);
            class.fresh = start..end;
        }
    }

    #[cold]
    fn allocate_large(&mut self, bytes: usize) -> Option<u64> {
        let wanted = HEAD.checked_add(bytes)?;
        // Rounded, so that a block serves objects that differ a little, as those do that grow.
        let wanted =
            wanted.checked_next_multiple_of((wanted >> 4).next_power_of_two().max(4096))?;
        let block = match self.take_spare(wanted) {
            Some(block) => block,
            None => self.new_block(wanted)?,
        };
        // SAFETY: a block with room for the object, in which nothing lives.
        unsafe {
            (*block).cell = bytes;
            (*block).end = block as usize + HEAD + bytes;
        }
        self.large.push(block);
        self.bytes += bytes;
        Some((block as usize + HEAD) as u64)
    }

    /// From now on, keeps at most so many bytes of large blocks that hold nothing.
    pub(crate) fn keep_spare(&mut self, bytes: usize) {
        self.most_spare = bytes.min(SPARE_LARGE);
    }

    /// A spare block of so many bytes, or a few more.
    fn take_spare(&mut self, bytes: usize) -> Option<*mut Block> {
        let fits = |spare: &(usize, *mut Block)| (bytes..=bytes + bytes / 4).contains(&spare.0);
        // What was left last may still be in the cache.
        let (bytes, block) = self.spare_large.swap_remove(self.spare_large.iter().rposition(fits)?);
        self.spare_bytes -= bytes;
        Some(block)
    }

    fn new_block(&mut self, bytes: usize) -> Option<*mut Block> {
        let layout = Layout::from_size_align(bytes, BLOCK).ok()?;
        // SAFETY: the size is not zero.
        let block = unsafe { alloc(layout) }.cast::<Block>();
        if block.is_null() {
            return None;
        }
        let _ = block.expose_provenance();
        let remembered = Rc::as_ptr(&self.remembered);
        // SAFETY: room for the header.
        unsafe { block.write(Block { remembered, cell: 0, end: 0, free: 0, bytes }) };
        self.reserved += bytes;
        Some(block)
    }

    fn release(&mut self, block: *mut Block) {
        // SAFETY: a block of this space in which nothing lives; its layout is that of `new_block`.
        unsafe {
            let bytes = (*block).bytes;
            if bytes == BLOCK && self.spare.len() < SPARE {
                return self.spare.push(block);
            }
            if bytes != BLOCK && self.spare_bytes + bytes <= self.most_spare {
                self.spare_bytes += bytes;
                return self.spare_large.push((bytes, block));
            }
            self.reserved -= bytes;
            let layout = Layout::from_size_align_unchecked(bytes, BLOCK);
            dealloc(block.cast(), layout);
        }
    }

    /// Marking is complete: everything not of the colour is dead, and is swept from now on. `alive`: bytes of what is marked.
    pub(crate) fn begin_sweep(&mut self, colour: u64, alive: usize) {
        debug_assert!(self.is_swept(), "an earlier sweep is not complete");
        (self.colour, self.bytes) = (colour, alive);
        for class in &mut self.classes {
            class.unswept = std::mem::take(&mut class.blocks);
            class.available.clear();
            for cell in class.fresh.clone().step_by(class.cell.max(1)) {
                // SAFETY: a cell of a block of this space that was never used.
                unsafe { (cell as *mut u64).write(0) };
            }
            (class.free, class.fresh) = (0, 0..0);
        }
        self.large_unswept = std::mem::take(&mut self.large);
    }

    /// Is nothing left to sweep?
    pub(crate) fn is_swept(&self) -> bool {
        self.large_unswept.is_empty() && self.classes.iter().all(|c| c.unswept.is_empty())
    }

    /// How many blocks there are to sweep.
    pub(crate) fn unswept(&self) -> usize {
        self.large_unswept.len() + self.classes.iter().map(|c| c.unswept.len()).sum::<usize>()
    }

    /// Sweeps so many blocks.
    pub(crate) fn sweep(&mut self, mut blocks: usize) {
        // These hold the most bytes for the least work.
        for _ in 0..SWEPT_LARGE + self.large_unswept.len() / 4 {
            self.sweep_large();
        }
        for number in 0..self.classes.len() {
            while blocks > 0
                && let Some(block) = self.classes[number].unswept.pop()
            {
                self.sweep_block(number, block);
                blocks -= 1;
            }
        }
        while blocks > 0 && self.sweep_large() {
            blocks -= 1;
        }
    }

    /// Sweeps one large block; `false` if there is none left.
    fn sweep_large(&mut self) -> bool {
        let Some(block) = self.large_unswept.pop() else { return false };
        let object = (block as usize + HEAD) as u64;
        if Header::of(object).is_marked(self.colour) {
            self.large.push(block);
        } else {
            if Header::of(object).is_hashed() {
                self.dead_hashed.get_mut().push(object);
            }
            self.release(block);
        }
        true
    }

    /// Makes a list of the free cells of a block.
    fn sweep_block(&mut self, number: usize, block: *mut Block) {
        // SAFETY: a block of this space.
        let (cell, end) = unsafe { ((*block).cell, (*block).end) };
        let (mut free, mut alive) = (0, false);
        let mut at = block as usize + HEAD;
        while at < end {
            let header = Header::of(at as u64);
            if header.bits() != 0 && header.is_marked(self.colour) {
                alive = true;
            } else {
                if header.is_hashed() {
                    self.dead_hashed.get_mut().push(at as u64);
                }
                // SAFETY: a cell of at least two words in which nothing lives.
                unsafe {
                    (at as *mut usize).write(0);
                    (at as *mut usize).add(1).write(free);
                }
                free = at;
            }
            at += cell;
        }
        if !alive {
            return self.release(block);
        }
        // SAFETY: as above.
        unsafe { (*block).free = free };
        let class = &mut self.classes[number];
        class.blocks.push(block);
        if free != 0 {
            class.available.push(block);
        }
    }

    fn all(&self) -> impl Iterator<Item = *mut Block> {
        let small = self.classes.iter().flat_map(|c| c.blocks.iter().chain(&c.unswept));
        small.chain(&self.large).chain(&self.large_unswept).copied()
    }

    /// Where objects may lie.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = Range<u64>> {
        // SAFETY: blocks of this space.
        self.all().map(|b| unsafe { b as u64 + HEAD as u64..(*b).end as u64 })
    }

    /// Is there an object at this address?
    pub(crate) fn holds(&self, address: u64) -> bool {
        let start = address & !(BLOCK as u64 - 1);
        // What is large has one cell, at the start of its block.
        let never_used = |class: &Class| class.fresh.contains(&(address as usize));
        if address < start + HEAD as u64
            || !self.all().any(|block| block as u64 == start)
            || self.classes.iter().any(never_used)
        {
            return false;
        }
        // SAFETY: a block of this space.
        let (cell, end) = unsafe { ((*Block::of(address)).cell, (*Block::of(address)).end) };
        let offset = (address - start) as usize - HEAD;
        offset.is_multiple_of(cell) && (address as usize) < end && Header::of(address).bits() != 0
    }

    /// Does a cell begin there? For the verifier; `blocks` are the stretches, sorted.
    pub(crate) fn is_cell(blocks: &[Range<u64>], address: u64) -> bool {
        let at = blocks.partition_point(|b| b.end <= address);
        let Some(range) = blocks.get(at).filter(|b| b.contains(&address)) else { return false };
        // SAFETY: the address lies in a block, whose header stands before its first cell.
        let cell = unsafe { (*(range.start as usize as *mut u8).sub(HEAD).cast::<Block>()).cell };
        (address - range.start).is_multiple_of(cell as u64)
    }
}

impl Drop for OldSpace {
    fn drop(&mut self) {
        let all: Vec<*mut Block> = {
            let spare = self.spare.iter().copied().chain(self.spare_large.iter().map(|s| s.1));
            self.all().chain(spare).collect()
        };
        for block in all {
            // SAFETY: as in `release`; nobody uses objects after their heap is gone.
            unsafe {
                let layout = Layout::from_size_align_unchecked((*block).bytes, BLOCK);
                dealloc(block.cast(), layout);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_cover_all_sizes() {
        for bytes in 1..=SMALL {
            let class = class_of(bytes);
            let cell = cell_of(class);
            assert!(cell >= bytes && cell.is_multiple_of(8), "{bytes} in {cell}");
            assert!(class == 0 || cell_of(class - 1) < bytes, "{bytes} in {cell}");
        }
    }
}

//! Code memory: one reserved region, mapped twice.
//!
//! ```text
//! rx view   [trampoline | trace 1 | trace 2 | free | trace 4 | ...]   executable, never writable: every address is here
//! rw view   the same pages at another address                        writable, never executable: used in this file only
//! ```
//! Traces never move, all of them reach each other with 32-bit displacements, and a jump is re-aimed by one plain store
//! through the rw view. Freed blocks are reused, neighbours merge.
//!
//! Invariants: no page is ever writable and executable through the same address; at most `budget` bytes are in use.

#![allow(unsafe_code, reason = "maps memory and writes machine code")]

use super::{Convey, x64};
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::ptr;

/// Blocks start at multiples of this.
const ALIGN: usize = 64;
/// Bytes that are set aside for cells at a time.
const CELL_BLOCK: usize = 4096;
/// Fills gaps: `int3`.
const FILLER: u8 = 0xcc;

/// Memory for machine code.
pub struct CodeMemory {
    /// Start of the executable view.
    rx: usize,
    /// Start of the writable view of the same pages.
    rw: *mut u8,
    /// Bytes of each view, a multiple of the page size.
    len: usize,
    /// Free blocks by offset: disjoint, never adjacent, not empty.
    free: BTreeMap<usize, usize>,
    /// Bytes in use.
    used: usize,
    /// Address of the function that enters machine code.
    trampoline: usize,
    /// Address of the code that every exit ends in.
    common_exit: usize,
    /// Address of the code that cold calls go through.
    cold_call: usize,
    /// Address of the code that calls of guest functions without machine code go to.
    uncompiled: usize,
    /// By key of a guest function: the address of the word that holds its entry.
    cells: HashMap<u32, usize>,
    /// By number of a convention: the address of the word that holds the entry of the function for arguments in registers, and that of
    /// the code that writes them to memory.
    direct_cells: HashMap<u32, (usize, usize)>,
    /// Where further cells go.
    cell_room: Range<usize>,
}

impl CodeMemory {
    /// What a process reserves unless it is told otherwise. Pages cost nothing until they are used.
    pub const DEFAULT_BUDGET: usize = 64 << 20;

    /// Reserves `budget` bytes.
    ///
    /// # Errors
    /// If the system refuses the mapping.
    pub fn new(budget: usize) -> io::Result<CodeMemory> {
        let len = budget.clamp(4096, 1 << 30).next_multiple_of(4096);
        let rw = map_writable(len)?;
        let rx = match map_executable_view(rw, len) {
            Ok(rx) => rx,
            Err(error) => {
                // SAFETY: just mapped, and nothing points into it.
                unsafe { libc::munmap(rw.cast(), len) };
                return Err(error);
            }
        };
        let mut memory = CodeMemory {
            rx,
            rw,
            len,
            free: BTreeMap::from([(0, len)]),
            used: 0,
            trampoline: 0,
            common_exit: 0,
            cold_call: 0,
            uncompiled: 0,
            cells: HashMap::new(),
            direct_cells: HashMap::new(),
            cell_room: 0..0,
        };
        let entry = x64::trampoline();
        let range = memory.allocate(entry.bytes.len()).ok_or(io::ErrorKind::OutOfMemory)?;
        memory.write(range.start, &entry.bytes);
        memory.trampoline = range.start;
        memory.common_exit = range.start + entry.common_exit;
        memory.cold_call = range.start + entry.cold_call;
        memory.uncompiled = range.start + entry.uncompiled;
        serialize();
        Ok(memory)
    }

    /// Bytes that may be used in all.
    pub fn budget(&self) -> usize {
        self.len
    }

    /// Bytes in use.
    pub fn used(&self) -> usize {
        self.used
    }

    /// The machine code in `range`, as it is now.
    ///
    /// # Panics
    /// If the range is not inside the region.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        let at = self.offset(range.start, range.len());
        // SAFETY: `offset` checked that the range is mapped; nobody writes while `self` is borrowed.
        unsafe { std::slice::from_raw_parts((self.rx + at) as *const u8, range.len()) }
    }

    /// Gives a block back, which [`super::assemble`] took for a trace.
    ///
    /// Whoever calls this has made sure that no jump leads into it and that no machine code of it is being run.
    pub fn free(&mut self, range: Range<usize>) {
        let len = range.len().next_multiple_of(ALIGN);
        let mut start = self.offset(range.start, len);
        self.write(range.start, &vec![FILLER; len]);
        self.used -= len;
        let mut end = start + len;
        if let Some((&before, &size)) = self.free.range(..start).next_back()
            && before + size == start
        {
            self.free.remove(&before);
            start = before;
        }
        if let Some(size) = self.free.remove(&end) {
            end += size;
        }
        self.free.insert(start, end - start);
    }

    /// The address of the cell of a guest function, made if there is none. It lies within reach of all code and holds the entry
    /// of the function's machine code, or of the stub for functions without.
    pub(crate) fn cell(&mut self, key: u32) -> Option<usize> {
        if let Some(&cell) = self.cells.get(&key) {
            return Some(cell);
        }
        let cell = self.new_cell()?;
        self.cells.insert(key, cell);
        self.write(cell, &self.uncompiled.to_le_bytes());
        Some(cell)
    }

    fn new_cell(&mut self) -> Option<usize> {
        if self.cell_room.is_empty() {
            self.cell_room = self.allocate(CELL_BLOCK)?;
        }
        let cell = self.cell_room.start;
        self.cell_room.start += 8;
        Some(cell)
    }

    /// The address of the cell for calls of this guest function by a convention. It holds the function's second entry, or the address of
    /// code that writes the arguments to memory, lets the runtime write what waits, and calls the function by the other cell.
    pub(crate) fn direct_cell(
        &mut self,
        convention: u32,
        key: u32,
        arguments: &[Convey],
    ) -> Option<usize> {
        if let Some(&(cell, _)) = self.direct_cells.get(&convention) {
            return Some(cell);
        }
        let function = self.cell(key)?;
        let adapter = x64::adapter(arguments);
        let mut bytes = adapter.bytes;
        let range = self.allocate(bytes.len())?;
        for (at, target) in [(adapter.cold_call, self.cold_call), (adapter.cell, function)] {
            let distance = target.wrapping_sub(range.start + at + 4) as u32;
            bytes[at..at + 4].copy_from_slice(&distance.to_le_bytes());
        }
        let cell = self.new_cell()?;
        self.install(range.clone(), &bytes);
        self.direct_cells.insert(convention, (cell, range.start));
        self.write(cell, &range.start.to_le_bytes());
        Some(cell)
    }

    /// From now on, calls by this convention go to machine code at `entry`; there is a cell for it.
    pub(crate) fn set_direct(&mut self, convention: u32, entry: usize) {
        if let Some(&(cell, _)) = self.direct_cells.get(&convention) {
            self.write(cell, &entry.to_le_bytes());
        }
    }

    /// From now on, calls by a convention do not go to `entry`.
    pub(crate) fn clear_direct(&mut self, entry: usize) {
        let cells: Vec<(usize, usize)> = self.direct_cells.values().copied().collect();
        for (cell, adapter) in cells {
            if self.bytes(cell..cell + 8) == entry.to_le_bytes() {
                self.write(cell, &adapter.to_le_bytes());
            }
        }
    }

    /// From now on, calls of this guest function go to machine code at `entry`.
    pub(crate) fn set_cell(&mut self, key: u32, entry: usize) {
        if let Some(cell) = self.cell(key) {
            self.write(cell, &entry.to_le_bytes());
        }
    }

    /// From now on, calls of this guest function do not go to `entry`.
    pub(crate) fn clear_cell(&mut self, key: u32, entry: usize) {
        if let Some(&cell) = self.cells.get(&key)
            && self.bytes(cell..cell + 8) == entry.to_le_bytes()
        {
            self.write(cell, &self.uncompiled.to_le_bytes());
        }
    }

    /// Address of the function `(context, base, entry) -> trace << 32 | exit`.
    pub(crate) fn trampoline(&self) -> usize {
        self.trampoline
    }

    /// Address of the code that every exit ends in.
    pub(crate) fn common_exit(&self) -> usize {
        self.common_exit
    }

    /// See [`x64`]'s trampoline.
    pub(crate) fn cold_call(&self) -> usize {
        self.cold_call
    }

    /// Takes a block for `len` bytes, if there is room.
    pub(crate) fn allocate(&mut self, len: usize) -> Option<Range<usize>> {
        let size = len.max(1).next_multiple_of(ALIGN);
        let (&at, &room) = self.free.iter().find(|&(_, &room)| room >= size)?;
        self.free.remove(&at);
        if room > size {
            self.free.insert(at + size, room - size);
        }
        self.used += size;
        Some(self.rx + at..self.rx + at + len)
    }

    /// Writes finished code into a block and fills up the rest of it.
    pub(crate) fn install(&mut self, range: Range<usize>, bytes: &[u8]) {
        assert_eq!(range.len(), bytes.len());
        self.write(range.start, bytes);
        let padding = range.len().next_multiple_of(ALIGN) - range.len();
        self.write(range.end, &[FILLER; ALIGN][..padding]);
        serialize();
    }

    /// Aims the 32-bit displacement at address `at` at `target`.
    pub(crate) fn patch(&mut self, at: usize, target: usize) {
        let distance = target.wrapping_sub(at + 4) as i64;
        let near = i32::try_from(distance).expect("the region spans less than 2 GB");
        self.write(at, &near.to_le_bytes());
        serialize();
    }

    /// Overwrites the 5-byte no-op at address `at` with a jump to `target`.
    pub(crate) fn patch_no_op(&mut self, at: usize, target: usize) {
        self.write(at, &[0xe9]);
        self.patch(at + 1, target);
    }

    /// Offset of an address whose next `len` bytes are inside the region.
    fn offset(&self, address: usize, len: usize) -> usize {
        let at = address.wrapping_sub(self.rx);
        assert!(at <= self.len && len <= self.len - at, "address outside code memory");
        at
    }

    /// Writes through the writable view.
    fn write(&mut self, address: usize, bytes: &[u8]) {
        let at = self.offset(address, bytes.len());
        // SAFETY: `offset` checked that the destination is mapped; it is writable through `rw`, and no reference into
        // the region lives while `self` is borrowed mutably.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.rw.add(at), bytes.len()) };
    }
}

impl Drop for CodeMemory {
    fn drop(&mut self) {
        // SAFETY: both views were mapped with this length and are unmapped once.
        unsafe {
            libc::munmap(self.rx as *mut libc::c_void, self.len);
            libc::munmap(self.rw.cast(), self.len);
        }
    }
}

/// Reserves the pages. Shared, because only shared pages can be mapped twice; anonymous, because profilers do not look
/// up symbols for pages that claim to be a file.
fn map_writable(len: usize) -> io::Result<*mut u8> {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_SHARED | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: a fresh anonymous mapping at an address of the system's choice touches nothing that exists.
    let p = unsafe { libc::mmap(ptr::null_mut(), len, prot, flags, -1, 0) };
    if p == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(p.cast()) }
}

/// Maps the pages at `rw` a second time, executable.
fn map_executable_view(rw: *mut u8, len: usize) -> io::Result<usize> {
    // SAFETY: an old size of 0 leaves the mapping at `rw` in place and makes a second one of the same shared pages.
    let rx = unsafe { libc::mremap(rw.cast(), 0, len, libc::MREMAP_MAYMOVE) };
    if rx == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `rx` was mapped just now with this length. A child process gets no writable view of our code.
    unsafe {
        if libc::mprotect(rx, len, libc::PROT_READ | libc::PROT_EXEC) != 0 {
            let error = io::Error::last_os_error();
            libc::munmap(rx, len);
            return Err(error);
        }
        libc::madvise(rw.cast(), len, libc::MADV_DONTFORK);
    }
    Ok(rx as usize)
}

/// Makes the processor forget instructions that it fetched before they were written: the writes went to another
/// address than the one they are fetched from, so the manual asks for a serializing instruction. `iretq` is the
/// cheapest of them; `cpuid` is slow under virtual machines.
fn serialize() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: returns to the next instruction with stack pointer, flags and segments as they were.
    unsafe {
        std::arch::asm!(
            "mov {t}, rsp",
            "mov {s:e}, ss",
            "push {s}",
            "push {t}",
            "pushfq",
            "mov {s:e}, cs",
            "push {s}",
            "lea {t}, [rip + 2f]",
            "push {t}",
            "iretq",
            "2:",
            t = out(reg) _,
            s = out(reg) _,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_reused_and_merge() {
        let mut memory = CodeMemory::new(1 << 16).unwrap();
        let before = memory.used();
        let a = memory.allocate(100).unwrap();
        let b = memory.allocate(10).unwrap();
        let c = memory.allocate(1).unwrap();
        assert!(a.end <= b.start && b.end <= c.start);
        memory.free(a.clone());
        memory.free(b);
        let d = memory.allocate(180).unwrap();
        assert_eq!(d.start, a.start, "two neighbours make one block");
        memory.free(c);
        memory.free(d);
        assert_eq!(memory.used(), before);
        assert_eq!(memory.free.len(), 1);
        assert!(memory.allocate(1 << 17).is_none());
    }

    #[test]
    fn no_page_is_writable_and_executable() {
        let _memory = CodeMemory::new(1 << 20).unwrap();
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        assert!(maps.lines().all(|l| !l.contains("rwx")), "{maps}");
    }
}

//! The VM stack: all guest state outside of the heap.
//!
//! Words in one reserved stretch of memory that the system fills in as it is touched. Slots are addressed as `base + 16 * slot`
//! with a `u16` slot, and a frame's base never lies beyond the limit, behind which there is room for 65,536 more slots: that is
//! why slot accesses need no check of their own.
//!
//! Invariant: every frame base lies between `start` and `limit`; words below the highest one ever written are initialized, the
//! others are zero (nil).
#![allow(unsafe_code, reason = "raw words of the VM stack")]

use std::ptr::NonNull;

/// Bytes behind the limit that slots of the last frame may reach.
const RED_ZONE: usize = 65_536 * 16 + 64;

/// Bytes above the top that are zeroed; what is further away is given back to the system.
const NEAR: usize = 16 << 10;

/// Most programs stay within so many bytes. What lies beyond is wanted in large pages: to touch every small page for the first time
/// costs a deep recursion more than its calls.
const SHALLOW: usize = 1 << 20;

/// Bytes of a large page.
const HUGE: usize = 2 << 20;

/// The stack of one runtime.
pub(crate) struct VmStack {
    start: NonNull<u64>,
    bytes: usize,
    /// No frame's base lies beyond this address.
    pub(crate) limit: usize,
}

impl VmStack {
    /// Reserves room for frames of `bytes` bytes in all.
    ///
    /// # Panics
    /// If the system has no such stretch of addresses.
    pub(crate) fn new(bytes: usize) -> VmStack {
        let total = (bytes + RED_ZONE).next_multiple_of(4096);
        // SAFETY: a fresh private mapping, of no file.
        let memory = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                total,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        assert!(memory != libc::MAP_FAILED, "no address space for a VM stack of {total} bytes");
        let start = NonNull::new(memory.cast()).expect("a mapping does not lie at address 0");
        let shallow = (memory as usize + SHALLOW).next_multiple_of(HUGE);
        let deep = (memory as usize + total).saturating_sub(shallow) / HUGE * HUGE;
        if deep > 0 {
            // SAFETY: within the mapping. This is advice, and what it does not find it ignores.
            unsafe { libc::madvise(shallow as *mut _, deep, libc::MADV_HUGEPAGE) };
        }
        VmStack { start, bytes: total, limit: start.as_ptr() as usize + total - RED_ZONE }
    }

    /// All words below this address: values, links, nil. Nobody else looks at them meanwhile, for handlers and machine code wait.
    pub(crate) fn words_below(&mut self, top: *mut u64) -> &mut [u64] {
        let words = (top as usize - self.start.as_ptr() as usize) / 8;
        assert!(words * 8 <= self.bytes, "a frame outside of the stack");
        // SAFETY: within the mapping, which is initialized.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), words) }
    }

    /// Zeroes what lies above this address, where no frame is: no word there may be taken for a reference later.
    pub(crate) fn clear_above(&mut self, top: *mut u64) {
        let start = self.start.as_ptr() as usize;
        let (from, end) = (top as usize, start + self.bytes);
        let near = (from + NEAR).next_multiple_of(4096).min(end);
        // SAFETY: within the mapping, above all frames. The system gives zeroed pages for those that it takes back.
        unsafe {
            std::ptr::write_bytes(from as *mut u8, 0, near - from);
            if near < end {
                let done = libc::madvise(near as *mut _, end - near, libc::MADV_DONTNEED);
                assert!(done == 0, "the system does not take memory back");
            }
        }
    }

    /// Machine code calls guest functions as long as the base lies below this address: then every frame that it makes without asking
    /// again lies below the limit.
    pub(crate) fn low(&self) -> u64 {
        self.limit.saturating_sub(RED_ZONE).max(self.start() as usize) as u64
    }

    /// The lowest base.
    pub(crate) fn start(&self) -> *mut u64 {
        self.start.as_ptr()
    }
}

impl Drop for VmStack {
    fn drop(&mut self) {
        // SAFETY: the mapping made in `new`; frames do not outlive their runtime.
        unsafe {
            libc::munmap(self.start.as_ptr().cast(), self.bytes);
        }
    }
}

/// Reads the word at this address of the VM stack.
pub(crate) fn peek(address: usize) -> u64 {
    // SAFETY: only the recorder and the driver call this, with addresses of slots of live frames.
    unsafe { (address as *const u64).read() }
}

/// Writes the word at this address of the VM stack.
pub(crate) fn poke(address: usize, word: u64) {
    // SAFETY: as in `peek`.
    unsafe { (address as *mut u64).write(word) }
}

//! 2 COUNT: which loop headers and functions are hot, and what became of them.
//!
//! ```text
//!   Counting --left is 0--> recorded --ok--> Compiled (versions not empty; every pass enters machine code)
//!      ^                        |
//!      +---- penalty passes ----+ given up (the penalty grows, is randomized a little, and shrinks again after success)
//! ```
//! Counts are exact: a small direct-mapped cache finds the cell of a header, a hash table behind it every other one.
//! Invariant: a cell's `left` is at least 1 between two passes.

use crate::trace::TraceId;
use hashbrown::HashMap;

/// The `pc` under which the entry of a function is counted: no instruction's.
pub(crate) const ENTRY: u64 = u32::MAX as u64;

/// What a header is counted under, beside its code: its `pc`, and the number of its mark, 0 if it has none.
pub(crate) fn site(pc: u32, mark: u32) -> u64 {
    u64::from(mark) << 32 | u64::from(pc)
}

/// One loop header, or the entry of a function.
#[derive(Debug)]
pub(crate) struct Cell {
    /// Passes left until something happens.
    pub(crate) left: u32,
    /// Compiled versions; the first is entered.
    pub(crate) versions: Vec<TraceId>,
    /// Recordings given up in a row.
    pub(crate) failures: u32,
    /// Recordings of an unstable first turn in a row.
    pub(crate) unstable: u32,
    /// Of a function: recordings that come by call it, rather than inlining it.
    pub(crate) call_only: bool,
    /// Of a function: bridges that returned from it to a caller that they knew nothing about.
    pub(crate) strays: u32,
    /// The compiled versions lead elsewhere, but a bridge came round here: a loop is wanted.
    pub(crate) wants_loop: bool,
    /// How often a loop was wanted.
    pub(crate) wishes: u32,
}

#[derive(Clone, Copy)]
struct Cached {
    code: usize,
    pc: u64,
    cell: u32,
}

const CACHE: usize = 256;

/// So often a loop is recorded at a header whose versions lead elsewhere.
const WISHES: u32 = 4;

/// So many bridges may return from a function to callers that they know nothing about.
const STRAYS: u32 = 12;

/// All loop headers that were passed.
pub(crate) struct Counters {
    cache: Box<[Cached; CACHE]>,
    cells: Vec<Cell>,
    index: HashMap<(usize, u64), u32>,
    threshold: u32,
    /// The same for entries of functions.
    calls: u32,
    random: u64,
}

impl Counters {
    pub(crate) fn new(threshold: u32, calls: u32) -> Counters {
        let empty = Cached { code: 0, pc: 0, cell: 0 };
        Counters {
            cache: Box::new([empty; CACHE]),
            cells: Vec::new(),
            index: HashMap::new(),
            threshold,
            calls,
            random: 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// Counts a pass at a header; `true` if something is to happen now: the caller then sets the cell's `left`.
    #[inline(always)]
    pub(crate) fn pass(&mut self, code: usize, pc: u64) -> bool {
        let cached = &self.cache[((code >> 4) ^ (pc ^ pc >> 32) as usize) % CACHE];
        if cached.code == code
            && cached.pc == pc
            && let Some(cell) = self.cells.get_mut(cached.cell as usize)
        {
            cell.left -= 1;
            return cell.left == 0;
        }
        self.pass_uncached(code, pc)
    }

    #[cold]
    fn pass_uncached(&mut self, code: usize, pc: u64) -> bool {
        let cell = self.find(code, pc);
        self.cache[((code >> 4) ^ (pc ^ pc >> 32) as usize) % CACHE] = Cached { code, pc, cell };
        let cell = &mut self.cells[cell as usize];
        cell.left -= 1;
        cell.left == 0
    }

    fn find(&mut self, code: usize, pc: u64) -> u32 {
        *self.index.entry((code, pc)).or_insert_with(|| {
            self.cells.push(Cell {
                left: if pc == ENTRY { self.calls } else { self.threshold },
                versions: Vec::new(),
                failures: 0,
                unstable: 0,
                call_only: false,
                strays: 0,
                wants_loop: false,
                wishes: 0,
            });
            self.cells.len() as u32 - 1
        })
    }

    /// The cell of a header.
    pub(crate) fn cell(&mut self, code: usize, pc: u64) -> &mut Cell {
        let cached = self.cache[((code >> 4) ^ (pc ^ pc >> 32) as usize) % CACHE];
        let known = cached.code == code && cached.pc == pc;
        // The cache begins with places that no code has.
        let cell = if known && code != 0 { cached.cell } else { self.find(code, pc) };
        &mut self.cells[cell as usize]
    }

    /// A bridge came round at a header whose versions all lead elsewhere: a version that comes round is wanted, which the next
    /// pass records. `false` if that was tried often enough.
    pub(crate) fn wish_loop(&mut self, code: usize, pc: u64) -> bool {
        let cell = self.cell(code, pc);
        cell.left = 1;
        if cell.wishes >= WISHES {
            return false;
        }
        cell.wishes += 1;
        cell.wants_loop = true;
        true
    }

    /// A bridge returns from this function to a caller that it knows nothing about. Where a loop is in a function that recurs, such
    /// bridges have bridges, one for each way through the callers: the function is to be called, then, rather than inlined. `true` if
    /// that is so from now on.
    pub(crate) fn stray(&mut self, code: usize) -> bool {
        let cell = self.cell(code, ENTRY);
        cell.strays += 1;
        cell.strays > STRAYS && !std::mem::replace(&mut cell.call_only, true)
    }

    /// Makes a header hot at once: its next pass is recorded, if it is not compiled yet.
    pub(crate) fn heat(&mut self, code: usize, pc: u64) {
        self.cell(code, pc).left = 1;
    }

    /// Waits longer and longer after recordings that were given up: the wait doubles with each, up to 2^10 thresholds, and a
    /// little chance keeps loops from trying in step.
    pub(crate) fn penalize(&mut self, code: usize, pc: u64) {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let chance = (self.random % 8) as u32;
        let threshold = self.threshold.max(4);
        let cell = self.cell(code, pc);
        cell.failures += 1;
        // What leads elsewhere is entered all the same.
        let is_compiled = !cell.versions.is_empty();
        cell.left = if is_compiled { 1 } else { (threshold << cell.failures.min(10)) + chance };
    }

    /// Forgets traces in all cells; headers without a version left count anew.
    pub(crate) fn forget(&mut self, gone: impl Fn(TraceId) -> bool) {
        let threshold = self.threshold;
        for cell in &mut self.cells {
            let had = cell.versions.len();
            cell.versions.retain(|&t| !gone(t));
            if cell.versions.is_empty() && had > 0 {
                cell.left = threshold;
            }
        }
    }
}

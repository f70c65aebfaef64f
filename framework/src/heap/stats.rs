//! What the collector did: counts, bytes, pauses.

use std::time::Duration;

/// See the module.
///
/// ```
/// # use holloway::Heap;
/// let heap = Heap::new();
/// let stats = heap.stats();
/// assert_eq!((stats.minor, stats.major, stats.longest.as_millis()), (0, 0, 0));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct HeapStats {
    /// Collections of the nursery.
    pub minor: u64,
    /// Times that all of old space was marked.
    pub major: u64,
    /// Bytes that survived the nursery.
    pub promoted: u64,
    /// Bytes that were alive when marking was last complete.
    pub live: u64,
    /// The most bytes taken from the system.
    pub peak: u64,
    /// Time spent collecting.
    pub total: Duration,
    /// The longest pause.
    pub longest: Duration,
}

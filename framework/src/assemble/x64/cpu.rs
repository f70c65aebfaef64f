//! Which instructions the processor has beyond the baseline.
//!
//! Invariant: detected once per process, so that all traces agree.

use std::sync::OnceLock;

/// Optional instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cpu {
    /// Three-operand float instructions.
    pub(crate) avx: bool,
    /// `roundsd`.
    pub(crate) sse41: bool,
    /// `shlx` and its kind.
    pub(crate) bmi2: bool,
}

impl Cpu {
    /// The processor we run on.
    pub(crate) fn detect() -> Cpu {
        static CPU: OnceLock<Cpu> = OnceLock::new();
        *CPU.get_or_init(|| Cpu {
            avx: std::arch::is_x86_feature_detected!("avx"),
            sse41: std::arch::is_x86_feature_detected!("sse4.1"),
            bmi2: std::arch::is_x86_feature_detected!("bmi2"),
        })
    }

    /// What every x86-64 processor has.
    pub(crate) const BASELINE: Cpu = Cpu { avx: false, sse41: false, bmi2: false };
}

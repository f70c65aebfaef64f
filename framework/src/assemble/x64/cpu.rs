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
    /// Jumps had better not touch 32-byte boundaries.
    pub(crate) jump_erratum: bool,
}

impl Cpu {
    /// The processor we run on.
    pub(crate) fn detect() -> Cpu {
        static CPU: OnceLock<Cpu> = OnceLock::new();
        *CPU.get_or_init(|| Cpu {
            avx: std::arch::is_x86_feature_detected!("avx"),
            sse41: std::arch::is_x86_feature_detected!("sse4.1"),
            bmi2: std::arch::is_x86_feature_detected!("bmi2"),
            jump_erratum: has_jump_erratum(),
        })
    }

    /// What every x86-64 processor has.
    pub(crate) const BASELINE: Cpu =
        Cpu { avx: false, sse41: false, bmi2: false, jump_erratum: false };
}

/// Skylake, Cascade Lake, Kaby Lake, Coffee Lake, Amber Lake, Whiskey Lake, Comet Lake.
fn has_jump_erratum() -> bool {
    let vendor = std::arch::x86_64::__cpuid(0);
    if (vendor.ebx, vendor.edx, vendor.ecx) != (0x756e_6547, 0x4965_6e69, 0x6c65_746e) {
        return false;
    }
    let version = std::arch::x86_64::__cpuid(1).eax;
    let family = version >> 8 & 0xf;
    let model = version >> 4 & 0xf | version >> 12 & 0xf0;
    family == 6 && matches!(model, 0x4e | 0x5e | 0x55 | 0x8e | 0x9e | 0xa5 | 0xa6 | 0xae)
}

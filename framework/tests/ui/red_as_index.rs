//! A red value cannot choose an instruction: promote it.
use holloway::{Mode, Red};

fn fetch<M: Mode>(code: &[u8], pc: Red<M, usize>) -> u8 {
    code[pc]
}

fn main() {}

//! Elidable functions take words.
use holloway::{Val, elidable};

#[elidable]
fn is_nil(v: Val) -> bool {
    v.is_nil()
}

fn main() {}

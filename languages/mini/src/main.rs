//! The `mini` command.
fn main() {}

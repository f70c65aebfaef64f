//! The exit statuses of every language's command. A program that ends well has status 0, or the one
//! that it chooses.

/// An error of the program, which nobody handled.
pub const ERROR: u8 = 1;
/// There is nothing that could be run: a syntax error, an unreadable file, a wrong option.
pub const UNUSABLE: u8 = 2;
/// An error of our own.
pub const BUG: u8 = 70;
/// Ctrl-C.
pub const INTERRUPTED: u8 = 130;

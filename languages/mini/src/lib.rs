//! The Mini language.

//! Macros of Holloway.

//! Staging mistakes and misuse of the macros do not compile, and the messages say what to do: `ui/*.rs` with `.stderr`.
//!
//! `TRYBUILD=overwrite cargo test -p holloway --test staging` renews the expectations.

#[test]
fn mistakes_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

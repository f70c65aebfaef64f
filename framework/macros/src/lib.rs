//! Attribute and derive macros of Holloway: `#[derive(Object)]`, `#[residual]`, `#[elidable]`, `#[loop_invariant]`.
//!
//! Invariant: a macro checks what it can and reports it at the offending token; what it generates refers to the framework as
//! `::holloway`.

mod object;

use proc_macro::TokenStream;

/// Makes a heap layout of a struct. See the framework's `Object` trait.
///
/// ```ignore
/// #[derive(Object)]
/// #[object(tag = 16)]
/// pub struct Str {
///     #[immutable]
///     chars: i64,
///     #[trailing]
///     bytes: u8,
/// }
/// ```
#[proc_macro_derive(Object, attributes(object, immutable, trailing))]
pub fn derive_object(input: TokenStream) -> TokenStream {
    object::derive(syn::parse_macro_input!(input as syn::DeriveInput))
        .unwrap_or_else(|e| e.into_compile_error())
        .into()
}

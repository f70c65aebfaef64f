//! Attribute and derive macros of Holloway: `#[derive(Object)]`, `#[residual]`, `#[elidable]`, `#[loop_invariant]`.
//!
//! Invariant: a macro checks what it can and reports it at the offending token; what it generates refers to the framework as
//! `::holloway`.

mod object;
mod residual;

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
#[proc_macro_derive(Object, attributes(object, immutable, quasi_immutable, trailing))]
pub fn derive_object(input: TokenStream) -> TokenStream {
    object::derive(syn::parse_macro_input!(input as syn::DeriveInput))
        .unwrap_or_else(|e| e.into_compile_error())
        .into()
}

/// Makes a function callable from traces: one call op. Its first parameter is `&mut Runtime<L>`; it may return a `Result`.
///
/// `#[residual]` may read and write the heap, `#[residual(reads)]` only reads it. `#[residual(pure)]` reads immutable parts of its
/// arguments alone: such calls fold, merge and move as those of `#[elidable]` functions do; they cannot fail.
/// `#[residual(makes)]` makes an object out of its arguments and of what never changes in them, and does nothing else that anybody
/// can see (it may answer with an object that is there already): traces put such calls off until somebody wants the object. It
/// cannot fail.
#[proc_macro_attribute]
pub fn residual(effect: TokenStream, item: TokenStream) -> TokenStream {
    let function = syn::parse_macro_input!(item as syn::ItemFn);
    residual::residual(&effect.into(), function).unwrap_or_else(|e| e.into_compile_error()).into()
}

/// Makes a pure function callable from traces: it depends on its arguments alone, so calls fold, merge and move.
#[proc_macro_attribute]
pub fn elidable(_: TokenStream, item: TokenStream) -> TokenStream {
    let function = syn::parse_macro_input!(item as syn::ItemFn);
    residual::elidable(true, function).unwrap_or_else(|e| e.into_compile_error()).into()
}

/// As `#[elidable]`, for a function whose result stays the same while a loop runs, but not for ever.
#[proc_macro_attribute]
pub fn loop_invariant(_: TokenStream, item: TokenStream) -> TokenStream {
    let function = syn::parse_macro_input!(item as syn::ItemFn);
    residual::elidable(false, function).unwrap_or_else(|e| e.into_compile_error()).into()
}

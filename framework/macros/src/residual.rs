//! `#[residual]`, `#[elidable]`, `#[loop_invariant]`: from a plain function to one with red arguments, a thunk for machine code
//! and a descriptor.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, FnArg, Ident, ItemFn, Pat, Result, ReturnType, Type};

struct Param {
    name: Ident,
    ty: Type,
    is_val: bool,
}

fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(p) => p.path.segments.last(),
        _ => None,
    }
}

fn params<'a>(args: impl Iterator<Item = &'a FnArg>) -> Result<Vec<Param>> {
    let mut found = Vec::new();
    for arg in args {
        let FnArg::Typed(arg) = arg else {
            return Err(Error::new_spanned(
                arg,
                "methods cannot be called from traces: write a function",
            ));
        };
        let Pat::Ident(name) = &*arg.pat else {
            return Err(Error::new_spanned(&arg.pat, "a plain parameter name is wanted here"));
        };
        let is_val = last_segment(&arg.ty).is_some_and(|s| s.ident == "Val");
        found.push(Param { name: name.ident.clone(), ty: (*arg.ty).clone(), is_val });
    }
    let words: usize = found.iter().map(|p| if p.is_val { 2 } else { 1 }).sum();
    if words > 5 {
        let message = "at most five words can be passed from a trace (a `Val` is two): pass an object, or slots";
        return Err(Error::new_spanned(&found[0].name, message));
    }
    Ok(found)
}

fn plain_only(function: &ItemFn) -> Result<()> {
    if let Some(param) = function.sig.generics.params.first() {
        return Err(Error::new_spanned(
            param,
            "an opaque function cannot be generic: one that is generic over the mode is traced through and needs no attribute",
        ));
    }
    Ok(())
}

/// Words of the arguments for a thunk, the values from them, the names of them.
struct Words {
    thunk_params: Vec<TokenStream>,
    thunk_args: Vec<TokenStream>,
    traced: Vec<TokenStream>,
    plain_args: Vec<TokenStream>,
    names: Vec<TokenStream>,
    tys: Vec<TokenStream>,
}

fn words(params: &[Param]) -> Words {
    let mut w = Words {
        thunk_params: vec![],
        thunk_args: vec![],
        traced: vec![],
        plain_args: vec![],
        names: vec![],
        tys: vec![],
    };
    for (i, Param { name, ty, is_val }) in params.iter().enumerate() {
        let (a, b) = (format_ident!("w{i}"), format_ident!("w{i}b"));
        if *is_val {
            w.thunk_params.push(quote!(#a: u64, #b: u64));
            w.thunk_args.push(quote!(::holloway::language::residual::dynamic_from(#a, #b)));
            w.traced.push(quote!(#name: ::holloway::Value<M>));
            w.plain_args.push(quote!(#name.untraced()));
            w.names.push(
                quote!(::holloway::language::residual::dynamic_names::<M>(#name, &mut names);),
            );
            w.tys.push(quote!(::holloway::trace::Ty::Int, ::holloway::trace::Ty::Int));
        } else {
            w.thunk_params.push(quote!(#a: u64));
            w.thunk_args.push(quote!(<#ty as ::holloway::heap::FieldType>::from_bits(#a)));
            w.traced.push(quote!(#name: ::holloway::Red<M, #ty>));
            w.plain_args
                .push(quote!(<#ty as ::holloway::language::residual::Argument>::plain::<M>(#name)));
            w.names.push(
                quote!(<#ty as ::holloway::language::residual::Argument>::names::<M>(#name, &mut names);),
            );
            w.tys.push(quote!(<#ty as ::holloway::heap::FieldType>::TY));
        }
    }
    w
}

/// `#[residual]`, `#[residual(reads)]` or `#[residual(pure)]`.
pub(crate) fn residual(effect: &TokenStream, function: ItemFn) -> Result<TokenStream> {
    plain_only(&function)?;
    if effect.to_string() == "pure" {
        return pure(&function);
    }
    let effect = match effect.to_string().as_str() {
        "" | "writes" => quote!(::holloway::trace::CallEffect::Writes),
        "reads" => quote!(::holloway::trace::CallEffect::Reads),
        "makes" => quote!(::holloway::trace::CallEffect::Makes),
        _ => {
            return Err(Error::new_spanned(
                effect,
                "the effect is `reads`, `writes`, `pure` or `makes`",
            ));
        }
    };
    let ItemFn { attrs, vis, sig, block } = &function;
    let name = &sig.ident;
    let mut inputs = sig.inputs.iter();
    let language = match inputs.next() {
        Some(FnArg::Typed(first)) => language_of(&first.ty)?,
        _ => {
            return Err(Error::new_spanned(
                &sig.ident,
                "the first parameter of a residual function is `&mut Runtime<L>`",
            ));
        }
    };
    let params = params(inputs)?;
    let w = words(&params);
    let plain_params = &sig.inputs;
    let output = &sig.output;
    let (value_ty, fails) = match &sig.output {
        ReturnType::Default => (None, false),
        ReturnType::Type(_, ty) => match last_segment(ty) {
            Some(s) if s.ident == "Result" => (first_argument(s), true),
            _ => (Some((**ty).clone()), false),
        },
    };
    let makes = effect.to_string().ends_with("Makes");
    if makes && (fails || value_ty.is_none()) {
        let message = "what makes an object gives a reference, and cannot fail";
        return Err(Error::new_spanned(&sig.output, message));
    }
    let value_ty = value_ty.filter(|t| !matches!(t, Type::Tuple(t) if t.elems.is_empty()));
    let dynamic = value_ty.as_ref().and_then(last_segment).is_some_and(|s| s.ident == "Val");
    let (returned, traced_ty) = match &value_ty {
        None => (quote!(::holloway::language::residual::Nothing), quote!(())),
        Some(_) if dynamic => {
            (quote!(::holloway::language::residual::Dynamic), quote!(::holloway::Value<M>))
        }
        Some(ty) => (quote!(#ty), quote!(::holloway::Red<M, #ty>)),
    };
    let wrap = match &value_ty {
        None => quote!(|_| ::holloway::language::residual::Nothing),
        Some(_) if dynamic => quote!(::holloway::language::residual::Dynamic),
        Some(_) => quote!(|v| v),
    };
    let lift = match &value_ty {
        None => quote!(|()| ()),
        Some(_) if dynamic => quote!(::holloway::Value::<M>::green),
        Some(_) => quote!(::holloway::Red::<M, _>::green),
    };
    let error = quote!(<#language as ::holloway::Language>::Error);
    let traced_output =
        if fails { quote!(::std::result::Result<#traced_ty, #error>) } else { quote!(#traced_ty) };
    let (thunk_params, thunk_args, traced, plain_args, names, tys) =
        (w.thunk_params, w.thunk_args, w.traced, w.plain_args, w.names, w.tys);
    let text = name.to_string();
    let maker = if makes { maker(&function, &params) } else { TokenStream::new() };
    let run = if fails {
        quote!(return plain(cx, #(#plain_args),*).map(#lift))
    } else {
        quote!(return (#lift)(plain(cx, #(#plain_args),*)))
    };
    let call_thunk = if fails {
        quote!(plain(rt, #(#thunk_args),*).map(#wrap))
    } else {
        quote!(Ok((#wrap)(plain(rt, #(#thunk_args),*))))
    };
    let call_plain = if fails {
        quote!(plain(rt, #(#plain_args),*).map(#wrap))
    } else {
        quote!(Ok((#wrap)(plain(rt, #(#plain_args),*))))
    };
    let end = if fails {
        quote!(called)
    } else {
        quote!(match called {
            Ok(value) => value,
            Err(_) => unreachable!("it returns no error"),
        })
    };
    Ok(quote! {
        #(#attrs)*
        #vis fn #name<M: ::holloway::Mode>(
            cx: &mut ::holloway::Cx<'_, M, #language>, #(#traced),*
        ) -> #traced_output {
            fn plain(#plain_params) #output #block

            #[allow(unsafe_code, reason = "machine code passes words; the descriptor says their types")]
            extern "C" fn thunk(context: *mut ::holloway::run::Context, #(#thunk_params),*) -> u64 {
                // SAFETY: only traces of this language call it, with the words that the descriptor lists.
                unsafe {
                    ::holloway::language::residual::thunk::<#language, #returned>(
                        context,
                        |rt| #call_thunk,
                    )
                }
            }

            if !cx.is_watched() {
                #run;
            }
            let callee = ::holloway::language::residual::Callee {
                name: #text,
                address: thunk as *const () as usize,
                effect: #effect,
                can_fail: #fails,
            };
            let mut names = ::std::vec::Vec::new();
            if cx.is_recording() {
                #(#names)*
            }
            let called = ::holloway::language::residual::residual::<M, #language, #returned>(
                cx, &callee, &[#(#tys),*], &names, |rt| #call_plain,
            );
            #end
        }

        #maker
    })
}

/// For `#[residual(makes)]`: a constant by which handlers ask for the arguments, if all of them have one type.
fn maker(function: &ItemFn, params: &[Param]) -> TokenStream {
    let ItemFn { vis, sig, .. } = function;
    let (count, text) = (params.len(), sig.ident.to_string());
    let constant = format_ident!("{}", text.to_uppercase());
    let ty = match params.first() {
        Some(first) if params.iter().all(|p| p.ty == first.ty && !p.is_val) => &first.ty,
        _ => return TokenStream::new(),
    };
    quote! {
        #[doc = concat!("Names `", #text, "` where its arguments are asked for.")]
        #[allow(dead_code, reason = "not every handler asks")]
        #[allow(unsafe_code, reason = "the function beside it has such parameters")]
        // SAFETY: as many parameters of this type.
        #vis const #constant: ::holloway::Maker<#ty, #count> =
            unsafe { ::holloway::Maker::new(#text) };
    }
}

/// `#[residual(pure)]`: as `#[elidable]`, for a function that needs the runtime to look into immutable objects.
fn pure(function: &ItemFn) -> Result<TokenStream> {
    let language = match function.sig.inputs.first() {
        Some(FnArg::Typed(first)) => language_of(&first.ty)?,
        _ => {
            let message = "the first parameter of a residual function is `&mut Runtime<L>`";
            return Err(Error::new_spanned(&function.sig.ident, message));
        }
    };
    by_words(function, Some(&language), true)
}

/// `#[elidable]` and `#[loop_invariant]`.
pub(crate) fn elidable(fold: bool, function: ItemFn) -> Result<TokenStream> {
    by_words(&function, None, fold)
}

/// A call that depends on its words alone; with a language, the function gets its runtime first.
fn by_words(function: &ItemFn, language: Option<&Type>, fold: bool) -> Result<TokenStream> {
    plain_only(function)?;
    let ItemFn { attrs, vis, sig, block } = function;
    let (name, plain_params) = (&sig.ident, &sig.inputs);
    let kind = if language.is_some() { "a pure" } else { "an elidable" };
    let params = params(plain_params.iter().skip(usize::from(language.is_some())))?;
    if let Some(p) = params.iter().find(|p| p.is_val) {
        let message = format!(
            "{kind} function takes words (i64, f64, bool, Gc<..>): take the value apart first"
        );
        return Err(Error::new_spanned(&p.ty, message));
    }
    let ReturnType::Type(_, result) = &sig.output else {
        let message = format!("{kind} function without a result does nothing");
        return Err(Error::new_spanned(name, message));
    };
    if last_segment(result).is_some_and(|s| s.ident == "Result" || s.ident == "Val") {
        let message = format!("{kind} function gives a word (i64, f64, bool), and cannot fail");
        return Err(Error::new_spanned(result, message));
    }
    let w = words(&params);
    let (thunk_params, thunk_args, traced, plain_args, names, tys) =
        (w.thunk_params, w.thunk_args, w.traced, w.plain_args, w.names, w.tys);
    let text = name.to_string();
    let (cx, call, inside) = match language {
        Some(language) => (
            quote!(cx: &mut ::holloway::Cx<'_, M, #language>,),
            quote!(plain(cx, #(#plain_args),*)),
            quote!(::holloway::language::residual::thunk::<#language, #result>(
                context,
                |rt| Ok(plain(rt, #(#thunk_args),*)),
            )),
        ),
        None => (
            quote!(),
            quote!(plain(#(#plain_args),*)),
            quote! {
                let _ = context;
                let result: #result = plain(#(#thunk_args),*);
                <#result as ::holloway::heap::FieldType>::to_bits(result)
            },
        ),
    };
    Ok(quote! {
        #(#attrs)*
        #vis fn #name<M: ::holloway::Mode>(#cx #(#traced),*) -> ::holloway::Red<M, #result> {
            fn plain(#plain_params) -> #result #block

            #[allow(unsafe_code, reason = "machine code passes words; the descriptor says their types")]
            #[allow(unused_unsafe, reason = "not all kinds of words need it")]
            extern "C" fn thunk(context: *mut ::holloway::run::Context, #(#thunk_params),*) -> u64 {
                // SAFETY: only traces of this language call it, with the words that the descriptor lists.
                unsafe { #inside }
            }

            let result = #call;
            let callee = ::holloway::language::residual::Callee {
                name: #text,
                address: thunk as *const () as usize,
                effect: ::holloway::trace::CallEffect::Elidable,
                can_fail: false,
            };
            let mut names = ::std::vec::Vec::new();
            if ::std::matches!(M::WORLD, ::holloway::language::World::Record) {
                #(#names)*
            }
            ::holloway::language::residual::elidable::<M, #result>(
                &callee, &[#(#tys),*], &names, #fold, result,
            )
        }
    })
}

/// The `L` of `&mut Runtime<L>`.
fn language_of(ty: &Type) -> Result<Type> {
    let message = "the first parameter of a residual function is `&mut Runtime<L>`";
    let Type::Reference(reference) = ty else {
        return Err(Error::new_spanned(ty, message));
    };
    match last_segment(&reference.elem) {
        Some(s) if s.ident == "Runtime" => {
            first_argument(s).ok_or_else(|| Error::new_spanned(ty, message))
        }
        _ => Err(Error::new_spanned(ty, message)),
    }
}

fn first_argument(segment: &syn::PathSegment) -> Option<Type> {
    let syn::PathArguments::AngleBracketed(args) = &segment.arguments else { return None };
    args.args.iter().find_map(|a| match a {
        syn::GenericArgument::Type(t) => Some(t.clone()),
        _ => None,
    })
}

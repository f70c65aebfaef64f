//! `#[derive(Object)]`: from a struct to layout constants, typed field handles and a constructor.
//!
//! A field `len: i64` of `Str` becomes the handle `Str::LEN`; a last field marked `#[trailing]` names the type of the trailing
//! elements. The struct itself is only a description and is never instantiated.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, LitInt, Result, Type};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let tag = tag_of(&input)?;
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(name, "only a struct can be a heap layout"));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "a heap layout cannot be generic"));
    }
    let no_fields = syn::punctuated::Punctuated::new();
    let fields = match &data.fields {
        Fields::Named(named) => &named.named,
        Fields::Unit => &no_fields,
        Fields::Unnamed(_) => {
            return Err(Error::new_spanned(&data.fields, "the fields of a layout need names"));
        }
    };
    let marked = |f: &syn::Field, what: &str| f.attrs.iter().any(|a| a.path().is_ident(what));
    let trailing = fields.iter().position(|f| marked(f, "trailing"));
    if let Some(t) = trailing
        && t + 1 != fields.len()
    {
        return Err(Error::new_spanned(&fields[t], "only the last field can be `#[trailing]`"));
    }

    let header = if trailing.is_some() { 16u32 } else { 8 };
    let mut offset = quote!(#header);
    let (mut handles, mut params, mut sets) = (Vec::new(), Vec::new(), Vec::new());
    let (mut red_params, mut red_sets) = (Vec::new(), Vec::new());
    let mut elem_size = quote!(0u32);
    let fixed_length = trailing.is_some_and(|t| marked(&fields[t], "immutable"));
    let mut is_watched = false;
    let (mut kinds, mut elems) = (Vec::new(), quote!(::holloway::heap::object::ElemKind::Plain));
    // Without a trailing array the header has room for tags.
    let mut room = if trailing.is_some() { 4..4u32 } else { 4..7 };
    for (i, field) in fields.iter().enumerate() {
        let ident = field.ident.as_ref().expect("named fields have names");
        let ty = &field.ty;
        let vis = &field.vis;
        let handle = format_ident!("{}", ident.to_string().to_uppercase());
        let mutability = if marked(field, "immutable") {
            quote!(::holloway::trace::Mutability::Immutable)
        } else {
            quote!(::holloway::trace::Mutability::Mutable)
        };
        let doc = format!("The field `{ident}`.");
        if Some(i) == trailing {
            let text = format!("{name}[]");
            handles.push(quote! {
                #[doc = #doc]
                #[allow(dead_code, unsafe_code, reason = "a layout's handle, generated with it")]
                // SAFETY: the trailing array of this layout has this type.
                #vis const #handle: ::holloway::Elems<#name, #ty> =
                    unsafe { ::holloway::Elems::new(#text, #mutability) };
            });
            elem_size = quote!(<#ty as ::holloway::heap::object::Stored>::BYTES);
            elems = quote!(<#ty as ::holloway::heap::object::Stored>::ELEMS);
            continue;
        }
        let text = format!("{name}.{ident}");
        let validity_text = format!("{name}.validity");
        let watched = marked(field, "quasi_immutable");
        let is_val = is_val(ty);
        if watched && !is_val {
            return Err(Error::new_spanned(ty, "a `#[quasi_immutable]` field must be a `Val`"));
        }
        is_watched |= watched;
        let in_header = if is_val { room.next() } else { None };
        let (tag_at, word_at) = match in_header {
            Some(at) => (quote!(#at), quote!(#offset)),
            None => (quote!(#offset), quote!(#offset + 8u32)),
        };
        let field_of_val = quote!(::holloway::Field::of_val(#text, #tag_at, #word_at, #mutability));
        let field_of_word = quote!(::holloway::Field::new(#text, #offset, #mutability));
        let field_itself = if is_val { &field_of_val } else { &field_of_word };
        let handle_of_watched = quote! {
            #[doc = #doc]
            #[allow(dead_code, unsafe_code, reason = "a layout's handle, generated with it")]
            // SAFETY: as for other fields; the validity word lies behind them.
            #vis const #handle: ::holloway::Watched<#name> =
                unsafe {
                    ::holloway::Watched::new(#field_of_val, #validity_text, #name::VALIDITY_WORD)
                };
        };
        let handle_of_field = quote! {
            #[doc = #doc]
            #[allow(dead_code, unsafe_code, reason = "a layout's handle, generated with it")]
            // SAFETY: the offset is the sum of the fields before; the constructor sets every field.
            #vis const #handle: ::holloway::Field<#name, #ty> =
                unsafe { #field_itself };
        };
        handles.push(if watched { handle_of_watched } else { handle_of_field });
        let handle = if watched { quote!(#handle.unwatched()) } else { quote!(#handle) };
        kinds.push(match in_header {
            Some(_) => quote!((#offset, ::holloway::heap::object::StoredKind::Tagged(#tag_at))),
            None => quote!((#offset, <#ty as ::holloway::heap::object::Stored>::KIND)),
        });
        let set = if is_val { format_ident!("set_val") } else { format_ident!("set") };
        params.push(quote!(#ident: #ty));
        sets.push(quote!(object.#set(Self::#handle, #ident);));
        if is_val {
            red_params.push(quote!(#ident: ::holloway::Value<M>));
            red_sets.push(quote!(object.init_value(Self::#handle, #ident);));
        } else {
            red_params.push(quote!(#ident: ::holloway::Red<M, #ty>));
            red_sets.push(quote!(object.init(Self::#handle, #ident);));
        }
        offset = match in_header {
            Some(_) => quote!(#offset + 8u32),
            None => quote!(#offset + <#ty as ::holloway::heap::object::Stored>::BYTES),
        };
    }

    if is_watched {
        handles.push(quote! {
            #[allow(dead_code, reason = "generated for the handles of quasi-immutable fields")]
            const VALIDITY_WORD: u32 = #offset;
        });
        offset = quote!(#offset + 8u32);
    }

    let names = fields.iter().filter_map(|f| f.ident.as_ref());
    let text = name.to_string();
    let vis = &input.vis;
    let (len_param, len_args, elem_doc) = if trailing.is_some() {
        (
            quote!(len: usize, capacity: usize,),
            quote!(len, capacity),
            " `len` trailing elements, all zero, with room for `capacity`.",
        )
    } else {
        (quote!(), quote!(0, 0), "")
    };
    let doc = format!("Makes a `{name}`.{elem_doc}");
    let (red_len, made_len, elem_doc) = match &trailing {
        Some(_) => (quote!(len: usize,), quote!(len), " `len` trailing elements, all zero, and is"),
        None => (quote!(), quote!(0), ""),
    };
    let red_doc = match elem_doc {
        "" => format!("Makes a `{name}` in a handler: traced as an allocation."),
        with => format!("Makes a `{name}` in a handler: it has{with} traced as an allocation."),
    };
    let record = quote! {
        #[doc = #red_doc]
        #[allow(dead_code, clippy::too_many_arguments, unsafe_code, reason = "one parameter a field")]
        #vis fn make<M: ::holloway::Mode, L: ::holloway::Language>(
            cx: &mut ::holloway::Cx<'_, M, L>, #red_len #(#red_params),*
        ) -> ::std::result::Result<::holloway::Red<M, ::holloway::Gc<#name>>, ::holloway::OutOfMemory> {
            // SAFETY: every field is set before anybody else sees the object.
            let object = unsafe { cx.allocate::<#name>(#made_len)? };
            #(#red_sets)*
            Ok(object)
        }
    };
    Ok(quote! {
        // SAFETY: the sizes are the sums over the fields below.
        #[allow(unsafe_code, reason = "generated from the fields of the struct")]
        unsafe impl ::holloway::Object for #name {
            const TAG: ::holloway::Tag = ::holloway::Tag(#tag);
            const NAME: &'static str = #text;
            const SIZE: u32 = #offset;
            const ELEM_SIZE: u32 = #elem_size;
            const FIXED_LENGTH: bool = #fixed_length;
            const FIELDS: &'static [(u32, ::holloway::heap::object::StoredKind)] = &[#(#kinds),*];
            const ELEMS: ::holloway::heap::object::ElemKind = #elems;
        }

        const _: () = assert!(
            #tag >= ::holloway::Tag::FIRST_OBJECT.0 && #tag <= ::holloway::Tag::LAST_OBJECT.0,
            "tags of objects lie between Tag::FIRST_OBJECT and Tag::LAST_OBJECT"
        );

        // The struct is only a description: this counts as a use of its fields.
        const _: fn(&#name) = |_layout| {
            let _ = (#(&_layout.#names,)*);
        };

        impl #name {
            #(#handles)*

            #[doc = #doc]
            #[allow(dead_code, clippy::too_many_arguments, unsafe_code, reason = "one parameter a field")]
            #vis fn alloc(heap: &mut ::holloway::Heap, #len_param #(#params),*)
                -> ::std::result::Result<::holloway::Gc<#name>, ::holloway::OutOfMemory>
            {
                // SAFETY: every field is set below, before anybody else sees the object.
                let object = unsafe { heap.alloc::<#name>(#len_args)? };
                #(#sets)*
                Ok(object)
            }

            #record
        }
    })
}

fn is_val(ty: &Type) -> bool {
    matches!(ty, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Val"))
}

fn tag_of(input: &DeriveInput) -> Result<u32> {
    let mut tag = None;
    for attr in input.attrs.iter().filter(|a| a.path().is_ident("object")) {
        attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("tag") {
                tag = Some(meta.value()?.parse::<LitInt>()?.base10_parse()?);
                return Ok(());
            }
            Err(meta.error("unknown key: `tag = N` is the only one"))
        })?;
    }
    tag.ok_or_else(|| {
        Error::new_spanned(
            &input.ident,
            "a layout needs a tag: #[object(tag = N)], N from 16 to 255",
        )
    })
}

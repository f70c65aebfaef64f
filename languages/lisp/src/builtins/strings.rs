//! Strings and symbols.

use holloway::Val;

use super::arguments::{
    bytes, character, index, items, mutable_string, range, size, string, symbol, text, vector,
};
use super::{MANY, Rt, builtins};
use crate::error::{Error, Kind, Result};
use crate::symbol::Sym;
use crate::value::{self, Bytes, Str, StrExt, string as strings, unspecified};

builtins! {
    "string?" 1 1 => |_, a| Ok(Val::bool(a[0].cast::<Str>().is_some()));
    "make-string" 1 2 => |rt, a| {
        let fill = a.get(1).map_or(Ok(' '), |c| character("make-string", *c))?;
        let chars = vec![fill; size("make-string", a[0])?];
        new(rt, &chars)
    };
    "string" 0 MANY => |rt, a| {
        let chars = a.iter().map(|value| character("string", *value)).collect::<Result<Vec<_>>>()?;
        new(rt, &chars)
    };
    "string-length" 1 1 => |_, a| Ok(Val::int(string("string-length", a[0])?.count() as i64));
    "string-ref" 2 2 => |_, a| {
        let (s, i) = (string("string-ref", a[0])?, index("string-ref", a[1])?);
        s.char_at(i).map(value::character).ok_or_else(|| Error::range("string-ref", a[1]))
    };
    "string-set!" 3 3 => |rt, a| {
        let (s, i) = (mutable_string("string-set!", a[0])?, index("string-set!", a[1])?);
        match s.put(&mut rt.host.heap, i, character("string-set!", a[2])?)? {
            true => Ok(unspecified()),
            false => Err(Error::range("string-set!", a[1])),
        }
    };
    "string=?" 1 MANY => |rt, a| compare(rt, "string=?", a, |c| c, |x, y| x == y);
    "string<?" 1 MANY => |rt, a| compare(rt, "string<?", a, |c| c, |x, y| x < y);
    "string>?" 1 MANY => |rt, a| compare(rt, "string>?", a, |c| c, |x, y| x > y);
    "string<=?" 1 MANY => |rt, a| compare(rt, "string<=?", a, |c| c, |x, y| x <= y);
    "string>=?" 1 MANY => |rt, a| compare(rt, "string>=?", a, |c| c, |x, y| x >= y);
    "string-ci=?" 1 MANY => |rt, a| compare(rt, "string-ci=?", a, folded, |x, y| x == y);
    "string-ci<?" 1 MANY => |rt, a| compare(rt, "string-ci<?", a, folded, |x, y| x < y);
    "string-ci>?" 1 MANY => |rt, a| compare(rt, "string-ci>?", a, folded, |x, y| x > y);
    "string-ci<=?" 1 MANY => |rt, a| compare(rt, "string-ci<=?", a, folded, |x, y| x <= y);
    "string-ci>=?" 1 MANY => |rt, a| compare(rt, "string-ci>=?", a, folded, |x, y| x >= y);
    "string-upcase" 1 1 => |rt, a| {
        let text = text(rt, "string-upcase", a[0])?.to_uppercase();
        rt.host.string(&text)
    };
    "string-downcase" 1 1 => |rt, a| {
        let text = text(rt, "string-downcase", a[0])?.to_lowercase();
        rt.host.string(&text)
    };
    "string-foldcase" 1 1 => |rt, a| {
        let text = text(rt, "string-foldcase", a[0])?;
        let chars = folded(text.chars().collect());
        new(rt, &chars)
    };
    "substring" 2 3 => |rt, a| copy(rt, "substring", a);
    "string-copy" 1 3 => |rt, a| copy(rt, "string-copy", a);
    "string-head" 2 2 => |rt, a| copy(rt, "string-head", &[a[0], Val::int(0), a[1]]);
    "string-tail" 2 2 => |rt, a| copy(rt, "string-tail", a);
    "string-append" 0 MANY => |rt, a| {
        if let Some(whole) = narrow(rt, a)? {
            return Ok(whole);
        }
        let mut chars = Vec::new();
        for value in a {
            let s = string("string-append", *value)?;
            chars.extend(s.chars(&rt.host.heap, 0, s.count()));
        }
        new(rt, &chars)
    };
    "string->list" 1 3 => |rt, a| {
        let items: Vec<Val> = part(rt, "string->list", a)?.into_iter().map(value::character).collect();
        Ok(value::list::list(&mut rt.host.heap, &items)?)
    };
    "list->string" 1 1 => |rt, a| {
        let items = items("list->string", a[0])?;
        let chars = items.iter().map(|c| character("list->string", *c)).collect::<Result<Vec<_>>>()?;
        new(rt, &chars)
    };
    "string->vector" 1 3 => |rt, a| {
        let items: Vec<Val> = part(rt, "string->vector", a)?.into_iter().map(value::character).collect();
        Ok(Val::object(rt.host.heap.array_of(&items)?))
    };
    "vector->string" 1 3 => |rt, a| {
        let items = vector("vector->string", a[0])?.to_vec();
        let (start, end) = range("vector->string", &a[1..], items.len())?;
        let chars = items[start..end].iter().map(|c| character("vector->string", *c));
        let chars = chars.collect::<Result<Vec<_>>>()?;
        new(rt, &chars)
    };
    "string-copy!" 3 5 => |rt, a| {
        let (to, at) = (mutable_string("string-copy!", a[0])?, index("string-copy!", a[1])?);
        let from = part(rt, "string-copy!", &a[2..])?;
        if at + from.len() > to.count() {
            return Err(Error::range("string-copy!", a[1]));
        }
        for (i, c) in from.into_iter().enumerate() {
            to.put(&mut rt.host.heap, at + i, c)?;
        }
        Ok(unspecified())
    };
    "string-fill!" 2 4 => |rt, a| {
        let (s, fill) = (mutable_string("string-fill!", a[0])?, character("string-fill!", a[1])?);
        let (start, end) = range("string-fill!", &a[2..], s.count())?;
        for i in start..end {
            s.put(&mut rt.host.heap, i, fill)?;
        }
        Ok(unspecified())
    };
    "string->utf8" 1 3 => |rt, a| {
        let text: String = part(rt, "string->utf8", a)?.into_iter().collect();
        let bytes = Bytes::alloc(&mut rt.host.heap, text.len(), text.len())?;
        bytes.write_bytes(Bytes::BYTES, 0, text.as_bytes());
        Ok(Val::object(bytes))
    };
    "utf8->string" 1 3 => |rt, a| {
        let object = bytes("utf8->string", a[0])?;
        let (start, end) = range("utf8->string", &a[1..], object.len())?;
        let content = object.bytes(Bytes::BYTES, &rt.host.heap)[start..end].to_vec();
        match String::from_utf8(content) {
            Ok(text) => rt.host.string(&text),
            Err(_) => Err(Error::new(Kind::Range, "utf8->string: this is no UTF-8:").with(a[0])),
        }
    };
    "string-search-forward" 3 3 => |rt, a| {
        let (wanted, s) = (text(rt, "string-search-forward", a[0])?, string("string-search-forward", a[1])?);
        let wanted: Vec<char> = wanted.chars().collect();
        let all = s.chars(&rt.host.heap, 0, s.count());
        let start = index("string-search-forward", a[2])?;
        let found = (start..=all.len().saturating_sub(wanted.len()))
            .find(|i| all[*i..].starts_with(&wanted));
        Ok(found.map_or(Val::FALSE, |i| Val::int(i as i64)))
    };
    "symbol->string" 1 1 => |rt, a| {
        let symbol = symbol("symbol->string", a[0])?;
        rt.host.name_of(symbol)
    };
    "string->symbol" 1 1 => |rt, a| Ok(value::symbol(Sym::new(&text(rt, "string->symbol", a[0])?)));
    "string->uninterned-symbol" 1 1 => |rt, a| {
        Ok(value::symbol(Sym::new(&text(rt, "string->uninterned-symbol", a[0])?).alias()))
    };
    "gensym" 0 1 => |rt, _| {
        let number = rt.host.next_number();
        Ok(value::symbol(Sym::new(&format!("g{number}")).alias()))
    };
    "symbol-append" 0 MANY => |_, a| {
        let mut name = String::new();
        for part in a {
            name.push_str(&symbol("symbol-append", *part)?.name());
        }
        Ok(value::symbol(Sym::new(&name)))
    };
}

fn new(rt: &mut Rt, chars: &[char]) -> Result<Val> {
    Ok(strings::from_chars(&mut rt.host.heap, chars)?)
}

/// The strings one after the other, if all of them have characters of one byte.
fn narrow(rt: &mut Rt, parts: &[Val]) -> Result<Option<Val>> {
    let mut all = Vec::new();
    for part in parts {
        match string("string-append", *part)?.narrow(&rt.host.heap) {
            Some(bytes) => all.extend_from_slice(bytes),
            None => return Ok(None),
        }
    }
    Ok(Some(strings::from_bytes(&mut rt.host.heap, &all)?))
}

/// The characters that `string start end` means.
fn part(rt: &Rt, who: &str, a: &[Val]) -> Result<Vec<char>> {
    let s = string(who, a[0])?;
    let (start, end) = range(who, &a[1..], s.count())?;
    Ok(s.chars(&rt.host.heap, start, end))
}

fn copy(rt: &mut Rt, who: &str, a: &[Val]) -> Result<Val> {
    let s = string(who, a[0])?;
    if let Some(bytes) = s.narrow(&rt.host.heap) {
        let (start, end) = range(who, &a[1..], bytes.len())?;
        let bytes = bytes[start..end].to_vec();
        return Ok(strings::from_bytes(&mut rt.host.heap, &bytes)?);
    }
    let chars = part(rt, who, a)?;
    new(rt, &chars)
}

/// Without case. A final sigma is a sigma.
fn folded(chars: Vec<char>) -> Vec<char> {
    let upper = chars.into_iter().collect::<String>().to_uppercase();
    upper.chars().flat_map(char::to_lowercase).collect()
}

fn compare(
    rt: &mut Rt,
    who: &str,
    a: &[Val],
    key: fn(Vec<char>) -> Vec<char>,
    fits: fn(&[char], &[char]) -> bool,
) -> Result<Val> {
    let mut texts = Vec::with_capacity(a.len());
    for value in a {
        let s = string(who, *value)?;
        texts.push(key(s.chars(&rt.host.heap, 0, s.count())));
    }
    Ok(Val::bool(texts.windows(2).all(|w| fits(&w[0], &w[1]))))
}

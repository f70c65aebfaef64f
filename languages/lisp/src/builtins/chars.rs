//! Characters.

use holloway::Val;

use super::arguments::{character, index};
use super::{MANY, builtins};
use crate::error::{Error, Result};
use crate::value;

builtins! {
    "char?" 1 1 => |_, a| Ok(Val::bool(value::as_char(a[0]).is_some()));
    "char->integer" 1 1 => |_, a| Ok(Val::int(character("char->integer", a[0])? as i64));
    "integer->char" 1 1 => |_, a| {
        let code = index("integer->char", a[0])?;
        let c = u32::try_from(code).ok().and_then(char::from_u32);
        c.map(value::character).ok_or_else(|| Error::range("integer->char", a[0]))
    };
    "char=?" 1 MANY => |_, a| compare("char=?", a, |c| c, |x, y| x == y);
    "char<?" 1 MANY => |_, a| compare("char<?", a, |c| c, |x, y| x < y);
    "char>?" 1 MANY => |_, a| compare("char>?", a, |c| c, |x, y| x > y);
    "char<=?" 1 MANY => |_, a| compare("char<=?", a, |c| c, |x, y| x <= y);
    "char>=?" 1 MANY => |_, a| compare("char>=?", a, |c| c, |x, y| x >= y);
    "char-ci=?" 1 MANY => |_, a| compare("char-ci=?", a, fold, |x, y| x == y);
    "char-ci<?" 1 MANY => |_, a| compare("char-ci<?", a, fold, |x, y| x < y);
    "char-ci>?" 1 MANY => |_, a| compare("char-ci>?", a, fold, |x, y| x > y);
    "char-ci<=?" 1 MANY => |_, a| compare("char-ci<=?", a, fold, |x, y| x <= y);
    "char-ci>=?" 1 MANY => |_, a| compare("char-ci>=?", a, fold, |x, y| x >= y);
    "char-alphabetic?" 1 1 => |_, a| Ok(Val::bool(character("char-alphabetic?", a[0])?.is_alphabetic()));
    "char-numeric?" 1 1 => |_, a| Ok(Val::bool(digit(character("char-numeric?", a[0])?).is_some()));
    "char-whitespace?" 1 1 => |_, a| Ok(Val::bool(character("char-whitespace?", a[0])?.is_whitespace()));
    "char-upper-case?" 1 1 => |_, a| Ok(Val::bool(character("char-upper-case?", a[0])?.is_uppercase()));
    "char-lower-case?" 1 1 => |_, a| Ok(Val::bool(character("char-lower-case?", a[0])?.is_lowercase()));
    "char-upcase" 1 1 => |_, a| Ok(value::character(only(character("char-upcase", a[0])?, |c| c.to_uppercase().collect())));
    "char-downcase" 1 1 => |_, a| Ok(value::character(only(character("char-downcase", a[0])?, |c| c.to_lowercase().collect())));
    "char-foldcase" 1 1 => |_, a| Ok(value::character(fold(character("char-foldcase", a[0])?)));
    "digit-value" 1 1 => |_, a| {
        Ok(digit(character("digit-value", a[0])?).map_or(Val::FALSE, |d| Val::int(i64::from(d))))
    };
}

/// The one character that this one becomes; itself if there are several.
fn only(c: char, change: fn(char) -> Vec<char>) -> char {
    match change(c)[..] {
        [one] => one,
        _ => c,
    }
}

/// Without case.
fn fold(c: char) -> char {
    only(only(c, |c| c.to_uppercase().collect()), |c| c.to_lowercase().collect())
}

/// The value of a decimal digit of any script: digits stand in rows of ten.
fn digit(c: char) -> Option<u32> {
    const ZEROS: [u32; 38] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
        0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
        0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
        0xff10, 0x104a0,
    ];
    let code = c as u32;
    ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)).map(|zero| code - zero)
}

fn compare(
    who: &str,
    a: &[Val],
    key: fn(char) -> char,
    fits: fn(char, char) -> bool,
) -> Result<Val> {
    let chars = a.iter().map(|v| Ok(key(character(who, *v)?))).collect::<Result<Vec<_>>>()?;
    Ok(Val::bool(chars.windows(2).all(|w| fits(w[0], w[1]))))
}

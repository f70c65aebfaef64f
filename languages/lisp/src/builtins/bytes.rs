//! Bytevectors.

use holloway::Val;

use super::arguments::{byte, bytes, index, mutable_bytes, range, size};
use super::{MANY, Rt, builtins};
use crate::error::{Error, Result};
use crate::value::{Bytes, unspecified};

builtins! {
    "bytevector?" 1 1 => |_, a| Ok(Val::bool(a[0].cast::<Bytes>().is_some()));
    "make-bytevector" 1 2 => |rt, a| {
        let fill = a.get(1).map_or(Ok(0), |b| byte("make-bytevector", *b))?;
        let content = vec![fill; size("make-bytevector", a[0])?];
        new(rt, &content)
    };
    "bytevector" 0 MANY => |rt, a| {
        let content = a.iter().map(|b| byte("bytevector", *b)).collect::<Result<Vec<_>>>()?;
        new(rt, &content)
    };
    "bytevector-length" 1 1 => |_, a| Ok(Val::int(bytes("bytevector-length", a[0])?.len() as i64));
    "bytevector-u8-ref" 2 2 => |_, a| {
        let (b, i) = (bytes("bytevector-u8-ref", a[0])?, index("bytevector-u8-ref", a[1])?);
        b.at(Bytes::BYTES, i).map(Val::int).ok_or_else(|| Error::range("bytevector-u8-ref", a[1]))
    };
    "bytevector-u8-set!" 3 3 => |_, a| {
        let (b, i) = (mutable_bytes("bytevector-u8-set!", a[0])?, index("bytevector-u8-set!", a[1])?);
        match b.set_at(Bytes::BYTES, i, i64::from(byte("bytevector-u8-set!", a[2])?)) {
            true => Ok(unspecified()),
            false => Err(Error::range("bytevector-u8-set!", a[1])),
        }
    };
    "bytevector-copy" 1 3 => |rt, a| {
        let content = part(rt, "bytevector-copy", a)?;
        new(rt, &content)
    };
    "bytevector-append" 0 MANY => |rt, a| {
        let mut content = Vec::new();
        for value in a {
            content.extend_from_slice(bytes("bytevector-append", *value)?.bytes(Bytes::BYTES, &rt.host.heap));
        }
        new(rt, &content)
    };
    "bytevector-copy!" 3 5 => |rt, a| {
        let (to, at) = (mutable_bytes("bytevector-copy!", a[0])?, index("bytevector-copy!", a[1])?);
        let content = part(rt, "bytevector-copy!", &a[2..])?;
        if at + content.len() > to.len() {
            return Err(Error::range("bytevector-copy!", a[1]));
        }
        to.write_bytes(Bytes::BYTES, at, &content);
        Ok(unspecified())
    };
    "bytevector-fill!" 2 4 => |_, a| {
        let (b, fill) = (mutable_bytes("bytevector-fill!", a[0])?, byte("bytevector-fill!", a[1])?);
        let (start, end) = range("bytevector-fill!", &a[2..], b.len())?;
        b.write_bytes(Bytes::BYTES, start, &vec![fill; end - start]);
        Ok(unspecified())
    };
}

/// A new bytevector.
pub(super) fn new(rt: &mut Rt, content: &[u8]) -> Result<Val> {
    let object = Bytes::alloc(&mut rt.host.heap, content.len(), content.len())?;
    object.write_bytes(Bytes::BYTES, 0, content);
    Ok(Val::object(object))
}

/// The bytes that `bytevector start end` means.
pub(super) fn part(rt: &Rt, who: &str, a: &[Val]) -> Result<Vec<u8>> {
    let object = bytes(who, a[0])?;
    let (start, end) = range(who, &a[1..], object.len())?;
    Ok(object.bytes(Bytes::BYTES, &rt.host.heap)[start..end].to_vec())
}

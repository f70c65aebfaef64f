//! Ports: opening, reading, writing, closing.

use std::fs::File;
use std::io::BufWriter;

use holloway::Val;

use super::arguments::{byte, bytes, character, index, port_object, range, size, string, text};
use super::bytes as bytevectors;
use super::{Rt, builtins};
use crate::error::{Error, Kind, Result};
use crate::ports::{Input, Sink};
use crate::syntax::{ReadError, Reader, Span};
use crate::value::show::{self, Labels, Style};
use crate::value::{self, Bytes, Port, StrExt, eof, unspecified};

builtins! {
    "%standard-port" 1 1 => |rt, a| Ok(rt.host.ports.current[index("port", a[0])?.min(2)]);
    "port?" 1 1 => |_, a| Ok(Val::bool(a[0].cast::<Port>().is_some()));
    "input-port?" 1 1 => |rt, a| ask(rt, a[0], |p| p.input.is_some());
    "output-port?" 1 1 => |rt, a| ask(rt, a[0], |p| p.output.is_some());
    "textual-port?" 1 1 => |rt, a| ask(rt, a[0], |p| !p.binary);
    "binary-port?" 1 1 => |rt, a| ask(rt, a[0], |p| p.binary);
    "input-port-open?" 1 1 => |rt, a| {
        let port = rt.host.ports.state(port("input-port-open?", a[0])?);
        match port.input {
            Some(_) => Ok(Val::bool(!port.input_closed)),
            None => Err(Error::wrong_type("input-port-open?", "an input port", a[0])),
        }
    };
    "output-port-open?" 1 1 => |rt, a| {
        let port = rt.host.ports.state(port("output-port-open?", a[0])?);
        match port.output {
            Some(_) => Ok(Val::bool(!port.output_closed)),
            None => Err(Error::wrong_type("output-port-open?", "an output port", a[0])),
        }
    };
    "close-port" 1 1 => |rt, a| close(rt, a[0], true, true);
    "close-input-port" 1 1 => |rt, a| close(rt, a[0], true, false);
    "close-output-port" 1 1 => |rt, a| close(rt, a[0], false, true);
    "open-input-string" 1 1 => |rt, a| {
        let bytes = text(rt, "open-input-string", a[0])?.into_bytes();
        open(rt, Input { bytes, ..Input::default() }, false)
    };
    "open-input-bytevector" 1 1 => |rt, a| {
        let content = bytes("open-input-bytevector", a[0])?;
        let content = content.bytes(Bytes::BYTES, &rt.host.heap).to_vec();
        open(rt, Input { bytes: content, ..Input::default() }, true)
    };
    "open-output-string" 0 0 => |rt, _| open_output(rt, Sink::Memory(Vec::new()), false);
    "open-output-bytevector" 0 0 => |rt, _| open_output(rt, Sink::Memory(Vec::new()), true);
    "get-output-string" 1 1 => |rt, a| {
        let content = memory(rt, "get-output-string", a[0])?;
        rt.host.string(&String::from_utf8_lossy(&content))
    };
    "get-output-bytevector" 1 1 => |rt, a| {
        let content = memory(rt, "get-output-bytevector", a[0])?;
        bytevectors::new(rt, &content)
    };
    "open-input-file" 1 1 => |rt, a| open_file(rt, a[0], false);
    "open-binary-input-file" 1 1 => |rt, a| open_file(rt, a[0], true);
    "open-output-file" 1 1 => |rt, a| create_file(rt, a[0], false);
    "open-binary-output-file" 1 1 => |rt, a| create_file(rt, a[0], true);
    "file-exists?" 1 1 => |rt, a| {
        Ok(Val::bool(std::path::Path::new(&text(rt, "file-exists?", a[0])?).exists()))
    };
    "delete-file" 1 1 => |rt, a| {
        let name = text(rt, "delete-file", a[0])?;
        std::fs::remove_file(&name).map_err(|e| file_error("delete", &name, &e))?;
        Ok(unspecified())
    };
    "%read-file" 1 1 => |rt, a| {
        // The forms of a file.
        let name = text(rt, "load", a[0])?;
        let content = rt.host.read_file(&name)?;
        let number = rt.host.add_source(&name, &content);
        let data = Reader::new(&content, number).read_all()?;
        let values = data.iter().map(|d| rt.host.datum_value(d, false)).collect::<Result<Vec<_>>>()?;
        Ok(value::list::list(&mut rt.host.heap, &values)?)
    };
    "%flush-output-port" 1 1 => |rt, a| {
        rt.host.ports.flush(port("flush-output-port", a[0])?)?;
        Ok(unspecified())
    };
    "%read" 1 1 => |rt, a| read(rt, a[0]);
    "%read-char" 1 1 => |rt, a| next_char(rt, "read-char", a[0], true);
    "%peek-char" 1 1 => |rt, a| next_char(rt, "peek-char", a[0], false);
    // Files are read when they are opened; standard input is waited for.
    "%char-ready?" 1 1 => |rt, a| readable(rt, "char-ready?", a[0], false);
    "%u8-ready?" 1 1 => |rt, a| readable(rt, "u8-ready?", a[0], true);
    "%read-line" 1 1 => |rt, a| {
        let input = filled(rt, "read-line", a[0], false)?;
        let rest = &input.bytes[input.at..];
        if rest.is_empty() {
            return Ok(eof());
        }
        let length = rest.iter().position(|b| *b == b'\n');
        let mut line = &rest[..length.unwrap_or(rest.len())];
        if length.is_some() {
            line = line.strip_suffix(b"\r").unwrap_or(line);
        }
        let line = String::from_utf8_lossy(line).into_owned();
        input.at += length.map_or(rest.len(), |n| n + 1);
        rt.host.string(&line)
    };
    "%read-string" 2 2 => |rt, a| {
        let count = size("read-string", a[0])?;
        filled(rt, "read-string", a[1], false)?;
        let mut chars = Vec::new();
        while chars.len() < count {
            match value::as_char(next_char(rt, "read-string", a[1], true)?) {
                Some(c) => chars.push(c),
                None => break,
            }
        }
        if chars.is_empty() && count > 0 {
            return Ok(eof());
        }
        Ok(value::string::from_chars(&mut rt.host.heap, &chars)?)
    };
    "%read-u8" 1 1 => |rt, a| next_byte(rt, "read-u8", a[0], true);
    "%peek-u8" 1 1 => |rt, a| next_byte(rt, "peek-u8", a[0], false);
    "%read-bytevector" 2 2 => |rt, a| {
        let count = size("read-bytevector", a[0])?;
        let input = filled(rt, "read-bytevector", a[1], true)?;
        let end = (input.at + count).min(input.bytes.len());
        let content = input.bytes[input.at..end].to_vec();
        input.at = end;
        match content.is_empty() && count > 0 {
            true => Ok(eof()),
            false => bytevectors::new(rt, &content),
        }
    };
    "%write" 2 2 => |rt, a| write(rt, a, show::WRITE);
    "%display" 2 2 => |rt, a| write(rt, a, show::DISPLAY);
    "%write-shared" 2 2 => |rt, a| write(rt, a, Style { display: false, labels: Labels::Shared });
    "%write-simple" 2 2 => |rt, a| write(rt, a, Style { display: false, labels: Labels::Never });
    "%write-char" 2 2 => |rt, a| {
        let c = character("write-char", a[0])?;
        put(rt, "write-char", a[1], c.encode_utf8(&mut [0; 4]).as_bytes(), false)
    };
    "%write-string" 2 4 => |rt, a| {
        let s = string("write-string", a[0])?;
        let (start, end) = range("write-string", &a[2..], s.count())?;
        let text: String = s.chars(&rt.host.heap, start, end).into_iter().collect();
        put(rt, "write-string", a[1], text.as_bytes(), false)
    };
    "%write-u8" 2 2 => |rt, a| {
        let b = byte("write-u8", a[0])?;
        put(rt, "write-u8", a[1], &[b], true)
    };
    "%write-bytevector" 2 4 => |rt, a| {
        let mut given = vec![a[0]];
        given.extend_from_slice(&a[2..]);
        let content = bytevectors::part(rt, "write-bytevector", &given)?;
        put(rt, "write-bytevector", a[1], &content, true)
    };
    "eof-object" 0 0 => |_, _| Ok(eof());
    "eof-object?" 1 1 => |_, a| Ok(Val::bool(a[0] == eof()));
}

/// The number of a port.
fn port(who: &str, value: Val) -> Result<i64> {
    Ok(port_object(who, value)?.get(Port::NUMBER))
}

fn ask(rt: &mut Rt, value: Val, question: fn(&crate::ports::PortState) -> bool) -> Result<Val> {
    match value.cast::<Port>() {
        Some(port) => Ok(Val::bool(question(rt.host.ports.state(port.get(Port::NUMBER))))),
        None => Ok(Val::FALSE),
    }
}

fn close(rt: &mut Rt, value: Val, input: bool, output: bool) -> Result<Val> {
    rt.host.ports.close(port("close-port", value)?, input, output)?;
    Ok(unspecified())
}

fn open(rt: &mut Rt, input: Input, binary: bool) -> Result<Val> {
    let number = rt.host.ports.add_input(input, binary);
    object(rt, number)
}

fn open_output(rt: &mut Rt, sink: Sink, binary: bool) -> Result<Val> {
    let number = rt.host.ports.add_output(sink, binary);
    object(rt, number)
}

/// The object of a port; when nothing refers to it any more, its number is another port's.
fn object(rt: &mut Rt, number: i64) -> Result<Val> {
    let free = rt.host.ports.free.clone();
    let port = Port::alloc(&mut rt.host.heap, number)?;
    rt.host.heap.finalize(port, move || free.borrow_mut().push(number));
    Ok(Val::object(port))
}

fn file_error(what: &str, name: &str, error: &std::io::Error) -> Error {
    Error::new(Kind::File, format!("cannot {what} {name}: {error}"))
}

fn open_file(rt: &mut Rt, name: Val, binary: bool) -> Result<Val> {
    let name = text(rt, "open-input-file", name)?;
    let bytes = std::fs::read(&name).map_err(|e| file_error("read", &name, &e))?;
    open(rt, Input { bytes, ..Input::default() }, binary)
}

fn create_file(rt: &mut Rt, name: Val, binary: bool) -> Result<Val> {
    let name = text(rt, "open-output-file", name)?;
    let file = File::create(&name).map_err(|e| file_error("write", &name, &e))?;
    open_output(rt, Sink::File(BufWriter::new(file)), binary)
}

fn memory(rt: &mut Rt, who: &str, value: Val) -> Result<Vec<u8>> {
    match &rt.host.ports.state(port(who, value)?).output {
        Some(Sink::Memory(content)) => Ok(content.clone()),
        _ => Err(Error::wrong_type(who, "a port that writes to memory", value)),
    }
}

/// Can something be read from a port of this kind? It always can: nothing is waited for but a terminal.
fn readable(rt: &mut Rt, who: &str, value: Val, binary: bool) -> Result<Val> {
    let state = rt.host.ports.state(port(who, value)?);
    match &state.input {
        Some(_) if state.binary == binary => Ok(Val::TRUE),
        _ => Err(Error::wrong_type(who, "a port for such input", value)),
    }
}

/// The input side of a port of this kind.
fn filled<'r>(rt: &'r mut Rt, who: &str, value: Val, binary: bool) -> Result<&'r mut Input> {
    let number = port(who, value)?;
    if rt.host.ports.state(number).binary != binary {
        let wanted = if binary { "a binary port" } else { "a textual port" };
        return Err(Error::wrong_type(who, wanted, value));
    }
    rt.host.ports.filled(number)
}

fn next_char(rt: &mut Rt, who: &str, value: Val, take: bool) -> Result<Val> {
    let input = filled(rt, who, value, false)?;
    let rest = &input.bytes[input.at..];
    let window = &rest[..rest.len().min(4)];
    let c = match std::str::from_utf8(window) {
        Ok(text) => text.chars().next(),
        Err(error) if error.valid_up_to() > 0 => {
            String::from_utf8_lossy(&window[..error.valid_up_to()]).chars().next()
        }
        Err(_) => Some('\u{fffd}'),
    };
    let Some(c) = c else { return Ok(eof()) };
    if take {
        let length = if c == '\u{fffd}' && !window.starts_with("\u{fffd}".as_bytes()) {
            1
        } else {
            c.len_utf8()
        };
        input.at += length;
    }
    Ok(value::character(c))
}

fn next_byte(rt: &mut Rt, who: &str, value: Val, take: bool) -> Result<Val> {
    let input = filled(rt, who, value, true)?;
    let byte = input.bytes.get(input.at).copied();
    input.at += usize::from(take && byte.is_some());
    Ok(byte.map_or(eof(), |b| Val::int(i64::from(b))))
}

/// So many bytes are looked at first when a datum is read.
const GLANCE: usize = 1 << 10;

fn read(rt: &mut Rt, value: Val) -> Result<Val> {
    let mut glance = GLANCE;
    loop {
        let input = filled(rt, "read", value, false)?;
        let rest = &input.bytes[input.at..];
        let part = &rest[..glance.min(rest.len())];
        let is_part = part.len() < rest.len();
        let text = String::from_utf8_lossy(part).into_owned();
        let mut reader = Reader::new(&text, Span::NOWHERE);
        reader.fold_case = input.fold_case;
        let read = reader.read();
        // What comes near to the end of a part may go on behind it.
        let is_whole = matches!(read, Ok(Some(_))) && reader.position() + 4 <= part.len();
        if is_part && !is_whole {
            glance *= 4;
            continue;
        }
        match read {
            Ok(datum) => {
                input.at += reader.position();
                input.fold_case = reader.fold_case;
                let Some(datum) = datum else {
                    let number = port("read", value)?;
                    if rt.host.ports.more(number)? {
                        continue;
                    }
                    return Ok(eof());
                };
                return rt.host.datum_value(&datum, false);
            }
            Err(ReadError { incomplete: true, .. })
                if rt.host.ports.more(port("read", value)?)? => {}
            Err(error) => {
                let input = filled(rt, "read", value, false)?;
                input.at += reader.position();
                return Err(error.into());
            }
        }
    }
}

fn put(rt: &mut Rt, who: &str, value: Val, content: &[u8], binary: bool) -> Result<Val> {
    let number = port(who, value)?;
    if rt.host.ports.state(number).binary != binary {
        let wanted = if binary { "a binary port" } else { "a textual port" };
        return Err(Error::wrong_type(who, wanted, value));
    }
    rt.host.ports.write(number, content)?;
    Ok(unspecified())
}

fn write(rt: &mut Rt, a: &[Val], style: Style) -> Result<Val> {
    let text = show::show(&rt.host.heap, a[0], style);
    put(rt, "write", a[1], text.as_bytes(), false)
}

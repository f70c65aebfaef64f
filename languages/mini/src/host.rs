//! What a running program has around it, whatever engine runs it: the heap, the output, the command
//! line, the names of its functions.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::time::Instant;

use frontend::{Config, Interrupt, Streams};
use holloway::{Array, Gc, Heap, Prototype, Roots, Shape, Symbol, Val};

use crate::error::{Error, Failure, Place, Result};
use crate::value::class::Class;
use crate::value::text;

/// Calls of the program's functions may be nested this deep, whatever engine runs them; the next one is
/// a `stack_overflow` error.
pub const CALL_DEPTH: usize = 30_000;

enum Input {
    Unopened(Box<dyn FnOnce() -> Box<dyn BufRead + Send> + Send>),
    Open(Box<dyn BufRead + Send>),
    Closed,
}

/// A function of the program, as messages and `print` see it.
#[derive(Clone, Debug)]
pub struct FunctionEntry {
    /// Its name, if it has one.
    pub name: Option<Box<str>>,
    /// For a method: the name of its class.
    pub class: Option<Box<str>>,
}

/// A class that was made.
struct ClassEntry {
    name: Box<str>,
    class: Val,
    prototype: &'static Prototype,
}

/// See the module.
pub struct Host {
    /// Where values live.
    pub heap: Heap,
    /// The limit of the heap in bytes.
    pub(crate) heap_limit: usize,
    /// Set from outside when the program is to stop.
    pub interrupt: Interrupt,
    /// What `args()` gives.
    pub arguments: Vec<String>,
    output: Box<dyn Write + Send>,
    line_buffered: bool,
    buffer: Vec<u8>,
    errors: Box<dyn Write + Send>,
    input: Input,
    started: Instant,
    functions: Vec<FunctionEntry>,
    /// The strings of one ASCII character, once they are made.
    characters: Option<Gc<Array>>,
    /// The strings of names that have been made.
    names: HashMap<Box<str>, Val>,
    /// By symbol: the strings that have been made.
    symbol_strings: Vec<Option<Val>>,
    /// By number of the class: the shapes that its objects begin with.
    root_shapes: Vec<&'static Shape>,
    /// By number of fields: the shapes that objects from literals begin with.
    literal_shapes: Vec<&'static Shape>,
    /// By number less 1.
    classes: Vec<ClassEntry>,
    /// What built-ins need after they have called functions of the program.
    kept: Vec<Val>,
    /// By source: where its lines begin.
    lines: Vec<Vec<u32>>,
    /// The names that the host itself looks for.
    pub(crate) symbols: Symbols,
}

/// Names of fields and methods that mean something to the language.
#[derive(Clone, Copy)]
pub(crate) struct Symbols {
    pub(crate) init: Symbol,
    pub(crate) str: Symbol,
    pub(crate) kind: Symbol,
    pub(crate) message: Symbol,
    pub(crate) line: Symbol,
}

/// Objects from literals with more fields begin alike.
const MOST_LITERAL_SHAPES: usize = 64;

/// When so many bytes wait they are written.
const BUFFER: usize = 64 << 10;

impl Host {
    /// A host for one program, as the options ask for.
    pub fn start(config: &Config, streams: Streams) -> Host {
        let mut host = Host::new(streams, config.arguments.clone(), config.interrupt.clone());
        if let Some(bytes) = config.max_heap {
            host.limit_heap(bytes);
        }
        host
    }

    /// A host for one program.
    pub fn new(streams: Streams, arguments: Vec<String>, interrupt: Interrupt) -> Host {
        let mut heap = Heap::new();
        let mut symbol = |name| heap.symbol(name);
        let symbols = Symbols {
            init: symbol("init"),
            str: symbol("str"),
            kind: symbol("kind"),
            message: symbol("message"),
            line: symbol("line"),
        };
        let root = heap.new_root(0);
        Host {
            heap,
            heap_limit: Heap::DEFAULT_LIMIT,
            interrupt,
            arguments,
            output: streams.output,
            line_buffered: streams.line_buffered,
            buffer: Vec::new(),
            errors: streams.errors,
            input: Input::Unopened(streams.input),
            started: Instant::now(),
            functions: Vec::new(),
            characters: None,
            names: HashMap::new(),
            symbol_strings: Vec::new(),
            root_shapes: vec![root],
            literal_shapes: vec![root],
            classes: Vec::new(),
            kept: Vec::new(),
            lines: Vec::new(),
            symbols,
        }
    }

    /// Allows the heap at most this many bytes.
    pub fn limit_heap(&mut self, bytes: usize) {
        self.heap_limit = bytes;
        self.heap.set_limit(bytes);
    }

    /// Strings of fewer characters may be made beyond the limit of the heap, one at a time.
    pub(crate) fn short_string(&self) -> i64 {
        (self.heap_limit / 64).min(1 << 20) as i64
    }

    /// Keeps a value while functions of the program run, which may move it; tells where it is.
    pub fn keep(&mut self, value: Val) -> usize {
        self.kept.push(value);
        self.kept.len() - 1
    }

    /// Keeps several; tells where the first is.
    pub fn keep_all(&mut self, values: &[Val]) -> usize {
        self.kept.extend_from_slice(values);
        self.kept.len() - values.len()
    }

    /// A value that is kept.
    pub fn kept(&self, at: usize) -> Val {
        self.kept.get(at).copied().unwrap_or(Val::NIL)
    }

    /// How many are kept.
    pub fn kept_count(&self) -> usize {
        self.kept.len()
    }

    /// Keeps only that many.
    pub fn release(&mut self, count: usize) {
        self.kept.truncate(count);
    }

    /// The string of a name, made once.
    pub fn name(&mut self, text: &str) -> Result<Val> {
        if let Some(made) = self.names.get(text) {
            return Ok(*made);
        }
        let made = self.heap.tenured(|heap| text::value(heap, text))?;
        self.names.insert(text.into(), made);
        Ok(made)
    }

    /// The string of a symbol, made once.
    pub fn symbol_string(&mut self, symbol: Symbol) -> Result<Val> {
        let at = symbol.0 as usize;
        if let Some(Some(made)) = self.symbol_strings.get(at) {
            return Ok(*made);
        }
        let name = self.heap.symbol_text(symbol).to_owned();
        let made = self.heap.tenured(|heap| text::value(heap, &name))?;
        if self.symbol_strings.len() <= at {
            self.symbol_strings.resize(at + 1, None);
        }
        self.symbol_strings[at] = Some(made);
        Ok(made)
    }

    /// The root shape of a class, of objects without class for 0.
    #[inline]
    pub(crate) fn root_shape(&self, class: i64) -> &'static Shape {
        self.root_shapes[class as usize]
    }

    /// The shape that an object from a literal with so many fields begins with.
    pub(crate) fn literal_shape(&mut self, fields: u16) -> &'static Shape {
        let most = usize::from(fields).min(MOST_LITERAL_SHAPES);
        while self.literal_shapes.len() <= most {
            self.literal_shapes.push(self.heap.new_root(0));
        }
        self.literal_shapes[most]
    }

    /// The number that the next class gets.
    pub(crate) fn next_class(&self) -> i64 {
        self.classes.len() as i64 + 1
    }

    /// Makes a class known, whose number is [`Host::next_class`].
    pub(crate) fn add_class(
        &mut self,
        name: &str,
        class: Gc<Class>,
        prototype: &'static Prototype,
    ) {
        self.classes.push(ClassEntry { name: name.into(), class: Val::object(class), prototype });
        let root = self.heap.new_root_under(self.classes.len() as u64, prototype);
        self.root_shapes.push(root);
    }

    /// The methods of a class.
    pub(crate) fn prototype(&self, number: i64) -> &'static Prototype {
        self.classes[number as usize - 1].prototype
    }

    /// The name of a class.
    pub fn class_name(&self, number: i64) -> &str {
        self.classes.get(number as usize - 1).map_or("", |c| &c.name)
    }

    /// A class; `None` for 0.
    pub(crate) fn class(&self, number: i64) -> Option<Gc<Class>> {
        self.classes.get(usize::try_from(number - 1).ok()?)?.class.cast()
    }

    /// Makes a source known, which is number `number` of the session.
    pub fn add_source(&mut self, number: u32, text: &str) {
        let number = number as usize;
        if self.lines.len() <= number {
            self.lines.resize(number + 1, Vec::new());
        }
        let ends = text.bytes().zip(1..).filter(|(byte, _)| *byte == b'\n').map(|(_, end)| end);
        self.lines[number] = std::iter::once(0).chain(ends).collect();
    }

    /// The line of a place, from 1.
    pub fn line(&self, place: Place) -> i64 {
        let lines = self.lines.get(place.source as usize).map_or(&[][..], Vec::as_slice);
        lines.partition_point(|start| *start <= place.span.start).max(1) as i64
    }

    /// Makes a string.
    pub fn string(&mut self, text: &str) -> Result<Val> {
        Ok(text::value(&mut self.heap, text)?)
    }

    /// The string of one character.
    pub fn character(&mut self, character: char) -> Result<Val> {
        if !character.is_ascii() {
            return self.string(character.encode_utf8(&mut [0; 4]));
        }
        let made = self.characters()?.load(character as usize);
        Ok(made.unwrap_or(Val::NIL))
    }

    /// The strings of the ASCII characters, by their codes.
    #[inline]
    pub fn characters(&mut self) -> Result<Gc<Array>> {
        match self.characters {
            Some(table) => Ok(table),
            None => self.make_characters(),
        }
    }

    #[cold]
    fn make_characters(&mut self) -> Result<Gc<Array>> {
        let table = self.heap.tenured(|heap| {
            let table = heap.new_array(128)?;
            for code in 0..128u8 {
                let text = text::value(heap, char::from(code).encode_utf8(&mut [0; 4]))?;
                table.push(heap, text)?;
            }
            Ok::<_, Error>(table)
        })?;
        self.characters = Some(table);
        Ok(table)
    }

    /// Shows the references that the host holds.
    pub fn roots(&mut self, roots: &mut Roots<'_>) {
        roots.vals(&mut self.kept);
        if !roots.wants_tenured() {
            return;
        }
        // All others do not move.
        if let Some(table) = self.characters {
            roots.tenured(Val::object(table));
        }
        self.names.values().for_each(|name| roots.tenured(*name));
        self.symbol_strings.iter().flatten().for_each(|name| roots.tenured(*name));
        self.classes.iter().for_each(|class| roots.tenured(class.class));
    }

    /// An error if that many bytes more would be too much.
    pub fn check_room(&self, bytes: usize) -> Result<()> {
        Ok(self.heap.check_room(bytes)?)
    }

    /// Makes a function of the program known; the number is what closures hold.
    pub fn add_function(&mut self, name: Option<&str>, class: Option<&str>) -> u32 {
        let entry = FunctionEntry { name: name.map(Box::from), class: class.map(Box::from) };
        self.functions.push(entry);
        self.functions.len() as u32 - 1
    }

    /// The name of a function.
    pub fn function_name(&self, function: u32) -> Option<&str> {
        self.functions.get(function as usize)?.name.as_deref()
    }

    /// A function as messages call it: `f`, `Point.plus`, or `fn` for one without a name.
    pub fn describe_function(&self, function: u32) -> String {
        let Some(entry) = self.functions.get(function as usize) else { return "fn".to_owned() };
        match (&entry.class, &entry.name) {
            (Some(class), Some(name)) => format!("{class}.{name}"),
            (_, Some(name)) => name.to_string(),
            _ => "fn".to_owned(),
        }
    }

    /// Fails if the user wants the program to stop.
    #[inline]
    pub fn check_interrupt(&self) -> Result<()> {
        if self.interrupt.is_requested() {
            return Err(Failure::Interrupted.into());
        }
        Ok(())
    }

    /// Seconds since the program began.
    pub fn clock(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Writes to the output.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER || self.line_buffered && bytes.contains(&b'\n') {
            return self.flush();
        }
        Ok(())
    }

    /// Hands everything that was written to the system.
    pub fn flush(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let written = self.output.write_all(&self.buffer).and_then(|()| self.output.flush());
        self.buffer.clear();
        written.map_err(|error| {
            // If nobody reads any more there is no point in going on, and nobody to tell.
            if error.kind() != io::ErrorKind::BrokenPipe {
                let _ = writeln!(self.errors, "error: cannot write the output: {error}");
            }
            Failure::Exit(1).into()
        })
    }

    /// Writes to standard error, after everything that was written to the output.
    pub fn write_error(&mut self, text: &str) -> Result<()> {
        let flushed = self.flush();
        // There is nowhere to report a failure to.
        let _ = self.errors.write_all(text.as_bytes()).and_then(|()| self.errors.flush());
        flushed
    }

    /// The next line of the input without its end; `None` at the end.
    pub fn read_line(&mut self) -> Result<Option<String>> {
        self.flush()?;
        self.input = match std::mem::replace(&mut self.input, Input::Closed) {
            Input::Unopened(open) => Input::Open(open()),
            other => other,
        };
        let Input::Open(input) = &mut self.input else { return Ok(None) };
        let mut line = Vec::new();
        input
            .read_until(b'\n', &mut line)
            .map_err(|e| Error::value(format!("cannot read the input: {e}")))?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        match String::from_utf8(line) {
            Ok(line) => Ok(Some(line)),
            Err(_) => Err(Error::value("the line of the input is not UTF-8")),
        }
    }
}

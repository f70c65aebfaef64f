//! What a running program consists of, beside the VM stack: heap, ports, globals, code, and the
//! registers of the dynamic state.

use std::path::PathBuf;
use std::rc::Rc;

use frontend::{Depth, Interrupt, Source, Streams};
use holloway::{Gc, Heap, Roots, Val};

use crate::error::{Error, Failure, HEAP_IS_USED_UP, Kind, Result};
use crate::expand::World;
use crate::ports::Ports;
use crate::symbol::Sym;
use crate::value::{self, Condition, GlobalCell, list, show, string, unassigned};
use crate::vm::Code;

/// A global variable.
pub struct Global {
    /// Its cell, in old space.
    pub cell: Gc<GlobalCell>,
    /// Its name.
    pub name: Sym,
}

/// What belongs to the dynamic extent of the program: a continuation brings its own.
#[derive(Clone, Copy)]
pub struct Registers {
    /// The `dynamic-wind`s that are active.
    pub winds: Val,
    /// The handlers of exceptions, the innermost first.
    pub handlers: Val,
    /// What `parameterize` binds: an association list.
    pub parameters: Val,
}

impl Default for Registers {
    fn default() -> Registers {
        Registers { winds: Val::NIL, handlers: Val::NIL, parameters: Val::NIL }
    }
}

/// The heap grows to as many bytes unless the user says otherwise: programs that recurse without
/// end come to an end.
const DEFAULT_HEAP: usize = 4 << 30;

/// See the module.
pub struct Machine {
    /// The objects.
    pub heap: Heap,
    /// The ports.
    pub ports: Ports,
    /// The arguments of the program, its name first.
    pub arguments: Vec<String>,
    /// How Ctrl-C reaches the program.
    pub interrupt: Interrupt,
    /// What recurses natively must not go beyond this.
    pub limit: Depth,
    /// The dynamic state.
    pub registers: Registers,
    /// How many slots come back from the heap next time that the stack is empty.
    pub(crate) refill: usize,
    /// The procedures of the prelude that the machine itself calls: `raise` and the one that
    /// continues.
    pub hooks: Hooks,
    /// The sources that were read.
    pub sources: Vec<Source>,
    /// Where files that are included, and libraries, are looked for.
    pub folders: Vec<PathBuf>,
    /// What names mean.
    pub world: World,
    /// How large the heap may get, in bytes.
    heap_limit: usize,
    pub(crate) codes: Vec<&'static Code>,
    pub(crate) globals: Vec<Global>,
    /// The merge points of the program, in the order in which they were first come to.
    merge_points: Vec<(u32, u32)>,
    /// Are there variants of code? Without a JIT they are of no use.
    pub(crate) has_variants: bool,
    /// Objects that programs made by programs contain, and other constants of the expander.
    pub(crate) kept: Vec<Val>,
    /// The strings that `symbol->string` gave, by the numbers of the symbols; else the empty list.
    names: Vec<Val>,
    /// The state of `random`-like generators and of `gensym`.
    pub(crate) counter: u64,
    /// When the program began.
    pub(crate) started: std::time::Instant,
}

/// See [`Machine::hooks`].
#[derive(Clone, Copy, Default)]
pub struct Hooks {
    /// The global that raises an error object.
    pub raise: Option<u32>,
    /// The global that makes an error and raises it.
    pub error: Option<u32>,
    /// The global that continues a continuation with a list of values.
    pub resume: Option<u32>,
    /// The global that gives a parameter another value.
    pub assign_parameter: Option<u32>,
}

impl Machine {
    /// The level of the loops that begin at a merge point. An interpreter comes to its own merge point before any program that it
    /// runs comes to one.
    pub(crate) fn merge_level(&mut self, code: &'static Code, pc: u32) -> u8 {
        let place = (code.original.unwrap_or(code.number), pc);
        let known = self.merge_points.iter().position(|p| *p == place);
        let index = known.unwrap_or_else(|| {
            self.merge_points.push(place);
            self.merge_points.len() - 1
        });
        u8::try_from(index + 1).unwrap_or(u8::MAX)
    }

    /// A machine without any program.
    pub fn new(
        streams: Streams,
        arguments: Vec<String>,
        interrupt: Interrupt,
        limit: Depth,
    ) -> Machine {
        let mut heap = Heap::new();
        // Lists that are built deep in a recursion survive until it returns.
        heap.set_nursery(8 << 20);
        heap.set_limit(DEFAULT_HEAP);
        Machine {
            heap,
            ports: Ports::new(streams),
            arguments,
            interrupt,
            limit,
            registers: Registers::default(),
            refill: 1,
            hooks: Hooks::default(),
            sources: Vec::new(),
            folders: Vec::new(),
            world: World::default(),
            heap_limit: DEFAULT_HEAP,
            codes: Vec::new(),
            globals: Vec::new(),
            merge_points: Vec::new(),
            has_variants: false,
            kept: Vec::new(),
            names: Vec::new(),
            counter: 0,
            started: std::time::Instant::now(),
        }
    }

    /// Lets the heap grow to so many bytes.
    pub fn limit_heap(&mut self, bytes: usize) {
        self.heap_limit = bytes;
        self.heap.set_limit(bytes);
    }

    /// Shows the references that the machine holds.
    pub(crate) fn roots(&mut self, roots: &mut Roots<'_>) {
        let registers = &mut self.registers;
        roots.val(&mut registers.winds);
        roots.val(&mut registers.handlers);
        roots.val(&mut registers.parameters);
        roots.vals(&mut self.ports.current);
        if !roots.wants_tenured() {
            return;
        }
        for code in &self.codes {
            code.consts.iter().for_each(|value| roots.tenured(*value));
        }
        self.globals.iter().for_each(|global| roots.tenured(Val::object(global.cell)));
        self.kept.iter().chain(&self.names).for_each(|value| roots.tenured(*value));
    }

    /// Keeps code, which lives for ever from now on.
    pub(crate) fn add_code(&mut self, mut code: Code) -> &'static Code {
        code.number = self.codes.len() as u32;
        if !self.has_variants {
            code.called = Box::default();
        }
        let plain = !code.rest && code.clauses.is_empty() && code.called.is_empty();
        code.exact = if plain { code.params } else { u16::MAX };
        let code: &'static Code = Box::leak(Box::new(code));
        self.codes.push(code);
        code
    }

    /// Makes a global variable.
    pub(crate) fn add_global(&mut self, name: Sym) -> Result<u32> {
        let cell = self.heap.tenured(|heap| GlobalCell::alloc(heap, unassigned()))?;
        self.globals.push(Global { cell, name });
        Ok(self.globals.len() as u32 - 1)
    }

    /// The value of a global variable.
    pub(crate) fn global(&self, number: u32) -> Val {
        self.globals[number as usize].cell.watched(GlobalCell::VALUE)
    }

    /// Keeps a source, and gives its number.
    pub fn add_source(&mut self, name: &str, text: &str) -> u32 {
        self.sources.push(Source { name: name.to_owned(), text: text.to_owned() });
        self.sources.len() as u32 - 1
    }

    /// The name of a symbol: a literal, always the same one.
    pub(crate) fn name_of(&mut self, symbol: Sym) -> Result<Val> {
        let number = symbol.0 as usize;
        if number >= self.names.len() {
            self.names.resize(number + 1, Val::NIL);
        }
        if self.names[number].is_nil() {
            let name = symbol.name();
            self.names[number] = self.heap.tenured(|heap| string::literal(heap, &name))?;
        }
        Ok(self.names[number])
    }

    /// A string.
    pub fn string(&mut self, text: &str) -> Result<Val> {
        Ok(string::from_text(&mut self.heap, text)?)
    }

    /// The value that raising an error raises.
    ///
    /// # Errors
    /// What is no error of the program: it leaves the program.
    pub(crate) fn condition(&mut self, error: Error) -> Result<Val> {
        let Failure::Condition { kind, message, irritants } = error.failure() else {
            return Err(error);
        };
        let message = string::from_text(&mut self.heap, message)?;
        let irritants = list::list(&mut self.heap, irritants)?;
        Ok(Val::object(Condition::alloc(&mut self.heap, *kind as i64, message, irritants)?))
    }

    /// The text of a value that was raised and not handled.
    pub(crate) fn uncaught_text(&self, payload: Val) -> String {
        match payload.cast::<Condition>() {
            Some(_) => show::condition_text(&self.heap, payload),
            None => format!("raised: {}", show::show(&self.heap, payload, show::WRITE)),
        }
    }

    /// An error as people read it.
    pub fn error_text(&self, error: &Error) -> String {
        match error.failure() {
            Failure::Condition { message, irritants, .. } => {
                let mut text = message.clone();
                if message == HEAP_IS_USED_UP {
                    let limit = frontend::size_text(self.heap_limit);
                    text.push_str(&format!(" (its limit is {limit}; see --max-heap)"));
                }
                for irritant in irritants {
                    text.push(' ');
                    text.push_str(&show::show(&self.heap, *irritant, show::WRITE));
                }
                text
            }
            Failure::Uncaught(text) => text.clone(),
            Failure::Exit(_) => String::new(),
            Failure::Interrupted => "interrupted".to_owned(),
        }
    }

    /// An error if there is little native stack left.
    pub fn check_depth(&self) -> Result<()> {
        if self.limit.is_low() {
            return Err(Error::new(Kind::Memory, "the program nests too deeply"));
        }
        Ok(())
    }

    /// A number that was not given before.
    pub fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// The name of a procedure.
    pub fn procedure_name(&self, procedure: Val) -> Rc<str> {
        let closure = procedure.cast::<value::Closure>();
        match closure.and_then(|c| c.get(value::Closure::CODE).name) {
            Some(name) => name.name(),
            None => "the procedure".into(),
        }
    }
}

impl Machine {
    /// A word that looks random (splitmix64).
    pub(crate) fn random(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.counter;
        word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ word >> 31
    }
}

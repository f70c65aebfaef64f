//! What a running program consists of, beside the VM stack: host, code, globals.

use std::collections::HashMap;

use frontend::{Depth, Source};
use holloway::{Gc, Heap, Object, Roots, Symbol, Val};

use super::code::Code;
use crate::error::{Place, Result};
use crate::host::Host;
use crate::value::{text, uninitialized};

/// The global of a variable that is never assigned after its declaration: traces take its value for a
/// constant.
///
/// Invariant: `value` changes once, from [`uninitialized`].
#[derive(Object)]
#[object(tag = 20)]
pub(super) struct Binding {
    /// Its value.
    #[immutable]
    pub(super) value: Val,
}

/// The global of a variable that may be assigned. Most are assigned where they are made ready, or in every
/// turn of a loop: traces take the value for a constant until they know better.
#[derive(Object)]
#[object(tag = 26)]
pub(super) struct Variable {
    /// Its value.
    #[quasi_immutable]
    pub(super) value: Val,
}

/// Where a global variable lives.
#[derive(Clone, Copy)]
pub(super) enum Global {
    /// It is never assigned.
    Fixed(Gc<Binding>),
    /// It may be assigned.
    Variable(Gc<Variable>),
}

/// See the module.
pub struct Machine {
    /// The host of the program.
    pub host: Host,
    /// Guest calls must not recurse natively beyond this.
    pub(super) limit: Depth,
    /// By number: the code of all functions.
    codes: Vec<&'static Code>,
    /// The code of all programs.
    programs: Vec<&'static Code>,
    /// By number: the global variables.
    pub(super) globals: Vec<Global>,
    /// By number: their names, for reports.
    global_names: Vec<Box<str>>,
    /// The sources that code stands in.
    pub(super) sources: Vec<Source>,
    /// The strings of literals and names.
    literals: HashMap<Box<str>, Val>,
    /// What is known of classes before they are made.
    classes: Vec<ClassInfo>,
}

/// What is known of a class before it is made.
pub(super) struct ClassInfo {
    pub(super) name: Box<str>,
    /// The names of its methods.
    pub(super) methods: Box<[Symbol]>,
    /// If it extends a class.
    pub(super) extends: bool,
    /// If it has a constructor of its own, which follows the methods.
    pub(super) constructor: bool,
}

impl Machine {
    /// A machine for the programs of one session.
    pub(super) fn new(host: Host, limit: Depth) -> Machine {
        Machine {
            host,
            limit,
            codes: Vec::new(),
            programs: Vec::new(),
            globals: Vec::new(),
            global_names: Vec::new(),
            sources: Vec::new(),
            literals: HashMap::new(),
            classes: Vec::new(),
        }
    }

    /// The heap.
    pub(super) fn heap(&mut self) -> &mut Heap {
        &mut self.host.heap
    }

    /// Shows the references that the machine holds: those in code, and what code refers to. They stand
    /// where they cannot be changed, so all of it was made in old space.
    pub(super) fn roots(&mut self, roots: &mut Roots<'_>) {
        self.host.roots(roots);
        if !roots.wants_tenured() {
            return;
        }
        for code in self.codes.iter().chain(&self.programs) {
            code.consts.iter().for_each(|value| roots.tenured(*value));
        }
        self.literals.values().for_each(|value| roots.tenured(*value));
        for global in &self.globals {
            roots.tenured(match *global {
                Global::Fixed(binding) => Val::object(binding),
                Global::Variable(cell) => Val::object(cell),
            });
        }
    }

    /// Keeps the code of a program.
    pub(super) fn add_program(&mut self, code: &'static Code) {
        self.programs.push(code);
    }

    /// Keeps a source, for reports.
    pub(super) fn add_source(&mut self, number: u32, source: &Source) {
        let number = number as usize;
        if self.sources.len() <= number {
            let unread = Source { name: String::new(), text: String::new() };
            self.sources.resize(number + 1, unread);
        }
        self.sources[number] = source.clone();
    }

    /// Numbers code, which lives for ever from now on.
    pub(super) fn add_code(&mut self, mut code: Code) -> &'static Code {
        code.number = self.codes.len() as u32;
        self.heap().count_caches(code.sites.len());
        let code: &'static Code = Box::leak(Box::new(code));
        self.codes.push(code);
        code
    }

    /// Numbers what is known of a class.
    pub(super) fn add_class(&mut self, class: ClassInfo) -> u64 {
        self.classes.push(class);
        self.classes.len() as u64 - 1
    }

    /// What is known of a class, by number.
    pub(super) fn class(&self, number: u64) -> &ClassInfo {
        &self.classes[number as usize]
    }

    /// The code of this number.
    pub(super) fn code(&self, number: u64) -> &'static Code {
        self.codes[number as usize]
    }

    /// All code there is.
    pub(super) fn codes(&self) -> &[&'static Code] {
        &self.codes
    }

    /// Makes the next global.
    pub(super) fn add_global(&mut self, name: &str, assigned: bool) -> Result<()> {
        let global = if assigned {
            Global::Variable(Variable::alloc(self.heap(), uninitialized())?)
        } else {
            Global::Fixed(Binding::alloc(self.heap(), uninitialized())?)
        };
        self.globals.push(global);
        self.global_names.push(name.into());
        Ok(())
    }

    /// The cell of a global as a constant, and if it may be assigned.
    pub(super) fn global(&self, global: u32) -> (Val, bool) {
        match self.globals[global as usize] {
            Global::Fixed(binding) => (Val::object(binding), false),
            Global::Variable(cell) => (Val::object(cell), true),
        }
    }

    /// The name of the global whose cell a constant is.
    pub(super) fn global_name(&self, cell: Val) -> Option<&str> {
        let number = (0..self.globals.len() as u32).find(|n| self.global(*n).0 == cell)?;
        self.global_names.get(number as usize).map(|name| &**name)
    }

    /// The string of a literal.
    pub(super) fn literal(&mut self, text: &str) -> Result<Val> {
        if let Some(made) = self.literals.get(text) {
            return Ok(*made);
        }
        let made = self.heap().tenured(|heap| text::value(heap, text))?;
        self.literals.insert(text.into(), made);
        Ok(made)
    }

    /// The place of an instruction that calls a built-in.
    pub(super) fn site_place(&self, site: u64) -> Place {
        self.code(site >> 32).place(site as u32)
    }
}

//! Functions: frames, parameters, closures.

use holloway::Val;

use super::{Compiler, Function, Options};
use crate::bytecode::code::Code;
use crate::bytecode::op::Op;
use crate::bytecode::peephole::{Emitter, Refused};
use crate::error::{Error, Result};
use crate::syntax::ast;
use crate::syntax::resolve::{CaptureFrom, Storage};

/// What is compiled.
#[derive(Clone, Copy)]
enum Body<'t, 'a> {
    Program,
    Function(&'t ast::Function<'a>),
    /// The method `init`, as the class calls it: it returns the object.
    Constructor(&'t ast::Function<'a>),
}

impl<'t, 'a> Body<'t, 'a> {
    fn function(self) -> Option<&'t ast::Function<'a>> {
        match self {
            Body::Program => None,
            Body::Function(function) | Body::Constructor(function) => Some(function),
        }
    }
}

impl<'a> Compiler<'_, 'a> {
    /// The program itself.
    pub(super) fn program(&mut self) -> Result<&'static Code> {
        let code = self.code(Body::Program)?;
        Ok(self.machine.add_code(code))
    }

    /// The number of a function's code, which is compiled when first asked for.
    fn function(&mut self, function: &ast::Function<'a>) -> Result<u64> {
        if let Some(number) = self.numbers.get(&function.id) {
            return Ok(*number);
        }
        let mut code = self.code(Body::Function(function))?;
        code.name = function.name.map(Box::from);
        code.function = Some(self.machine.host.add_function(function.name, function.class));
        let number = u64::from(self.machine.add_code(code).number);
        self.numbers.insert(function.id, number);
        Ok(number)
    }

    /// The number of the code that the class calls for a method `init`.
    fn constructor(&mut self, function: &ast::Function<'a>) -> Result<u64> {
        let number = self.function(function)?;
        let method = self.machine.code(number);
        let mut code = self.code(Body::Constructor(function))?;
        code.name.clone_from(&method.name);
        code.function = method.function;
        Ok(u64::from(self.machine.add_code(code).number))
    }

    /// Compiles, with short jumps if that is possible.
    fn code(&mut self, body: Body<'_, 'a>) -> Result<Code> {
        match self.try_code(body, false)? {
            Ok(code) => Ok(code),
            Err(Refused::Far) => match self.try_code(body, true)? {
                Ok(code) => Ok(code),
                Err(_) => Err(too_large(body)),
            },
            Err(Refused::TooLarge) => Err(too_large(body)),
        }
    }

    fn try_code(
        &mut self,
        body: Body<'_, 'a>,
        far: bool,
    ) -> Result<std::result::Result<Code, Refused>> {
        let function = body.function();
        let method = function.is_some_and(|f| f.this.is_some());
        let params = function.map_or(0, |f| f.parameters.len() + usize::from(method));
        let Ok(params) = u16::try_from(params) else { return Ok(Err(Refused::TooLarge)) };
        let Some(link) = params.checked_add(1).filter(|link| *link < u16::MAX - 64) else {
            return Ok(Err(Refused::TooLarge));
        };
        let Options { peephole, source, .. } = self.options;
        let emitter = Emitter::new(peephole, far, link + 1);
        let program = self.program;
        let root = program.program.body;
        let span = function.map_or(root.span, |f| f.body.span);
        let constructor = matches!(body, Body::Constructor(_));
        let loops = Vec::new();
        let mut f = Function { compiler: self, emitter, loops, statement: span, constructor };
        f.at(span);
        match function {
            None => f.root(root)?,
            Some(function) => {
                f.parameters(function)?;
                f.block(function.body)?;
                f.emitter.push_const(Val::NIL);
            }
        }
        f.return_top();
        Ok(f.emitter.finish().map(|emitted| Code {
            ops: emitted.ops,
            consts: emitted.consts,
            sites: emitted.sites,
            params,
            method,
            link,
            handlers: emitted.handlers,
            number: 0,
            spans: emitted.spans,
            heights: emitted.heights,
            function: None,
            name: None,
            source,
        }))
    }
}

fn too_large(body: Body<'_, '_>) -> Error {
    let what = match body.function().map(|f| f.name) {
        None => "the program".to_owned(),
        Some(Some(name)) => format!("the function `{name}`"),
        Some(None) => "a function".to_owned(),
    };
    Error::memory(&format!("{what} is too large"))
}

impl<'a> Function<'_, '_, 'a> {
    /// Gives parameters their slots, and cells to those that live in cells.
    fn parameters(&mut self, function: &ast::Function<'a>) -> Result<()> {
        for (index, parameter) in function.this.iter().chain(function.parameters).enumerate() {
            let Some(id) = self.resolution().name(parameter.id).variable else { continue };
            let slot = index as u16 + 1;
            self.compiler.slots[id.0 as usize] = slot;
            if self.resolution().variable(id).storage == Storage::Cell {
                self.emitter.emit(Op::NewCell { d: slot, s: slot });
            }
        }
        Ok(())
    }

    /// Pops the result and returns it; a constructor returns its object instead.
    pub(super) fn return_top(&mut self) {
        if self.constructor {
            self.emitter.drop_top();
            self.emitter.emit(Op::Return { s: 1 });
        } else {
            let s = self.emitter.pop_slot();
            self.emitter.emit(Op::Return { s });
        }
    }

    /// Pushes a closure of a function.
    pub(super) fn closure(&mut self, function: &ast::Function<'a>) -> Result<()> {
        let number = self.compiler.function(function)?;
        self.closure_of(function, number)
    }

    /// Pushes a closure that the class calls for a method `init`.
    pub(super) fn constructor(&mut self, function: &ast::Function<'a>) -> Result<()> {
        let number = self.compiler.constructor(function)?;
        self.closure_of(function, number)
    }

    fn closure_of(&mut self, function: &ast::Function<'a>, number: u64) -> Result<()> {
        self.emitter.push_const(Val::raw(number));
        let d = self.emitter.settle_top();
        let captures = self.resolution().function(function.id).captures.clone();
        for capture in &captures {
            match capture.from {
                CaptureFrom::Slot(_) => {
                    let slot = self.variable_slot(capture.variable);
                    self.emitter.push_variable(slot);
                    self.emitter.settle_top();
                }
                CaptureFrom::Capture(i) => {
                    let i = i as u16;
                    self.emitter.push_op(|d| Op::Capture { d, i });
                }
            }
        }
        let count = captures.len() as u16;
        self.emitter.emit(Op::Closure { d, captures: count });
        self.emitter.pop_many(captures.len());
        Ok(())
    }
}

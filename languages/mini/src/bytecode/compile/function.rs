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
}

impl<'a> Compiler<'_, 'a> {
    /// The program itself.
    pub(super) fn program(&mut self) -> Result<&'static Code> {
        let code = self.code(Body::Program)?;
        Ok(Box::leak(Box::new(code)))
    }

    /// The number of a function's code, which is compiled when first asked for.
    fn function(&mut self, function: &ast::Function<'a>) -> Result<u64> {
        if let Some(number) = self.numbers.get(&function.id) {
            return Ok(*number);
        }
        let mut code = self.code(Body::Function(function))?;
        code.name = function.name.map(Box::from);
        code.function = Some(self.machine.host.add_function(function.name, function.class));
        let number = self.machine.add_code(Box::leak(Box::new(code)));
        self.numbers.insert(function.id, number);
        Ok(number)
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
        let params = match body {
            Body::Program => 0,
            Body::Function(function) => function.parameters.len(),
        };
        let Ok(params) = u16::try_from(params) else { return Ok(Err(Refused::TooLarge)) };
        let Some(link) = params.checked_add(1).filter(|link| *link < u16::MAX - 64) else {
            return Ok(Err(Refused::TooLarge));
        };
        let Options { peephole, source, .. } = self.options;
        let emitter = Emitter::new(peephole, far, link + 1);
        let program = self.program;
        let root = program.program.body;
        let span = match body {
            Body::Program => root.span,
            Body::Function(function) => function.body.span,
        };
        let mut f = Function { compiler: self, emitter, loops: Vec::new(), statement: span };
        f.at(span);
        match body {
            Body::Program => f.root(root)?,
            Body::Function(function) => {
                f.parameters(function)?;
                f.block(function.body)?;
                f.emitter.push_const(Val::NIL);
            }
        }
        let s = f.emitter.pop_slot();
        f.emitter.emit(Op::Return { s });
        Ok(f.emitter.finish().map(|emitted| Code {
            ops: emitted.ops,
            consts: emitted.consts,
            params,
            link,
            spans: emitted.spans,
            heights: emitted.heights,
            function: None,
            name: None,
            source,
        }))
    }
}

fn too_large(body: Body<'_, '_>) -> Error {
    let what = match body {
        Body::Program => "the program".to_owned(),
        Body::Function(function) => match function.name {
            Some(name) => format!("the function `{name}`"),
            None => "a function".to_owned(),
        },
    };
    Error::memory(&format!("{what} is too large"))
}

impl<'a> Function<'_, '_, 'a> {
    /// Gives parameters their slots, and cells to those that live in cells.
    fn parameters(&mut self, function: &ast::Function<'a>) -> Result<()> {
        for (index, parameter) in function.parameters.iter().enumerate() {
            let Some(id) = self.resolution().name(parameter.id).variable else { continue };
            let slot = index as u16 + 1;
            self.compiler.slots[id.0 as usize] = slot;
            if self.resolution().variable(id).storage == Storage::Cell {
                self.emitter.emit(Op::NewCell { d: slot, s: slot });
            }
        }
        Ok(())
    }

    /// Pushes a closure of a function.
    pub(super) fn closure(&mut self, function: &ast::Function<'a>) -> Result<()> {
        let number = self.compiler.function(function)?;
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

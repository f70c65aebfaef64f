//! Functions: making closures, calling them, and built-ins.

use holloway::{Gc, Val};

use super::expr::captured;
use super::{Frame, Loaded, Tree};
use crate::builtins::{self, Caller};
use crate::bytecode::Code;
use crate::error::{Error, Place, Result};
use crate::host::{CALL_DEPTH, Host};
use crate::ops::field::takes_no_arguments;
use crate::syntax::ast::{Expr, Function};
use crate::syntax::resolve::{CaptureFrom, Storage};
use crate::value::class::ClassExt;
use crate::value::{Bound, Cell, Class, Closure, as_builtin, new_cell, object, type_name};

impl<'a> Tree<'a> {
    /// Makes a function, with what it captures from `frame`.
    #[inline(never)]
    pub(super) fn closure(&mut self, frame: &Frame<'a>, function: &'a Function<'a>) -> Result<Val> {
        let number = self.number(frame, function);
        let captures = &frame.resolution.function(function.id).captures;
        let count = captures.len();
        let closure =
            Closure::alloc(&mut self.host.heap, count, count, i64::from(number), Code::none())?;
        for (index, capture) in captures.iter().enumerate() {
            let value = match capture.from {
                CaptureFrom::Slot(slot) => self.stack[frame.base + slot as usize],
                CaptureFrom::Capture(capture) => captured(frame, capture),
            };
            closure.set_val_at(Closure::CAPTURES, index, value);
        }
        Ok(Val::object(closure))
    }

    /// The number that the host knows a function by.
    fn number(&mut self, frame: &Frame<'a>, function: &'a Function<'a>) -> u32 {
        let address = std::ptr::from_ref(function).addr();
        if let Some(number) = self.numbers.get(&address) {
            return *number;
        }
        let number = self.host.add_function(function.name, function.class);
        let loaded = Loaded { function, resolution: frame.resolution, source: frame.source };
        self.functions.insert(number, loaded);
        self.numbers.insert(address, number);
        number
    }

    /// `callee(arguments)`
    #[inline(never)]
    pub(super) fn call_expr(
        &mut self,
        frame: &Frame<'a>,
        expr: &'a Expr<'a>,
        callee: &'a Expr<'a>,
        arguments: &'a [Expr<'a>],
    ) -> Result<Val> {
        let base = self.stack.len();
        let callee = self.callee(frame, callee)?;
        for argument in arguments {
            let value = self.expr(frame, argument)?;
            self.stack.push(value);
        }
        self.call_value(callee, base, frame.place(expr.place()))
    }

    /// Calls a value with the arguments from `base` to the top of the stack, and takes them off.
    fn call_value(&mut self, callee: Val, base: usize, site: Place) -> Result<Val> {
        let result = if let Some(closure) = callee.cast::<Closure>() {
            self.call_closure(closure, base, site)
        } else if let Some(bound) = callee.cast::<Bound>() {
            self.stack.insert(base, bound.get_val(Bound::RECEIVER));
            self.call_value(bound.get_val(Bound::METHOD), base, site)
        } else if let Some(class) = callee.cast::<Class>() {
            self.construct(class, base, site)
        } else if let Some(number) = as_builtin(callee) {
            self.call_builtin(number, base, site).map_err(|e| e.at(site))
        } else {
            let message = format!("{} cannot be called", type_name(callee));
            Err(Error::wrong_type(message).at(site))
        };
        self.stack.truncate(base);
        result
    }

    fn call_builtin(&mut self, number: u16, base: usize, site: Place) -> Result<Val> {
        let arguments = self.stack[base..].to_vec();
        builtins::call(&mut Callback { tree: self, site }, number, &arguments)
    }

    /// Makes an instance of a class.
    fn construct(&mut self, class: Gc<Class>, base: usize, site: Place) -> Result<Val> {
        let given = self.stack.len() - base;
        if class.constructor().is_none() && given > 0 {
            return Err(takes_no_arguments(&self.host, class, given).at(site));
        }
        let instance = object::new(&mut self.host, class.get(Class::NUMBER));
        let instance = Val::object(instance.map_err(|e| e.at(site))?);
        if let Some(constructor) = class.constructor() {
            self.stack.insert(base, instance);
            self.call_value(constructor, base, site)?;
        }
        Ok(instance)
    }

    fn call_closure(&mut self, closure: Gc<Closure>, base: usize, site: Place) -> Result<Val> {
        let number = closure.get(Closure::FUNCTION) as u32;
        let Some(&loaded) = self.functions.get(&number) else {
            return Err(Error::wrong_type("the function belongs to another program").at(site));
        };
        let Loaded { function, resolution, source } = loaded;
        let hidden = usize::from(function.this.is_some());
        let (given, wanted) = (self.stack.len() - base - hidden, function.parameters.len());
        if given != wanted {
            let name = self.host.describe_function(number);
            return Err(Error::arguments(&name, &wanted.to_string(), given).at(site));
        }
        if self.depth >= CALL_DEPTH || self.limit.is_low() {
            return Err(Error::stack_overflow().at(site));
        }
        self.host.check_interrupt().map_err(|e| e.at(site))?;
        self.stack.resize(base + resolution.function(function.id).slots as usize, Val::NIL);
        let frame = Frame { base, closure: Some(closure), resolution, source };
        self.parameter_cells(&frame, function).map_err(|e| e.at(site))?;
        self.depth += 1;
        let result = self.body(&frame, function.body);
        self.depth -= 1;
        result.map_err(|e| e.leaving(number, site))
    }

    /// Puts the parameters into cells that live in cells.
    fn parameter_cells(&mut self, frame: &Frame<'a>, function: &'a Function<'a>) -> Result<()> {
        for parameter in function.parameters {
            let Some(variable) = frame.resolution.name(parameter.id).variable else { continue };
            let variable = frame.resolution.variable(variable);
            if variable.storage == Storage::Cell {
                let slot = frame.base + variable.slot as usize;
                let cell: Gc<Cell> = new_cell(&mut self.host.heap, self.stack[slot])?;
                self.stack[slot] = Val::object(cell);
            }
        }
        Ok(())
    }
}

/// What built-ins call back through.
pub(super) struct Callback<'t, 'a> {
    pub(super) tree: &'t mut Tree<'a>,
    pub(super) site: Place,
}

impl Caller for Callback<'_, '_> {
    fn host(&mut self) -> &mut Host {
        &mut self.tree.host
    }

    fn site(&self) -> Place {
        self.site
    }

    fn call(&mut self, callee: Val, arguments: &[Val]) -> Result<Val> {
        let base = self.tree.stack.len();
        self.tree.stack.extend_from_slice(arguments);
        self.tree.call_value(callee, base, self.site)
    }

    fn call_method(&mut self, method: Val, object: Val, arguments: &[Val]) -> Result<Val> {
        let base = self.tree.stack.len();
        self.tree.stack.push(object);
        self.tree.stack.extend_from_slice(arguments);
        self.tree.call_value(method, base, self.site)
    }
}

//! Objects, classes, methods; `try` and `catch`.

use holloway::{Symbol, Val};

use super::stmt::Flow;
use super::{Frame, Tree};
use crate::error::Result;
use crate::ops::field::{self, Callee};
use crate::syntax::ast::{Block, Class, Expr, ExprKind, Field, Name, Pair};
use crate::value::{class, object};

impl<'a> Tree<'a> {
    /// `{k: v}`
    #[inline(never)]
    pub(super) fn object(&mut self, frame: &Frame<'a>, pairs: &'a [Pair<'a>]) -> Result<Val> {
        let mark = self.stack.len();
        for pair in pairs {
            let value = self.expr(frame, &pair.value)?;
            self.stack.push(value);
        }
        let made = object::new(&mut self.host, 0)?;
        for (index, pair) in pairs.iter().enumerate() {
            let symbol = self.symbol(pair.key);
            object::set(&mut self.host, made, symbol, self.stack[mark + index])?;
        }
        self.stack.truncate(mark);
        Ok(Val::object(made))
    }

    fn symbol(&mut self, field: Field<'a>) -> Symbol {
        self.host.heap.symbol(field.text)
    }

    /// `o.name`
    #[inline(never)]
    pub(super) fn field(
        &mut self,
        frame: &Frame<'a>,
        object: &'a Expr<'a>,
        field: Field<'a>,
    ) -> Result<Val> {
        let object = self.expr(frame, object)?;
        let symbol = self.symbol(field);
        field::get(&mut self.host, object, symbol).map_err(|e| e.at(frame.place(field.span)))
    }

    /// The method that `super.name` means.
    pub(super) fn super_method(
        &mut self,
        frame: &Frame<'a>,
        base: Name<'a>,
        field: Field<'a>,
    ) -> Result<Val> {
        let base = self.read(frame, base)?;
        let symbol = self.symbol(field);
        field::super_method(&self.host, base, symbol).map_err(|e| e.at(frame.place(field.span)))
    }

    /// What a call calls. For a method the object is pushed: it is the hidden first argument.
    #[inline(never)]
    pub(super) fn callee(&mut self, frame: &Frame<'a>, callee: &'a Expr<'a>) -> Result<Val> {
        match &callee.kind {
            ExprKind::Field { object, field } => {
                let object = self.expr(frame, object)?;
                let symbol = self.symbol(*field);
                let found = field::callee(&mut self.host, object, symbol);
                match found.map_err(|e| e.at(frame.place(field.span)))? {
                    Callee::Field(value) => Ok(value),
                    Callee::Method(method) => {
                        self.stack.push(object);
                        Ok(method)
                    }
                }
            }
            ExprKind::Super { this, base, field } => {
                let this = self.read(frame, *this)?;
                let method = self.super_method(frame, *base, *field)?;
                self.stack.push(this);
                Ok(method)
            }
            _ => self.expr(frame, callee),
        }
    }

    /// Makes a class when its block is entered.
    pub(super) fn class(&mut self, frame: &Frame<'a>, class: &'a Class<'a>) -> Result<()> {
        let mut base = None;
        if let Some(extended) = &class.base {
            let value = self.read(frame, extended.name)?;
            let found = field::base_class(value);
            base = Some(found.map_err(|e| e.at(frame.place(extended.name.span)))?);
            self.store(frame, frame.resolution.name(extended.variable.id).place, value);
        }
        let mut methods = Vec::with_capacity(class.methods.len());
        for method in class.methods {
            let closure = self.closure(frame, method)?;
            let symbol = self.host.heap.symbol(method.name.unwrap_or_default());
            methods.push((symbol, closure));
        }
        let init = self.host.symbols.init;
        let constructor = methods.iter().find(|m| m.0 == init).map(|m| m.1);
        let parts = class::Parts { name: class.name.text, base, constructor, methods: &methods };
        let made = class::new(&mut self.host, &parts)?;
        self.store(frame, frame.resolution.name(class.name.id).place, Val::object(made));
        Ok(())
    }

    /// `try { } catch e { }`
    #[inline(never)]
    pub(super) fn try_catch(
        &mut self,
        frame: &Frame<'a>,
        body: &'a Block<'a>,
        variable: Name<'a>,
        handler: &'a Block<'a>,
    ) -> Result<Flow> {
        let height = self.stack.len();
        let error = match self.block(frame, body) {
            Ok(flow) => return Ok(flow),
            Err(error) => error,
        };
        let value = object::caught(&mut self.host, error)?;
        self.stack.truncate(height);
        self.turn_variable(frame, variable, value)?;
        self.block(frame, handler)
    }
}

//! Objects, methods, classes.

use holloway::Val;

use super::Function;
use crate::bytecode::machine::ClassInfo;
use crate::bytecode::op::{Konst, Op, Slot};
use crate::error::{Error, Result};
use crate::syntax::ast::{Class, Expr, Field, Name, Pair};
use crate::syntax::token::Span;

/// No class has more methods.
const MOST_METHODS: usize = 10_000;

impl<'a> Function<'_, '_, 'a> {
    /// A new site for a name.
    pub(super) fn site(&mut self, name: &str) -> Konst {
        let symbol = self.compiler.machine.host.heap.symbol(name);
        self.emitter.site(symbol)
    }

    /// Pushes an object.
    pub(super) fn object(&mut self, pairs: &[Pair<'a>]) -> Result<()> {
        let statement = self.statement;
        self.at(statement);
        let fields = u16::try_from(pairs.len()).unwrap_or(u16::MAX);
        let a = self.emitter.push_op(|d| Op::Object { d, fields });
        for pair in pairs {
            let k = self.site(pair.key.text);
            self.expr(&pair.value)?;
            self.at(statement);
            let s = self.emitter.pop_slot();
            self.emitter.emit(Op::SetField { a, k, s });
        }
        Ok(())
    }

    /// Pushes what `object.name(..)` calls, and the object.
    pub(super) fn method(&mut self, object: &Expr<'a>, field: Field<'a>) -> Result<Slot> {
        let k = self.site(field.text);
        self.expr(object)?;
        let base = self.emitter.settle_top();
        self.at(field.span);
        self.emitter.emit(Op::Method { base, k });
        self.emitter.push_home();
        Ok(base)
    }

    /// Pushes what `super.name(..)` calls, and the object.
    pub(super) fn super_method(
        &mut self,
        this: Name<'a>,
        base: Name<'a>,
        field: Field<'a>,
    ) -> Result<Slot> {
        let k = self.site(field.text);
        self.read(base)?;
        let base = self.emitter.settle_top();
        self.read(this)?;
        self.emitter.settle_top();
        self.at(field.span);
        self.emitter.emit(Op::SuperMethod { base, k });
        Ok(base)
    }

    /// Makes a class when its block, which is at `block`, is entered.
    pub(super) fn class(&mut self, class: &Class<'a>, block: Span) -> Result<()> {
        if class.methods.len() > MOST_METHODS {
            return Err(Error::memory("a class with so many methods"));
        }
        let machine = &mut self.compiler.machine;
        let name = |m: &&crate::syntax::ast::Function<'a>| m.name.unwrap_or_default();
        let symbols = class.methods.iter().map(|m| machine.host.heap.symbol(name(m)));
        let methods: Box<[_]> = symbols.collect();
        let init = class.methods.iter().find(|m| m.name == Some("init"));
        let constructor = init.is_some();
        let (name, extends) = (class.name.text.into(), class.base.is_some());
        let number = machine.add_class(ClassInfo { name, methods, extends, constructor });
        if let Some(base) = &class.base {
            self.read(base.name)?;
            self.initialize(base.variable)?;
        }
        self.emitter.push_const(Val::raw(number));
        let d = self.emitter.settle_top();
        match &class.base {
            Some(base) => self.read(base.variable)?,
            None => self.emitter.push_const(Val::NIL),
        }
        self.emitter.settle_top();
        for method in class.methods {
            self.at(block);
            self.closure(method)?;
        }
        if let Some(init) = init {
            self.constructor(init)?;
        }
        let count = class.methods.len() + usize::from(constructor);
        self.at(class.base.as_ref().map_or(block, |b| b.name.span));
        self.emitter.emit(Op::Class { d, methods: count as u16 });
        self.emitter.pop_many(count + 1);
        self.at(block);
        self.initialize(class.name)
    }
}

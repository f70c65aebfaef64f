//! Programs for the metacircular evaluator, which is a program itself.
//!
//! Each form of a program becomes a call of the evaluator that stands where the form does, so that reports point there: inside of
//! it, a program is data and has no places.

use holloway::Val;

use super::Vm;
use crate::error::Result;
use crate::symbol::Sym;
use crate::syntax::{Datum, Reader};

/// The evaluator.
const SOURCE: &str = include_str!("../../scheme/metacircular.scm");

impl Vm {
    /// Runs a program in the evaluator: the value of its last form.
    ///
    /// # Errors
    /// What nobody handled.
    pub fn run_in_evaluator(&mut self, name: &str, text: &str) -> Result<Val> {
        self.evaluate(name, text, |call| call)
    }

    /// Runs what a user typed in the evaluator, which shows the value of each form.
    ///
    /// # Errors
    /// What nobody handled.
    pub fn show_in_evaluator(&mut self, name: &str, text: &str) -> Result<Val> {
        self.evaluate(name, text, |call| {
            let span = call.span;
            Datum::list(vec![Datum::symbol(Sym::new("m-show"), span), call], span)
        })
    }

    fn evaluate(&mut self, name: &str, text: &str, wrapped: fn(Datum) -> Datum) -> Result<Val> {
        let everything = self.machine().world.everything.clone();
        if !self.evaluator {
            self.run_source("<lisp:metacircular>", SOURCE, &everything)?;
            self.evaluator = true;
        }
        let source = self.machine().add_source(name, text);
        let forms = Reader::new(text, source).read_all()?.into_iter().map(|form| {
            let span = form.span;
            let symbol = |name: &str| Datum::symbol(Sym::new(name), span);
            let list = |items: Vec<Datum>| Datum::list(items, span);
            let empty = list(vec![symbol("quote"), list(Vec::new())]);
            let quoted = list(vec![symbol("quote"), form]);
            wrapped(list(vec![symbol("m-eval"), quoted, empty]))
        });
        self.run_forms(&forms.collect::<Vec<_>>(), &everything)
    }
}

//! `define-record-type`: a type, a constructor, a predicate, accessors and modifiers.

use super::body::Init;
use super::scope::Env;
use super::{Expander, Expr};
use crate::error::{Error, Result};
use crate::symbol::Sym;
use crate::syntax::{Datum, Node, Span};
use crate::value;

impl Expander<'_> {
    /// What a record type defines, in order. The type comes first.
    pub(super) fn record_definitions(
        &mut self,
        form: &Datum,
        env: &Env,
    ) -> Result<Vec<(Datum, Init)>> {
        let span = form.span;
        let wrong = |span: Span| Error::syntax(span, "this is no record type");
        let Some([_, kind, constructor, predicate, fields @ ..]) = form.as_list() else {
            return Err(wrong(span));
        };
        // `(define-record-type (name extra ..) ..)` is common beyond R7RS.
        let kind = match kind.as_list() {
            Some([name, ..]) => name,
            _ => kind,
        };
        let mut names = Vec::new();
        for field in fields {
            let name = field.as_symbol().or_else(|| field.as_list()?.first()?.as_symbol());
            names.push(name.ok_or_else(|| wrong(field.span))?);
        }
        let type_name = kind.as_symbol().ok_or_else(|| wrong(kind.span))?;
        let name = Expr::constant(value::symbol(type_name.plain()), span);
        let list = Datum::list(names.iter().map(|n| Datum::symbol(*n, span)).collect(), span);
        let list = self.literal(&list)?;
        let made = self.system_call("%make-record-type", vec![name, list], span)?;
        let mut definitions = vec![(kind.clone(), Init::Expr(made))];
        self.constructor(constructor, kind, &names, env, &mut definitions)?;
        if predicate.as_symbol().is_some() {
            let lambda = self.applied("%record-is?", 1, kind, None, span);
            definitions.push((predicate.clone(), Init::Datum(lambda, env.clone())));
        }
        for (index, field) in fields.iter().enumerate() {
            let Some([_, procedures @ ..]) = field.as_list() else { continue };
            for (which, procedure) in procedures.iter().enumerate() {
                let (system, count) = match which {
                    0 => ("%record-ref", 1),
                    1 => ("%record-set!", 2),
                    _ => return Err(wrong(field.span)),
                };
                let lambda = self.applied(system, count, kind, Some(index), field.span);
                definitions.push((procedure.clone(), Init::Datum(lambda, env.clone())));
            }
        }
        Ok(definitions)
    }

    /// `(lambda (record ..) (system type record index ..))`
    fn applied(
        &mut self,
        system: &str,
        count: usize,
        kind: &Datum,
        index: Option<usize>,
        span: Span,
    ) -> Datum {
        let params: Vec<Datum> = ["record", "value"][..count]
            .iter()
            .map(|name| Datum::symbol(Sym::new(name).alias(), span))
            .collect();
        let mut call = vec![self.system(system, span), kind.clone(), params[0].clone()];
        if let Some(index) = index {
            let number = crate::number::Num::Int(index as i64);
            call.push(Datum::new(Node::Number(number), span));
        }
        call.extend(params[1..].iter().cloned());
        let lambda = self.system("lambda", span);
        Datum::list(vec![lambda, Datum::list(params, span), Datum::list(call, span)], span)
    }

    fn constructor(
        &mut self,
        constructor: &Datum,
        kind: &Datum,
        names: &[Sym],
        env: &Env,
        definitions: &mut Vec<(Datum, Init)>,
    ) -> Result<()> {
        let span = constructor.span;
        let (name, given) = match &constructor.node {
            Node::Symbol(_) => (constructor.clone(), names.to_vec()),
            Node::Bool(_) => return Ok(()),
            Node::List(items) if !items.is_empty() => {
                let fields = items[1..].iter().map(Datum::as_symbol).collect::<Option<Vec<_>>>();
                let fields = fields
                    .ok_or_else(|| Error::syntax(span, "the names of fields are wanted here"))?;
                (items[0].clone(), fields)
            }
            _ => return Err(Error::syntax(span, "this is no constructor")),
        };
        if let Some(unknown) = given.iter().find(|field| !names.contains(field)) {
            let message = format!("the record has no field `{}`", unknown.name());
            return Err(Error::syntax(span, message));
        }
        // The type is a variable that is only bound when all of this is defined: its value is asked
        // for later.
        let lambda = self.system("lambda", span);
        // A field may be called as the type is: the parameters are nobody's names.
        let own: Vec<Datum> = given.iter().map(|n| Datum::symbol(n.alias(), span)).collect();
        let mut call = vec![self.system("%record", span), kind.clone()];
        for field in names {
            call.push(match given.iter().position(|name| name == field) {
                Some(at) => own[at].clone(),
                None => Datum::new(Node::Bool(false), span),
            });
        }
        let body = Datum::list(call, span);
        let lambda = Datum::list(vec![lambda, Datum::list(own, span), body], span);
        definitions.push((name, Init::Datum(lambda, env.clone())));
        Ok(())
    }
}

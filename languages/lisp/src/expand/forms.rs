//! The forms that the expander knows, and the basic ones of them.

use std::rc::Rc;

use super::scope::{Binding, Env, Scope};
use super::{Clause, Expander, Expr, ExprKind, Procedure, Var, Variable};
use crate::error::{Error, Result};
use crate::symbol::Sym;
use crate::syntax::{Datum, Node, Span};

macro_rules! specials {
    ($($name:ident $text:literal,)*) => {
        /// A form that the expander knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "they are called as in programs")]
        pub enum Special { $($name,)* }

        /// All of them, with their names.
        pub(super) const SPECIALS: &[(&str, Special)] = &[$(($text, Special::$name),)*];
    };
}

specials! {
    Quote "quote", Quasiquote "quasiquote", Unquote "unquote", UnquoteSplicing "unquote-splicing",
    Lambda "lambda", Define "define", Set "set!", If "if", Begin "begin",
    Let "let", LetStar "let*", Letrec "letrec", LetrecStar "letrec*",
    LetValues "let-values", LetStarValues "let*-values", DefineValues "define-values",
    Receive "receive",
    DefineRecord "define-record-type", DefineSyntax "define-syntax",
    LetSyntax "let-syntax", LetrecSyntax "letrec-syntax", SyntaxRules "syntax-rules",
    Cond "cond", Case "case", And "and", Or "or", When "when", Unless "unless", Do "do",
    Else "else", Arrow "=>", Ellipsis "...", Underscore "_",
    CaseLambda "case-lambda", Parameterize "parameterize", Guard "guard",
    Delay "delay", DelayForce "delay-force", MakeStream "cons-stream",
    Include "include", IncludeCi "include-ci", CondExpand "cond-expand",
    SyntaxError "syntax-error", Import "import", DefineLibrary "define-library",
    Assert "assert", MergePoint "merge-point!",
}

fn wrong(special: Special, span: Span) -> Error {
    let name = SPECIALS.iter().find(|(_, s)| *s == special).map_or("", |(name, _)| name);
    Error::syntax(span, format!("this is no `{name}`"))
}

impl Expander<'_> {
    /// Expands a form that the expander knows.
    pub(super) fn special(
        &mut self,
        special: Special,
        form: &Datum,
        items: &Rc<[Datum]>,
        env: &Env,
    ) -> Result<Expr> {
        let span = form.span;
        let bad = || wrong(special, span);
        match (special, &items[1..]) {
            (Special::Quote, [datum]) => self.literal(datum),
            (Special::Quasiquote, [template]) => self.quasiquote(template, 1, env),
            (Special::Lambda, [params, body @ ..]) => self.lambda(params, body, span, env),
            (Special::If, [test, then]) => {
                let (test, then) = (self.expr(test, env)?, self.expr(then, env)?);
                let other = self.unspecified(span);
                Ok(Expr::choice(test, then, other, span))
            }
            (Special::If, [test, then, other]) => {
                let (test, then) = (self.expr(test, env)?, self.expr(then, env)?);
                Ok(Expr::choice(test, then, self.expr(other, env)?, span))
            }
            (Special::Begin, body) => self.sequence(body, span, env),
            (Special::Set, [name, value]) => self.assignment(name, value, span, env),
            (Special::Let, [name, bindings, body @ ..]) if name.as_symbol().is_some() => {
                self.named_let(name, bindings, body, span, env)
            }
            (Special::Let, [bindings, body @ ..]) => self.plain_let(bindings, body, span, env),
            (Special::LetStar, [bindings, body @ ..]) => self.let_star(bindings, body, span, env),
            (Special::Letrec | Special::LetrecStar, [bindings, body @ ..]) => {
                self.letrec(bindings, body, span, env)
            }
            (Special::LetValues, [bindings, body @ ..]) => {
                self.let_values(bindings, body, false, span, env)
            }
            (Special::LetStarValues, [bindings, body @ ..]) => {
                self.let_values(bindings, body, true, span, env)
            }
            (Special::Receive, [formals, producer, body @ ..]) => {
                let binding = Datum::list(vec![formals.clone(), producer.clone()], span);
                let bindings = Datum::list(vec![binding], span);
                self.let_values(&bindings, body, false, span, env)
            }
            (Special::LetSyntax | Special::LetrecSyntax, [bindings, body @ ..]) => {
                let inner = self.syntax_scope(special, bindings, env)?;
                self.body(body, span, &inner)
            }
            (Special::Cond, clauses) => self.cond(clauses, span, env),
            (Special::Case, [key, clauses @ ..]) => self.case(key, clauses, span, env),
            (Special::And, tests) => self.and(tests, span, env),
            (Special::Or, tests) => self.or(tests, span, env),
            (Special::When, [test, body @ ..]) => {
                let (test, body) = (self.expr(test, env)?, self.sequence(body, span, env)?);
                let nothing = self.unspecified(span);
                Ok(Expr::choice(test, body, nothing, span))
            }
            (Special::Unless, [test, body @ ..]) => {
                let (test, body) = (self.expr(test, env)?, self.sequence(body, span, env)?);
                let nothing = self.unspecified(span);
                Ok(Expr::choice(test, nothing, body, span))
            }
            (Special::Do, [bindings, end, body @ ..]) => {
                self.do_loop(bindings, end, body, span, env)
            }
            (Special::CaseLambda, clauses) => self.case_lambda(clauses, span, env),
            (Special::Parameterize, [bindings, body @ ..]) => {
                self.parameterize(bindings, body, span, env)
            }
            (Special::Guard, [clauses, body @ ..]) => self.guard(clauses, body, span, env),
            (Special::Delay, [value]) => self.delay(value, true, span, env),
            (Special::DelayForce, [value]) => self.delay(value, false, span, env),
            (Special::MakeStream, [first, rest]) => {
                let first = self.expr(first, env)?;
                let rest = self.delay(rest, true, span, env)?;
                self.system_call("cons", vec![first, rest], span)
            }
            (Special::Include | Special::IncludeCi, files) if !files.is_empty() => {
                let data = self.included(files, special == Special::IncludeCi)?;
                self.sequence(&data, span, env)
            }
            (Special::CondExpand, clauses) => {
                let chosen = self.cond_expand(clauses)?;
                self.sequence(&chosen, span, env)
            }
            (Special::Assert, [test]) => {
                let test = self.expr(test, env)?;
                let failed = self.system_call("%assertion-failed", vec![], span)?;
                let nothing = self.unspecified(span);
                Ok(Expr::choice(test, nothing, failed, span))
            }
            (Special::MergePoint, [key]) => {
                let key = self.expr(key, env)?;
                self.system_call("%merge-point", vec![key], span)
            }
            (Special::SyntaxError, [message, irritants @ ..]) => {
                Err(self.syntax_error(message, irritants, span)?)
            }
            (Special::Define | Special::DefineValues | Special::DefineRecord, _)
            | (Special::DefineSyntax | Special::Import | Special::DefineLibrary, _) => {
                Err(Error::syntax(span, "a definition cannot stand here"))
            }
            _ => Err(bad()),
        }
    }

    fn syntax_error(&mut self, message: &Datum, irritants: &[Datum], span: Span) -> Result<Error> {
        let text = match &message.node {
            Node::Text(text) => text.to_string(),
            _ => "syntax error".to_owned(),
        };
        let mut error = Error::syntax(span, text);
        for irritant in irritants {
            let value = self.constant(irritant)?;
            error = error.with(value);
        }
        Ok(error)
    }

    fn assignment(&mut self, name: &Datum, value: &Datum, span: Span, env: &Env) -> Result<Expr> {
        let Some(symbol) = name.as_symbol() else { return Err(wrong(Special::Set, span)) };
        let target = self.reference(symbol, name.span, env)?;
        let value = Box::new(self.expr(value, env)?.named(symbol));
        let kind = match target.kind {
            ExprKind::Local(var) => {
                var.assigned.set(true);
                ExprKind::SetLocal(var, value)
            }
            ExprKind::Global(number) => match self.imported(symbol, env) {
                Some((name, root)) => {
                    ExprKind::SetGlobal(self.own_instead(name, &root, span)?, value)
                }
                None => ExprKind::SetGlobal(number, value),
            },
            _ => {
                let (name, root) =
                    self.imported(symbol, env).unwrap_or((symbol.plain(), env.root()));
                ExprKind::SetGlobal(self.own_instead(name, &root, span)?, value)
            }
        };
        Ok(Expr::new(kind, span))
    }

    /// Parameters in a scope of their own.
    pub(super) fn parameters(
        &mut self,
        params: &Datum,
        env: &Env,
    ) -> Result<(Vec<Var>, Option<Var>)> {
        let (items, rest) = match &params.node {
            Node::List(items) => (&items[..], None),
            Node::Dotted(items, tail) => (&items[..], Some(&**tail)),
            Node::Symbol(_) => (&[][..], Some(params)),
            _ => return Err(Error::syntax(params.span, "these are no parameters")),
        };
        let vars = items.iter().map(|p| self.bind_local(p, env)).collect::<Result<Vec<_>>>()?;
        let rest = rest.map(|p| self.bind_local(p, env)).transpose()?;
        Ok((vars, rest))
    }

    pub(super) fn lambda(
        &mut self,
        params: &Datum,
        body: &[Datum],
        span: Span,
        env: &Env,
    ) -> Result<Expr> {
        let inner = Scope::inside(env);
        let (vars, rest) = self.parameters(params, &inner)?;
        let body = self.body(body, span, &inner)?;
        Ok(Expr::lambda(vars, rest, body, span))
    }

    fn case_lambda(&mut self, clauses: &[Datum], span: Span, env: &Env) -> Result<Expr> {
        let mut made = Vec::with_capacity(clauses.len());
        for clause in clauses {
            let Some([params, body @ ..]) = clause.as_list() else {
                return Err(wrong(Special::CaseLambda, clause.span));
            };
            let inner = Scope::inside(env);
            let (params, rest) = self.parameters(params, &inner)?;
            let body = self.body(body, clause.span, &inner)?;
            made.push(Clause { params, rest, body });
        }
        let procedure = Procedure { name: Default::default(), clauses: made };
        Ok(Expr::new(ExprKind::Lambda(Rc::new(procedure)), span))
    }

    /// `((name value) ..)`
    fn bindings<'d>(&self, bindings: &'d Datum) -> Result<Vec<(&'d Datum, &'d Datum)>> {
        let items = bindings.as_list();
        let items = items.ok_or_else(|| Error::syntax(bindings.span, "these are no bindings"))?;
        let pair = |binding: &'d Datum| match binding.as_list() {
            Some([name, value]) => Ok((name, value)),
            _ => Err(Error::syntax(binding.span, "this is no binding")),
        };
        items.iter().map(pair).collect()
    }

    fn plain_let(
        &mut self,
        bindings: &Datum,
        body: &[Datum],
        span: Span,
        env: &Env,
    ) -> Result<Expr> {
        let inner = Scope::inside(env);
        let mut made = Vec::new();
        for (name, value) in self.bindings(bindings)? {
            let value = self.expr(value, env)?;
            let var = self.bind_local(name, &inner)?;
            let value = value.named(var.name);
            made.push((var, value));
        }
        let body = self.body(body, span, &inner)?;
        Ok(Expr::new(ExprKind::Let(made, Box::new(body)), span))
    }

    fn let_star(
        &mut self,
        bindings: &Datum,
        body: &[Datum],
        span: Span,
        env: &Env,
    ) -> Result<Expr> {
        let mut scope = Scope::inside(env);
        let mut made = Vec::new();
        for (name, value) in self.bindings(bindings)? {
            let value = self.expr(value, &scope)?;
            scope = Scope::inside(&scope);
            let var = self.bind_local(name, &scope)?;
            let value = value.named(var.name);
            made.push((var, value));
        }
        let mut result = self.body(body, span, &scope)?;
        for (var, value) in made.into_iter().rev() {
            result = Expr::binding(var, value, result, span);
        }
        Ok(result)
    }

    fn letrec(&mut self, bindings: &Datum, body: &[Datum], span: Span, env: &Env) -> Result<Expr> {
        let inner = Scope::inside(env);
        let bindings = self.bindings(bindings)?;
        let vars = bindings.iter().map(|(name, _)| self.bind_local(name, &inner));
        let vars = vars.collect::<Result<Vec<_>>>()?;
        let mut made = Vec::new();
        for (var, (_, value)) in vars.into_iter().zip(bindings) {
            let value = self.expr(value, &inner)?.named(var.name);
            made.push((var, value));
        }
        let body = self.body(body, span, &inner)?;
        Ok(Expr::new(ExprKind::Letrec(made, Box::new(body)), span))
    }

    fn named_let(
        &mut self,
        name: &Datum,
        bindings: &Datum,
        body: &[Datum],
        span: Span,
        env: &Env,
    ) -> Result<Expr> {
        let bindings = self.bindings(bindings)?;
        let values = bindings.iter().map(|(_, value)| self.expr(value, env));
        let values = values.collect::<Result<Vec<_>>>()?;
        let outer = Scope::inside(env);
        let procedure = self.bind_local(name, &outer)?;
        let inner = Scope::inside(&outer);
        let params = bindings.iter().map(|(name, _)| self.bind_local(name, &inner));
        let params = params.collect::<Result<Vec<_>>>()?;
        let body = self.body(body, span, &inner)?;
        Ok(loop_of(procedure, params, values, body, span))
    }

    fn do_loop(
        &mut self,
        bindings: &Datum,
        end: &Datum,
        body: &[Datum],
        span: Span,
        env: &Env,
    ) -> Result<Expr> {
        let bad = |datum: &Datum| wrong(Special::Do, datum.span);
        let (Some(bindings), Some([test, results @ ..])) = (bindings.as_list(), end.as_list())
        else {
            return Err(bad(end));
        };
        let inner = Scope::inside(env);
        let (mut params, mut inits, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        for binding in bindings {
            let Some([name, init, step @ ..]) = binding.as_list() else { return Err(bad(binding)) };
            inits.push(self.expr(init, env)?);
            params.push(self.bind_local(name, &inner)?);
            match step {
                [] => steps.push(name),
                [step] => steps.push(step),
                _ => return Err(bad(binding)),
            }
        }
        let procedure = Variable::new(Sym::new("do"));
        let test = self.expr(test, &inner)?;
        let results = self.sequence(results, end.span, &inner)?;
        let mut turn = self.exprs(body, &inner)?;
        let steps = steps.iter().map(|s| self.expr(s, &inner)).collect::<Result<Vec<_>>>()?;
        turn.push(Expr::call(Expr::local(&procedure, span), steps, span));
        let body = Expr::choice(test, results, Expr::seq(turn, span), span);
        Ok(loop_of(procedure, params, inits, body, span))
    }

    pub(super) fn cond(&mut self, clauses: &[Datum], span: Span, env: &Env) -> Result<Expr> {
        let Some((first, rest)) = clauses.split_first() else { return Ok(self.unspecified(span)) };
        let Some([test, body @ ..]) = first.as_list() else {
            return Err(wrong(Special::Cond, first.span));
        };
        if self.is_special(test, Special::Else, env) && rest.is_empty() {
            return self.sequence(body, first.span, env);
        }
        let value = self.expr(test, env)?;
        let at = first.span;
        if body.is_empty() {
            let other = self.cond(rest, span, env)?;
            return Ok(either(value, other, at));
        }
        if let [arrow, receiver] = body
            && self.is_special(arrow, Special::Arrow, env)
        {
            let var = Variable::new(Sym::new("value"));
            let receiver = self.expr(receiver, env)?;
            let then = Expr::call(receiver, vec![Expr::local(&var, at)], at);
            let other = self.cond(rest, span, env)?;
            let choice = Expr::choice(Expr::local(&var, at), then, other, at);
            return Ok(Expr::binding(var, value, choice, at));
        }
        let then = self.sequence(body, at, env)?;
        let other = self.cond(rest, span, env)?;
        Ok(Expr::choice(value, then, other, at))
    }

    fn case(&mut self, key: &Datum, clauses: &[Datum], span: Span, env: &Env) -> Result<Expr> {
        let var = Variable::new(Sym::new("key"));
        let key = self.expr(key, env)?;
        let mut result = self.unspecified(span);
        for (index, clause) in clauses.iter().enumerate().rev() {
            let Some([data, body @ ..]) = clause.as_list() else {
                return Err(wrong(Special::Case, clause.span));
            };
            let at = clause.span;
            let then = match body {
                [arrow, receiver] if self.is_special(arrow, Special::Arrow, env) => {
                    let receiver = self.expr(receiver, env)?;
                    Expr::call(receiver, vec![Expr::local(&var, at)], at)
                }
                _ => self.sequence(body, at, env)?,
            };
            if self.is_special(data, Special::Else, env) && index + 1 == clauses.len() {
                result = then;
                continue;
            }
            let data = data.as_list().ok_or_else(|| wrong(Special::Case, clause.span))?;
            let mut test = None;
            for datum in data.iter().rev() {
                let arguments = vec![Expr::local(&var, at), self.literal(datum)?];
                let one = self.system_call("eqv?", arguments, datum.span)?;
                test = Some(match test {
                    None => one,
                    Some(others) => {
                        let yes = Expr::constant(holloway::Val::TRUE, at);
                        Expr::choice(one, yes, others, at)
                    }
                });
            }
            if let Some(test) = test {
                result = Expr::choice(test, then, result, at);
            }
        }
        Ok(Expr::binding(var, key, result, span))
    }

    fn and(&mut self, tests: &[Datum], span: Span, env: &Env) -> Result<Expr> {
        let Some((last, others)) = tests.split_last() else {
            return Ok(Expr::constant(holloway::Val::TRUE, span));
        };
        let mut result = self.expr(last, env)?;
        for test in others.iter().rev() {
            let test = self.expr(test, env)?;
            let no = Expr::constant(holloway::Val::FALSE, span);
            result = Expr::choice(test, result, no, span);
        }
        Ok(result)
    }

    fn or(&mut self, tests: &[Datum], span: Span, env: &Env) -> Result<Expr> {
        let Some((last, others)) = tests.split_last() else {
            return Ok(Expr::constant(holloway::Val::FALSE, span));
        };
        let mut result = self.expr(last, env)?;
        for test in others.iter().rev() {
            result = either(self.expr(test, env)?, result, span);
        }
        Ok(result)
    }

    /// A scope with the macros of `let-syntax`.
    pub(super) fn syntax_scope(
        &mut self,
        special: Special,
        bindings: &Datum,
        env: &Env,
    ) -> Result<Env> {
        let inner = Scope::inside(env);
        for (name, rules) in self.bindings(bindings)? {
            let from = if special == Special::LetSyntax { env } else { &inner };
            let binding = self.transformer(rules, from)?;
            let name = name.as_symbol().ok_or_else(|| wrong(special, name.span))?;
            inner.bind(name, binding);
        }
        Ok(inner)
    }

    /// What `define-syntax` binds a name to.
    pub(super) fn transformer(&mut self, rules: &Datum, env: &Env) -> Result<Binding> {
        match &rules.node {
            // Another name for syntax.
            Node::Symbol(name) => match self.lookup(*name, env) {
                Ok(binding @ (Binding::Special(_) | Binding::Macro(_))) => Ok(binding),
                _ => Err(Error::syntax(rules.span, "syntax is wanted here")),
            },
            Node::List(items) if !items.is_empty() => {
                if self.is_special(&items[0], Special::SyntaxRules, env) {
                    return Ok(Binding::Macro(self.syntax_rules(rules, env)?));
                }
                match self.macro_of(&items[0], env) {
                    Some(found) => {
                        let expanded = self.apply_macro(&found, rules, env)?;
                        self.transformer(&expanded, env)
                    }
                    None => Err(Error::syntax(rules.span, "syntax rules are wanted here")),
                }
            }
            _ => Err(Error::syntax(rules.span, "syntax rules are wanted here")),
        }
    }
}

/// `(or a b)`
fn either(a: Expr, b: Expr, span: Span) -> Expr {
    let var = Variable::new(Sym::new("value"));
    let (test, value) = (Expr::local(&var, span), Expr::local(&var, span));
    Expr::binding(var, a, Expr::choice(test, value, b, span), span)
}

/// `((letrec ((procedure (lambda params body))) procedure) inits ..)`
fn loop_of(procedure: Var, params: Vec<Var>, inits: Vec<Expr>, body: Expr, span: Span) -> Expr {
    let lambda = Expr::lambda(params, None, body, span).named(procedure.name);
    let start = Expr::call(Expr::local(&procedure, span), inits, span);
    Expr::new(ExprKind::Letrec(vec![(procedure, lambda)], Box::new(start)), span)
}

impl Expander<'_> {
    /// Makes the forms known in the scope of the system.
    pub(crate) fn open_forms(&mut self) {
        for (name, special) in SPECIALS {
            self.m.world.internal.bind(Sym::new(name), Binding::Special(*special));
        }
    }
}

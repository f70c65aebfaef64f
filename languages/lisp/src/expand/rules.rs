//! `syntax-rules`: patterns, templates, hygiene.
//!
//! ```text
//! (my-or a b)  matches  (_ e1 e2 ...)   and becomes   (let ((t e1)) (if t t (my-or e2 ...)))
//! ```
//! where `let`, `t`, `if` and `my-or` are aliases, fresh for this use.

use std::collections::HashMap;
use std::rc::Rc;

use super::Expander;
use super::scope::{Binding, Env};
use crate::error::{Error, Result};
use crate::symbol::Sym;
use crate::syntax::{Datum, Node, Span};

/// A macro.
pub struct Macro {
    literals: Vec<Sym>,
    /// The ellipsis; `None`: the usual one.
    ellipsis: Option<Sym>,
    /// The usual one is a variable where the macro was defined.
    no_dots: bool,
    /// Pattern and template.
    rules: Vec<(Datum, Datum)>,
    /// Where it was defined.
    env: Env,
}

/// What a variable of a pattern stands for.
#[derive(Clone, Debug)]
enum Match {
    One(Datum),
    /// How deep it is repeated, and each.
    Many(usize, Vec<Match>),
}

type Matches = HashMap<Sym, Match>;

/// One expansion makes no more than so many data.
const MAX_SIZE: usize = 2_000_000;

impl Macro {
    fn is_ellipsis(&self, datum: &Datum) -> bool {
        let Some(symbol) = datum.as_symbol() else { return false };
        if self.literals.contains(&symbol) {
            return false;
        }
        match self.ellipsis {
            Some(ellipsis) => ellipsis == symbol,
            None => !self.no_dots && &*symbol.name() == "...",
        }
    }
}

/// A list, a dotted list, or anything else as a tail of no elements.
fn split(datum: &Datum) -> (&[Datum], Option<&Datum>) {
    match &datum.node {
        Node::List(items) => (items, None),
        Node::Dotted(items, tail) => (items, Some(tail)),
        _ => (&[], Some(datum)),
    }
}

impl Expander<'_> {
    /// The macro that `(syntax-rules ..)` means.
    ///
    /// # Errors
    /// If it is none.
    pub(super) fn syntax_rules(&mut self, form: &Datum, env: &Env) -> Result<Rc<Macro>> {
        let wrong = |span| Error::syntax(span, "these are no syntax rules");
        let items = form.as_list().ok_or_else(|| wrong(form.span))?;
        let (ellipsis, rest) = match items.get(1).map(|d| (d.as_symbol(), d)) {
            Some((Some(symbol), _)) => (Some(symbol), &items[2..]),
            Some(_) => (None, &items[1..]),
            None => return Err(wrong(form.span)),
        };
        let [literals, rules @ ..] = rest else { return Err(wrong(form.span)) };
        let literals = literals.as_list().ok_or_else(|| wrong(literals.span))?;
        let literals = literals
            .iter()
            .map(|l| l.as_symbol().ok_or_else(|| wrong(l.span)))
            .collect::<Result<Vec<_>>>()?;
        let rules = rules
            .iter()
            .map(|rule| match rule.as_list() {
                Some([pattern, template]) => Ok((pattern.clone(), template.clone())),
                _ => Err(wrong(rule.span)),
            })
            .collect::<Result<Vec<_>>>()?;
        let dots = self.lookup(Sym::new("..."), env);
        let no_dots = matches!(dots, Ok(Binding::Local(_) | Binding::Global(_)));
        let found = Macro { literals, ellipsis, no_dots, rules, env: env.clone() };
        for (pattern, _) in &found.rules {
            check_pattern(&found, pattern)?;
        }
        Ok(Rc::new(found))
    }

    /// One step of expansion.
    pub(super) fn apply_macro(&mut self, found: &Macro, form: &Datum, env: &Env) -> Result<Datum> {
        let (given, given_tail) = split(form);
        for (pattern, template) in &found.rules {
            let (wanted, wanted_tail) = split(pattern);
            let mut matches = Matches::new();
            // The keyword itself is not looked at.
            let rest = |items: &[Datum], tail: Option<&Datum>| {
                let items = items.get(1..).unwrap_or(&[]).to_vec();
                match tail {
                    Some(tail) => Datum::dotted(items, tail.clone(), form.span),
                    None => Datum::list(items, form.span),
                }
            };
            let (wanted, given) = (rest(wanted, wanted_tail), rest(given, given_tail));
            if self.matches(found, &wanted, &given, env, &mut matches) {
                let (span, size) = (form.span, self.built);
                let mut build = Build { found, aliases: HashMap::new(), span, size };
                let built = build.template(template, &matches, false)?;
                self.built = build.size;
                let aliases = build.aliases;
                for alias in aliases.into_values() {
                    self.m.world.aliases.insert(alias, found.env.clone());
                }
                return Ok(built);
            }
        }
        Err(Error::syntax(form.span, "no rule of the macro matches this"))
    }

    fn matches(
        &mut self,
        found: &Macro,
        pattern: &Datum,
        datum: &Datum,
        env: &Env,
        matches: &mut Matches,
    ) -> bool {
        match &pattern.node {
            Node::Symbol(symbol) if found.literals.contains(symbol) => match datum.as_symbol() {
                Some(given) => self.same_identifier(*symbol, &found.env, given, env),
                None => false,
            },
            Node::Symbol(symbol) => {
                if &*symbol.name() != "_" {
                    matches.insert(*symbol, Match::One(datum.clone()));
                }
                true
            }
            Node::List(_) | Node::Dotted(..) => {
                self.match_list(found, pattern, datum, env, matches)
            }
            Node::Vector(wanted) => match &datum.node {
                Node::Vector(given) => {
                    let wanted = Datum::new(Node::List(wanted.clone()), pattern.span);
                    let given = Datum::new(Node::List(given.clone()), datum.span);
                    self.match_list(found, &wanted, &given, env, matches)
                }
                _ => false,
            },
            _ => same_datum(pattern, datum),
        }
    }

    fn match_list(
        &mut self,
        found: &Macro,
        pattern: &Datum,
        datum: &Datum,
        env: &Env,
        matches: &mut Matches,
    ) -> bool {
        let (wanted, wanted_tail) = split(pattern);
        let (given, given_tail) = split(datum);
        let dots = wanted.iter().position(|d| found.is_ellipsis(d));
        let (before, repeated, after) = match dots {
            Some(at) if at > 0 => (&wanted[..at - 1], Some(&wanted[at - 1]), &wanted[at + 1..]),
            _ => (wanted, None, &wanted[..0]),
        };
        let least = before.len() + after.len();
        if given.len() < least || repeated.is_none() && wanted_tail.is_none() && given.len() > least
        {
            return false;
        }
        for (wanted, given) in before.iter().zip(given) {
            if !self.matches(found, wanted, given, env, matches) {
                return false;
            }
        }
        let mut at = before.len();
        if let Some(repeated) = repeated {
            let count = given.len() - least;
            let mut all = Vec::with_capacity(count);
            for given in &given[at..at + count] {
                let mut inner = Matches::new();
                if !self.matches(found, repeated, given, env, &mut inner) {
                    return false;
                }
                all.push(inner);
            }
            let mut names = Vec::new();
            variables(found, repeated, 1, &mut names);
            for (name, depth) in names {
                let each = all.iter_mut().filter_map(|inner| inner.remove(&name)).collect();
                matches.insert(name, Match::Many(depth, each));
            }
            at += count;
        }
        for (wanted, given) in after.iter().zip(&given[at..]) {
            if !self.matches(found, wanted, given, env, matches) {
                return false;
            }
        }
        at += after.len();
        let rest = match given_tail {
            Some(tail) => Datum::dotted(given[at..].to_vec(), tail.clone(), datum.span),
            None => Datum::list(given[at..].to_vec(), datum.span),
        };
        match wanted_tail {
            Some(tail) => self.matches(found, tail, &rest, env, matches),
            None => matches!(&rest.node, Node::List(items) if items.is_empty()),
        }
    }
}

fn check_pattern(found: &Macro, pattern: &Datum) -> Result<()> {
    let mut names = Vec::new();
    let (items, tail) = split(pattern);
    for item in items.iter().skip(1).chain(tail) {
        variables(found, item, 0, &mut names);
    }
    let mut seen = std::collections::HashSet::new();
    match names.iter().find(|(name, _)| !seen.insert(*name)) {
        Some((name, _)) => {
            let message = format!("the pattern has two variables `{}`", name.name());
            Err(Error::syntax(pattern.span, message))
        }
        None => Ok(()),
    }
}

/// The variables of a pattern, and how deep each is repeated.
fn variables(found: &Macro, pattern: &Datum, depth: usize, names: &mut Vec<(Sym, usize)>) {
    let mut all = |items: &[Datum]| {
        for (at, item) in items.iter().enumerate() {
            let repeated = at + 1 < items.len() && found.is_ellipsis(&items[at + 1]);
            variables(found, item, depth + usize::from(repeated), names);
        }
    };
    match &pattern.node {
        Node::Symbol(symbol)
            if !found.literals.contains(symbol)
                && !found.is_ellipsis(pattern)
                && &*symbol.name() != "_" =>
        {
            names.push((*symbol, depth));
        }
        Node::List(items) | Node::Vector(items) => all(items),
        Node::Dotted(items, tail) => {
            all(items);
            variables(found, tail, depth, names);
        }
        _ => {}
    }
}

/// The same constant?
fn same_datum(a: &Datum, b: &Datum) -> bool {
    match (&a.node, &b.node) {
        (Node::Bool(a), Node::Bool(b)) => a == b,
        (Node::Number(a), Node::Number(b)) => a == b,
        (Node::Char(a), Node::Char(b)) => a == b,
        (Node::Text(a), Node::Text(b)) => a == b,
        (Node::Bytes(a), Node::Bytes(b)) => a == b,
        _ => false,
    }
}

/// Makes data from a template.
struct Build<'m> {
    found: &'m Macro,
    aliases: HashMap<Sym, Sym>,
    span: Span,
    size: usize,
}

impl Build<'_> {
    fn template(&mut self, template: &Datum, matches: &Matches, escaped: bool) -> Result<Datum> {
        self.size += 1;
        if self.size > MAX_SIZE {
            return Err(Error::syntax(self.span, "the macro expands to too much"));
        }
        match &template.node {
            Node::Symbol(symbol) => match matches.get(symbol) {
                Some(Match::One(datum)) => Ok(datum.clone()),
                Some(Match::Many(..)) => {
                    let message = format!("`{}` stands without its ellipsis", symbol.name());
                    Err(Error::syntax(template.span, message))
                }
                None => {
                    let alias = *self.aliases.entry(*symbol).or_insert_with(|| symbol.alias());
                    Ok(Datum::symbol(alias, self.span))
                }
            },
            Node::List(items) => {
                if let [dots, escaped_template] = &items[..]
                    && !escaped
                    && self.found.is_ellipsis(dots)
                {
                    return self.template(escaped_template, matches, true);
                }
                Ok(Datum::list(self.items(items, matches, escaped)?, self.span))
            }
            Node::Dotted(items, tail) => {
                let items = self.items(items, matches, escaped)?;
                let tail = self.template(tail, matches, escaped)?;
                Ok(Datum::dotted(items, tail, self.span))
            }
            Node::Vector(items) => {
                let items = self.items(items, matches, escaped)?;
                Ok(Datum::new(Node::Vector(items.into()), self.span))
            }
            _ => Ok(Datum::new(template.node.clone(), self.span)),
        }
    }

    fn items(&mut self, items: &[Datum], matches: &Matches, escaped: bool) -> Result<Vec<Datum>> {
        let mut built = Vec::with_capacity(items.len());
        let mut at = 0;
        while at < items.len() {
            let item = &items[at];
            at += 1;
            let mut depth = 0;
            while !escaped && items.get(at).is_some_and(|d| self.found.is_ellipsis(d)) {
                depth += 1;
                at += 1;
            }
            self.repeat(item, matches, depth, escaped, &mut built)?;
        }
        Ok(built)
    }

    fn repeat(
        &mut self,
        item: &Datum,
        matches: &Matches,
        depth: usize,
        escaped: bool,
        built: &mut Vec<Datum>,
    ) -> Result<()> {
        if depth == 0 {
            built.push(self.template(item, matches, escaped)?);
            return Ok(());
        }
        let mut names = Vec::new();
        self.template_symbols(item, 0, &mut names);
        let many = |(name, inner): &(Sym, usize)| match matches.get(name) {
            Some(Match::Many(depth, each)) if depth > inner => Some((*name, each)),
            _ => None,
        };
        let repeated: Vec<(Sym, &Vec<Match>)> = names.iter().filter_map(many).collect();
        let Some(count) = repeated.iter().map(|(_, each)| each.len()).max() else {
            return Err(Error::syntax(item.span, "nothing is repeated by this ellipsis"));
        };
        // A variable of fewer repetitions than another one, outside of its own ellipsis, cannot go
        // along.
        if let Some((name, _)) = repeated.iter().find(|(_, each)| each.len() != count) {
            let message = format!("`{}` is repeated a different number of times", name.name());
            return Err(Error::syntax(self.span, message));
        }
        let mut inner = matches.clone();
        for index in 0..count {
            for (name, each) in &repeated {
                inner.insert(*name, each[index].clone());
            }
            self.repeat(item, &inner, depth - 1, escaped, built)?;
        }
        Ok(())
    }

    /// The symbols of a template, and how deep ellipses in it repeat each.
    fn template_symbols(&self, template: &Datum, depth: usize, names: &mut Vec<(Sym, usize)>) {
        let mut all = |items: &[Datum]| {
            for (at, item) in items.iter().enumerate() {
                let dots = items[at + 1..].iter().take_while(|d| self.found.is_ellipsis(d)).count();
                self.template_symbols(item, depth + dots, names);
            }
        };
        match &template.node {
            Node::Symbol(symbol) => names.push((*symbol, depth)),
            Node::List(items) | Node::Vector(items) => all(items),
            Node::Dotted(items, tail) => {
                all(items);
                self.template_symbols(tail, depth, names);
            }
            _ => {}
        }
    }
}

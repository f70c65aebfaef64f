//! Libraries: `define-library`, `import`, and where libraries come from that nobody has defined
//! yet.

use std::collections::HashMap;

use super::scope::{Binding, Env, Scope};
use super::standard;
use super::{Expander, Expr};
use crate::error::{Error, Result};
use crate::machine::Machine;
use crate::symbol::Sym;
use crate::syntax::{Datum, Node, Reader, Span};

/// What a library gives to those who import it.
#[derive(Clone, Default)]
pub(super) struct Library {
    exports: HashMap<Sym, Binding>,
}

/// The parts of a library while it is read.
struct Parts {
    env: Env,
    /// Inner and outer names.
    exports: Vec<(Sym, Sym, Span)>,
    body: Vec<Datum>,
    /// What libraries that it imports have to do.
    before: Vec<Expr>,
}

/// The name of a library as text: `scheme base`.
fn library_name(name: &Datum) -> Result<String> {
    let wrong = || Error::syntax(name.span, "this is no name of a library");
    let parts = name.as_list().filter(|parts| !parts.is_empty()).ok_or_else(wrong)?;
    let mut text = Vec::new();
    for part in parts {
        text.push(match &part.node {
            Node::Symbol(symbol) => symbol.plain().name().to_string(),
            Node::Number(number) if number.is_exact() => crate::number::to_text(number, 10),
            _ => return Err(wrong()),
        });
    }
    Ok(text.join(" "))
}

impl Machine {
    /// The text of a file that a program names.
    ///
    /// # Errors
    /// If there is none, or it is no text.
    pub fn read_file(&self, name: &str) -> Result<String> {
        let mut last = None;
        for folder in self.folders.iter().map(Some).chain([None]) {
            let path = match folder {
                Some(folder) => folder.join(name),
                None => name.into(),
            };
            match std::fs::read_to_string(&path) {
                Ok(text) => return Ok(text),
                Err(error) if folder.is_none() || last.is_none() => last = Some(error),
                Err(_) => {}
            }
        }
        let reason = last.map_or(String::new(), |error| error.to_string());
        Err(Error::new(crate::error::Kind::File, format!("cannot read {name}: {reason}")))
    }
}

impl Expander<'_> {
    /// Makes the names that a system library exports known under its name.
    fn standard_library(&self, name: &str) -> Option<Library> {
        let internal = &self.m.world.internal;
        if name == standard::INTERNAL {
            return Some(Library { exports: internal.names().into_iter().collect() });
        }
        let names = standard::names(name)?;
        let found = names.filter_map(|name| {
            let name = Sym::new(name);
            Some((name, internal.get(name)?))
        });
        Some(Library { exports: found.collect() })
    }

    /// The name under which a library is known: R7RS-large has other names for some.
    fn full_name(&self, name: &Datum) -> Result<String> {
        let text = library_name(name)?;
        let own = standard::own_name(&text).filter(|_| !self.m.world.libraries.contains_key(&text));
        Ok(own.map_or(text, str::to_owned))
    }

    /// If there is a library of this name.
    pub(super) fn has_library(&mut self, name: &Datum) -> Result<bool> {
        let text = self.full_name(name)?;
        Ok(self.m.world.libraries.contains_key(&text)
            || standard::names(&text).is_some()
            || standard::source(&text).is_some()
            || self.m.read_file(&file_name(&text)).is_ok())
    }

    /// Finds a library, and reads it if need be.
    fn named(&mut self, name: &Datum, bodies: &mut Vec<Expr>) -> Result<Library> {
        let text = self.full_name(name)?;
        if let Some(library) = self.m.world.libraries.get(&text) {
            return Ok(library.clone());
        }
        if let Some(library) = self.standard_library(&text) {
            self.m.world.libraries.insert(text, library.clone());
            return Ok(library);
        }
        if self.m.world.loading.contains(&text) {
            return Err(Error::syntax(name.span, format!("the library ({text}) imports itself")));
        }
        let (source_name, source) = match standard::source(&text) {
            Some(source) => (format!("<lisp:{text}>"), source.to_owned()),
            None => {
                let file = file_name(&text);
                let source = self.m.read_file(&file).map_err(|_| {
                    Error::syntax(name.span, format!("there is no library ({text})"))
                })?;
                (file, source)
            }
        };
        self.m.world.loading.push(text.clone());
        let loaded = self.load_library(&source_name, &source, bodies);
        self.m.world.loading.pop();
        loaded?;
        let found = self.m.world.libraries.get(&text).cloned();
        found.ok_or_else(|| {
            Error::syntax(name.span, format!("{source_name} defines no library ({text})"))
        })
    }

    fn load_library(&mut self, name: &str, source: &str, bodies: &mut Vec<Expr>) -> Result<()> {
        let number = self.m.add_source(name, source);
        let forms = Reader::new(source, number).read_all()?;
        let env = self.m.world.internal.clone();
        for form in forms {
            if !self.is_import(&form, &env) {
                return Err(Error::syntax(form.span, "a library is wanted here"));
            }
            bodies.extend(self.define_library(&form)?);
        }
        Ok(())
    }

    /// Imports into a scope; what the libraries have to do first.
    pub(super) fn import(&mut self, sets: &[Datum], env: &Env) -> Result<Vec<Expr>> {
        let mut bodies = Vec::new();
        for set in sets {
            let library = self.import_set(set, &mut bodies)?;
            for (name, binding) in library.exports {
                env.root().bind(name, binding);
            }
        }
        bodies.push(self.unspecified(Span::none()));
        Ok(bodies)
    }

    fn import_set(&mut self, set: &Datum, bodies: &mut Vec<Expr>) -> Result<Library> {
        let wrong = || Error::syntax(set.span, "this cannot be imported");
        let Some([head, rest @ ..]) = set.as_list() else { return Err(wrong()) };
        let modifier = head.as_symbol().map(|s| s.plain().name());
        let [inner, names @ ..] = rest else { return self.named(set, bodies) };
        let is_set = inner.as_list().is_some();
        let modifier = modifier.filter(|_| is_set);
        let missing =
            |name: Sym, span| Error::syntax(span, format!("`{}` is not exported", name.name()));
        match modifier.as_deref() {
            Some("only") => {
                let library = self.import_set(inner, bodies)?;
                let mut exports = HashMap::new();
                for name in names {
                    let symbol = name.as_symbol().ok_or_else(wrong)?;
                    let binding = library.exports.get(&symbol);
                    let binding = binding.ok_or_else(|| missing(symbol, name.span))?;
                    exports.insert(symbol, binding.clone());
                }
                Ok(Library { exports })
            }
            Some("except") => {
                let mut library = self.import_set(inner, bodies)?;
                for name in names {
                    let symbol = name.as_symbol().ok_or_else(wrong)?;
                    library.exports.remove(&symbol).ok_or_else(|| missing(symbol, name.span))?;
                }
                Ok(library)
            }
            Some("prefix") => {
                let library = self.import_set(inner, bodies)?;
                let [prefix] = names else { return Err(wrong()) };
                let prefix = prefix.as_symbol().ok_or_else(wrong)?.name();
                let renamed = library.exports.into_iter().map(|(name, binding)| {
                    (Sym::new(&format!("{prefix}{}", name.name())), binding)
                });
                Ok(Library { exports: renamed.collect() })
            }
            Some("rename") => {
                let mut library = self.import_set(inner, bodies)?;
                let mut renamed = Vec::new();
                for pair in names {
                    let Some([from, to]) = pair.as_list() else { return Err(wrong()) };
                    let (Some(from), Some(to)) = (from.as_symbol(), to.as_symbol()) else {
                        return Err(wrong());
                    };
                    let binding = library.exports.remove(&from);
                    renamed.push((to, binding.ok_or_else(|| missing(from, pair.span))?));
                }
                library.exports.extend(renamed);
                Ok(library)
            }
            _ => self.named(set, bodies),
        }
    }

    /// Defines a library; what it has to do.
    pub(super) fn define_library(&mut self, form: &Datum) -> Result<Vec<Expr>> {
        let wrong = || Error::syntax(form.span, "this is no library");
        let Some([_, name, declarations @ ..]) = form.as_list() else { return Err(wrong()) };
        let text = library_name(name)?;
        let mut parts = Parts {
            env: Scope::outermost(),
            exports: Vec::new(),
            body: Vec::new(),
            before: Vec::new(),
        };
        self.declarations(declarations, &mut parts)?;
        self.announce(&parts.body.clone(), &parts.env)?;
        let mut expressions = parts.before;
        for form in &parts.body {
            expressions.extend(self.toplevel(form, &parts.env)?);
        }
        let mut exports = HashMap::new();
        for (inner, outer, span) in parts.exports {
            let binding = parts.env.get(inner).ok_or_else(|| {
                Error::syntax(span, format!("`{}` is exported, but not defined", inner.name()))
            })?;
            exports.insert(outer, binding);
        }
        self.m.world.libraries.insert(text, Library { exports });
        expressions.push(self.unspecified(form.span));
        Ok(expressions)
    }

    fn declarations(&mut self, declarations: &[Datum], parts: &mut Parts) -> Result<()> {
        for declaration in declarations {
            let wrong = || Error::syntax(declaration.span, "this is no declaration of a library");
            let Some([head, rest @ ..]) = declaration.as_list() else { return Err(wrong()) };
            let head = head.as_symbol().ok_or_else(wrong)?.plain().name();
            match &*head {
                "export" => {
                    for spec in rest {
                        parts.exports.push(export(spec)?);
                    }
                }
                "import" => {
                    let before = self.import(rest, &parts.env)?;
                    parts.before.extend(before);
                }
                "begin" => parts.body.extend(rest.iter().cloned()),
                "include" => parts.body.extend(self.included(rest, false)?),
                "include-ci" => parts.body.extend(self.included(rest, true)?),
                "include-library-declarations" => {
                    let inner = self.included(rest, false)?;
                    self.declarations(&inner, parts)?;
                }
                "cond-expand" => {
                    let chosen = self.cond_expand(rest)?;
                    self.declarations(&chosen, parts)?;
                }
                _ => return Err(wrong()),
            }
        }
        Ok(())
    }

    /// The scope of programs that import nothing.
    pub(crate) fn open_everything(&mut self) {
        let everything = self.m.world.everything.clone();
        for library in standard::ALL {
            if let Some(library) = self.standard_library(library) {
                for (name, binding) in library.exports {
                    everything.bind(name, binding);
                }
            }
        }
    }
}

/// `name` or `(rename inner outer)`
fn export(spec: &Datum) -> Result<(Sym, Sym, Span)> {
    if let Some(name) = spec.as_symbol() {
        return Ok((name, name, spec.span));
    }
    match spec.as_list() {
        Some([rename, inner, outer])
            if rename.as_symbol().is_some_and(|s| &*s.plain().name() == "rename") =>
        {
            match (inner.as_symbol(), outer.as_symbol()) {
                (Some(inner), Some(outer)) => Ok((inner, outer, spec.span)),
                _ => Err(Error::syntax(spec.span, "names are wanted here")),
            }
        }
        _ => Err(Error::syntax(spec.span, "this cannot be exported")),
    }
}

/// Where a library lies: `a/b/c.sld`.
fn file_name(name: &str) -> String {
    name.replace(' ', "/") + ".sld"
}

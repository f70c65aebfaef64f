//! The tables of the system's libraries.

use frontend::{Config, Streams, with_deep_stack};

use super::{Scope, standard};
use crate::run::start;
use crate::symbol::Sym;

#[test]
fn every_name_of_a_library_is_defined() {
    let missing = with_deep_stack(|limit| {
        let mut vm =
            start(&Config::default(), Streams::standard(), limit).unwrap_or_else(|e| panic!("{e}"));
        let internal = vm.machine().world.internal.clone();
        let mut missing = Vec::new();
        for library in standard::ALL {
            for name in standard::names(library).into_iter().flatten() {
                if internal.get(Sym::new(name)).is_none() {
                    missing.push(format!("({library}) {name}"));
                }
            }
        }
        missing
    });
    assert_eq!(missing.unwrap_or_default(), Vec::<String>::new());
}

#[test]
fn scopes_hide_outer_ones() {
    let outer = Scope::outermost();
    let inner = Scope::inside(&outer);
    assert!(outer.is_outermost() && !inner.is_outermost());
    assert!(std::rc::Rc::ptr_eq(&inner.root(), &outer));
}

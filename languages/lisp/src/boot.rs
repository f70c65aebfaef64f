//! How the system comes to be: builtins and forms get their names, then the prelude is run.

use crate::builtins;
use crate::error::{Error, Kind, Result};
use crate::expand::{Binding, Expander};
use crate::symbol::Sym;
use crate::value::Port;
use crate::vm::Vm;
use holloway::Val;

/// The sources of the prelude, in order.
const PRELUDE: &[(&str, &str)] = &[
    ("<lisp:control>", include_str!("../scheme/control.scm")),
    ("<lisp:base>", include_str!("../scheme/base.scm")),
];

/// Loads the system into a machine.
pub(crate) fn boot(vm: &mut Vm) -> Result<()> {
    let machine = vm.machine();
    for number in 0..3 {
        let port = machine.heap.tenured(|heap| Port::alloc(heap, number))?;
        machine.ports.current[number as usize] = Val::object(port);
    }
    let internal = machine.world.internal.clone();
    Expander::new(machine).open_forms();
    for number in 0..builtins::count() {
        internal.bind(Sym::new(builtins::name(number)), Binding::Builtin(number));
    }
    for (name, text) in PRELUDE {
        vm.run_source(name, text, &internal)?;
    }
    let machine = vm.machine();
    let hook = |name: &str| match internal.get(Sym::new(name)) {
        Some(Binding::Global(number)) => Ok(number),
        _ => Err(Error::new(Kind::Syntax, format!("the prelude does not define {name}"))),
    };
    machine.hooks.raise = Some(hook("raise")?);
    machine.hooks.error = Some(hook("error")?);
    machine.hooks.resume = Some(hook("%resume")?);
    machine.hooks.assign_parameter = Some(hook("%assign-parameter")?);
    Expander::new(machine).open_everything();
    let everything = machine.world.everything.clone();
    machine.add_environment(everything);
    Ok(())
}

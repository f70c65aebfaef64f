//! The second half of name resolution: once all uses of a variable are known, it is decided where the
//! variable lives, and every use is given its place.

use super::walk::{Raw, Walked};
use super::{NameInfo, Options, Place, Resolution, Storage};

/// Decides the storage of all variables, then the places of all names.
pub(super) fn finish<'a>(walked: Walked<'a>, options: Options<'_>) -> Resolution<'a> {
    let Walked { raw, mut variables, blocks, mut functions } = walked;
    let mut globals = options.first_global;
    for variable in &mut variables {
        variable.storage = if variable.root && (variable.captured || options.keep_root) {
            globals += 1;
            Storage::Global(globals - 1)
        } else if variable.captured && (variable.assigned || variable.captured_early) {
            Storage::Cell
        } else {
            Storage::Slot
        };
    }
    for capture in functions.iter_mut().flat_map(|f| &mut f.captures) {
        capture.cell = variables[capture.variable.0 as usize].storage == Storage::Cell;
    }
    let place = |raw: &Raw| match *raw {
        Raw::Own(variable, check) => {
            let v = &variables[variable.0 as usize];
            let place = match v.storage {
                Storage::Slot => Place::Local(v.slot),
                Storage::Cell => Place::LocalCell(v.slot),
                Storage::Global(global) => Place::Global(global),
            };
            NameInfo { place, variable: Some(variable), check }
        }
        Raw::Captured(variable, capture, check) => {
            let place = match variables[variable.0 as usize].storage {
                Storage::Slot => Place::Captured(capture),
                Storage::Cell => Place::CapturedCell(capture),
                Storage::Global(global) => Place::Global(global),
            };
            NameInfo { place, variable: Some(variable), check }
        }
        Raw::Other(place) => {
            NameInfo { place, variable: None, check: matches!(place, Place::Global(_)) }
        }
    };
    let names = raw.iter().map(place).collect();
    let session = options.keep_root;
    Resolution { names, variables, blocks, functions, globals, session }
}

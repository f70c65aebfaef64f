//! The part of the report that is about objects: shapes, and what the interpreter's inline caches have seen.
//!
//! Invariant: a cache counts in one state, the one that it is in now.

use super::percent;
use crate::heap::ShapeStats;
use crate::observe::json::Json;
use std::fmt::Write;

impl ShapeStats {
    /// The states of inline caches, and how many are in each.
    fn caches_by_state(&self) -> [(&'static str, u64); 4] {
        let used = self.monomorphic + self.polymorphic + self.megamorphic;
        [
            ("uninitialized", self.caches.saturating_sub(used)),
            ("monomorphic", self.monomorphic),
            ("polymorphic", self.polymorphic),
            ("megamorphic", self.megamorphic),
        ]
    }

    fn shape_numbers(&self) -> [(&'static str, u64); 6] {
        [
            ("made", self.shapes),
            ("transitions", self.transitions),
            ("generalizations", self.generalizations),
            ("migrations", self.migrations),
            ("spills", self.spills),
            ("dictionaries", self.dictionaries),
        ]
    }

    pub(super) fn write(&self, out: &mut String) -> std::fmt::Result {
        if self.shapes == 0 {
            return Ok(());
        }
        let list = |numbers: &[(&'static str, u64)]| {
            let parts: Vec<String> =
                numbers.iter().map(|(name, n)| format!("{n} {name}")).collect();
            parts.join(", ")
        };
        writeln!(out, "  shapes           {}", list(&self.shape_numbers()))?;
        writeln!(out, "  inline caches    {}", list(&self.caches_by_state()))?;
        let all = self.hits + self.global_hits + self.misses;
        let [hits, global] = [self.hits, self.global_hits].map(|n| percent(n, all));
        writeln!(out, "  cached accesses  {all}: {hits} by their cache, {global} by the global one")
    }

    pub(super) fn json(&self, json: &mut Json) {
        json.object("shapes", |json| {
            self.shape_numbers().into_iter().for_each(|(name, n)| json.number(name, n));
        });
        json.object("inline_caches", |json| {
            self.caches_by_state().into_iter().for_each(|(name, n)| json.number(name, n));
            json.number("hits", self.hits);
            json.number("global_hits", self.global_hits);
            json.number("misses", self.misses);
        });
    }
}

//! The languages that the corpus is written in: how their files are called, and how they are run.

use crate::mode::{self, Mode};

/// A language on the framework.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// `languages/mini`
    #[default]
    Mini,
    /// `languages/lisp`
    Lisp,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::Mini, Language::Lisp];

    /// Its name: that of its folder.
    pub fn name(self) -> &'static str {
        match self {
            Language::Mini => "mini",
            Language::Lisp => "lisp",
        }
    }

    /// The language of this name.
    pub fn named(name: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.name() == name)
    }

    /// How the names of its files end.
    pub fn ending(self) -> &'static str {
        match self {
            Language::Mini => "mini",
            Language::Lisp => "scm",
        }
    }

    /// What a comment begins with.
    pub fn comment(self) -> char {
        match self {
            Language::Mini => '#',
            Language::Lisp => ';',
        }
    }

    /// How the reference runs, which all other modes must agree with.
    pub fn reference(self) -> Mode {
        match self {
            Language::Mini => Mode::tree(),
            Language::Lisp => Mode::interp(),
        }
    }

    /// The modes that a program is run in, the reference first.
    pub fn modes(self, program: &str) -> Vec<Mode> {
        match self {
            Language::Mini => mode::all(),
            Language::Lisp => mode::of_lisp(program),
        }
    }
}

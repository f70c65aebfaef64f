//! The `lisp` command.

fn main() -> std::process::ExitCode {
    frontend::main::<lisp::cli::Arguments>()
}

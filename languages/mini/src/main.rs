//! The `mini` command.

fn main() -> std::process::ExitCode {
    frontend::main::<mini::cli::Arguments>()
}

//! The log: events of the framework on standard error, as `HOLLOWAY_LOG` asks for them.
//!
//! ```text
//! HOLLOWAY_LOG=info mini a.mini                      every compiled trace
//! HOLLOWAY_LOG=holloway::record=debug mini a.mini    recordings that begin and that are given up
//! ```

use std::io;

use tracing_subscriber::EnvFilter;

/// Begins the log if the variable is set.
///
/// # Errors
/// If it is not a list of filters: the message is for the user.
pub(crate) fn start(colour: bool) -> Result<(), String> {
    let filter = match std::env::var("HOLLOWAY_LOG") {
        Ok(filter) if !filter.is_empty() => filter,
        _ => return Ok(()),
    };
    let filter = EnvFilter::builder().parse(&filter).map_err(|_| {
        format!("HOLLOWAY_LOG: `{filter}` is no filter such as info or holloway::record=debug")
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    log.with_ansi(colour)
        .without_time()
        .try_init()
        .map_err(|error| format!("HOLLOWAY_LOG: {error}"))
}

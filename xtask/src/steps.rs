//! Steps that say what they do and how long it took.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Runs `work` between two lines: its name, and its name with the time taken.
///
/// # Errors
/// Those of `work`, with the step's name before them.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(&format!("==> {name}"));
    let start = Instant::now();
    let result = work();
    let outcome = if result.is_ok() { "done" } else { "failed" };
    note(&format!("{name}: {outcome} in {}", human(start.elapsed())));
    result.with_context(|| name.to_owned())
}

/// A line of detail under the running step.
pub fn note(text: &str) {
    say(&format!("    {text}"));
}

/// A line on standard output. Where nobody reads it any more, the work still goes on.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// `0.4 s`, `59.9 s`, `3 min 20 s`.
pub fn human(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = time.as_secs();
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well_on_both_sides_of_a_minute() {
        assert_eq!(human(Duration::from_millis(420)), "0.4 s");
        assert_eq!(human(Duration::from_secs(200)), "3 min 20 s");
        assert_eq!(human(Duration::from_secs(61)), "1 min 01 s");
    }
}

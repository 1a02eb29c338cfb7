//! What the figures were measured on, and when.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

/// The machine, without anything that names it.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// The processor's name and how many of it there are.
    pub processor: String,
    /// Vector instructions that it has, of those that matter here.
    pub vectors: String,
    /// GiB of memory.
    pub memory_gib: Option<u64>,
    /// Kind of system.
    pub system: String,
    /// How busy the machine was before the first row, where the system tells: processes that wanted to run.
    pub load: Option<String>,
}

impl Machine {
    /// This machine.
    pub fn find() -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let field = |name: &str| {
            let lines = processors.lines();
            let line = lines.filter_map(|line| line.split_once(':'));
            let mut found = line.filter(|(key, _)| key.trim() == name);
            found.next().map(|(_, value)| value.trim().to_owned())
        };
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        let name = field("model name").unwrap_or_else(|| "processor of unknown name".into());
        let flags = field("flags").unwrap_or_default();
        let known = ["avx2", "avx512f", "avx512_vnni", "amx_tile"];
        let vectors: Vec<&str> = flags
            .split(' ')
            .filter(|flag| known.contains(flag))
            .collect();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let memory = memory
            .lines()
            .next()
            .and_then(|line| line.split_whitespace().nth(1));
        let load = fs::read_to_string("/proc/loadavg").ok();
        Self {
            processor: format!("{name}, {count} hardware threads"),
            vectors: vectors.join(", "),
            memory_gib: memory
                .and_then(|kib| kib.parse::<u64>().ok())
                .map(|kib| kib >> 20),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            load: load.and_then(|load| load.split(' ').next().map(str::to_owned)),
        }
    }
}

/// Today, UTC, as `2026-11-30`.
pub fn today() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    date((seconds / 86_400) as i64)
}

/// The date of a day counted from 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn date(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(20_787), "2026-11-30");
    }
}

//! Counting passed and failed tests from what cargo's and Node's test runners print.

use std::fmt;
use std::ops::AddAssign;

use crate::process::Captured;

/// How many tests passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed, and stages that could not run.
    pub failed: usize,
}

impl Tally {
    /// One check that passed or failed.
    pub fn of_one(passed: bool) -> Self {
        Self {
            passed: usize::from(passed),
            failed: usize::from(!passed),
        }
    }

    /// The sum of the lines `test result: ok. 3 passed; 0 failed; ...` of cargo's runner.
    pub fn from_cargo(captured: &Captured) -> Self {
        let mut tally = Self::default();
        for line in captured.text.lines() {
            let Some((_, result)) = line.split_once("test result: ") else {
                continue;
            };
            tally.passed += number_before(result, " passed").unwrap_or(0);
            tally.failed += number_before(result, " failed").unwrap_or(0);
        }
        tally.checked_against(captured.success)
    }

    /// The lines `pass 3` and `fail 0`, each after one sign, at the end of Node's report.
    pub fn from_node(captured: &Captured) -> Self {
        let count = |word: &str| {
            captured
                .text
                .lines()
                .rev()
                .find_map(|line| {
                    let mut words = line.split_whitespace().skip(1);
                    let is_count = words.next() == Some(word);
                    let number = words.next()?.parse::<usize>().ok()?;
                    (is_count && words.next().is_none()).then_some(number)
                })
                .unwrap_or(0)
        };
        let tally = Self {
            passed: count("pass"),
            failed: count("fail") + count("cancelled"),
        };
        tally.checked_against(captured.success)
    }

    /// A run that failed without naming a failed test (code that does not compile, say) counts as one failure; so does
    /// a run in which no test ran at all.
    fn checked_against(mut self, success: bool) -> Self {
        let nothing_ran = self.passed + self.failed == 0;
        if self.failed == 0 && (!success || nothing_ran) {
            self.failed = 1;
        }
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The number right before `word`.
fn number_before(text: &str, word: &str) -> Option<usize> {
    let (before, _) = text.split_once(word)?;
    before.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(text: &str, success: bool) -> Captured {
        Captured {
            text: text.to_owned(),
            success,
        }
    }

    fn tally(passed: usize, failed: usize) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn sums_the_results_of_all_of_cargos_binaries() {
        let text = "running 3 tests\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\n\
            test result: FAILED. 2 passed; 1 failed; 0 ignored\n";
        assert_eq!(Tally::from_cargo(&captured(text, false)), tally(14, 1));
    }

    #[test]
    fn code_that_does_not_compile_is_one_failure() {
        assert_eq!(
            Tally::from_cargo(&captured("error[E0308]", false)),
            tally(0, 1)
        );
        let text = "test result: ok. 5 passed; 0 failed\nerror: could not compile";
        assert_eq!(Tally::from_cargo(&captured(text, false)), tally(5, 1));
    }

    #[test]
    fn a_run_without_any_test_is_a_failure() {
        assert_eq!(
            Tally::from_cargo(&captured("no tests to run!", true)),
            tally(0, 1)
        );
    }

    #[test]
    fn reads_the_end_of_nodes_report() {
        let text =
            "✔ pass 9 of them (3 ms)\nℹ tests 7\nℹ suites 0\nℹ pass 5\nℹ fail 1\nℹ cancelled 1\n";
        assert_eq!(Tally::from_node(&captured(text, false)), tally(5, 2));
        let tap = "# tests 2\n# pass 2\n# fail 0\n# cancelled 0\n";
        assert_eq!(Tally::from_node(&captured(tap, true)), tally(2, 0));
    }

    #[test]
    fn shown_as_the_last_line_of_the_tests() {
        assert_eq!(tally(7, 0).to_string(), "7 passed, 0 failed");
    }
}

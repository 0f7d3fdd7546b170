//! What came of the checks.

use std::fmt::Display;

/// How many passed, and how many did not.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

/// What a check says: nothing, or what is wrong.
pub(crate) type Outcome = Result<(), String>;

impl Tally {
    pub(crate) fn check(&mut self, what: impl Display, outcome: Outcome) {
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("ok    {what}");
            }
            Err(why) => {
                self.failed += 1;
                println!("WRONG {what}: {}", why.trim().replace('\n', "\n      "));
            }
        }
    }
}

/// Whether something is as it should be, with what was seen.
pub(crate) fn ensure(holds: bool, seen: impl Display) -> Outcome {
    if holds { Ok(()) } else { Err(seen.to_string()) }
}

/// Whether a text has a part.
pub(crate) fn contains(text: &str, part: &str) -> Outcome {
    ensure(text.contains(part), format!("no `{part}` in: {text}"))
}

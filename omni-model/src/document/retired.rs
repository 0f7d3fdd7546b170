//! Keys that earlier releases had, and what to write instead.

/// A key that is gone.
struct Retired {
    key: &'static str,
    /// A key that only the type has from which the key is gone.
    beside: &'static str,
    /// What to write instead.
    advice: &'static str,
}

const RETIRED: [Retired; 3] = [
    Retired {
        key: "corrections",
        beside: "services",
        advice: "the key is gone: write `notes: [{ heading: \"Corrections applied\", columns: [\"Issue\", \"Fix\", \"Phase\"], \
                 rows: [[…], …] }]`, with the values of `issue`, `fix` and `phase` of each correction as one row",
    },
    Retired {
        key: "deviations",
        beside: "services",
        advice: "the key is gone: write `notes: [{ heading: \"Deviations from the plan\", columns: [\"Plan\", \"The plan has\", \
                 \"Here\", \"Why\"], rows: [[…], …] }]`, with the values of `at`, `plan`, `emits` and `reason` of each deviation \
                 as one row",
    },
    Retired {
        key: "hardenings",
        beside: "services",
        advice: "the key is gone: write `notes: [{ heading: \"Hardenings\", columns: [\"Plan\", \"The plan has\", \"Here\", \
                 \"Why\"], rows: [[…], …] }]`, with the values of `at`, `plan`, `emits` and `reason` of each hardening as one row",
    },
];

/// What to write instead of a key that the type with these keys had in an earlier release. `None` for any other key.
pub(super) fn advice(key: &str, keys: &[&str]) -> Option<&'static str> {
    let retired = RETIRED.iter().find(|retired| retired.key == key && keys.contains(&retired.beside));
    retired.map(|retired| retired.advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_gone_says_what_to_write_instead() {
        for retired in RETIRED {
            assert_eq!(advice(retired.key, &["name", retired.beside]), Some(retired.advice));
            assert_eq!(advice(retired.key, &["name"]), None, "another type never had it");
        }
        assert_eq!(advice("correction", &["services"]), None);
    }
}

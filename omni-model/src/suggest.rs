//! Suggestions for misspelt names: "did you mean".

/// The candidate that is most similar to `name`, if the difference is small enough to be a typing error.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let slips = name.chars().count().max(3) / 3;
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= slips)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_mended_and_a_stranger_is_not() {
        let keys = ["zone", "vram", "memory", "kv_cache"];
        assert_eq!(did_you_mean("vrma", keys), Some("vram"));
        assert_eq!(did_you_mean("kv-cache", keys), Some("kv_cache"));
        assert_eq!(did_you_mean("Memroy", keys), Some("memory"));
        assert_eq!(did_you_mean("ports", keys), None);
        assert_eq!(did_you_mean("", keys), None);
    }
}

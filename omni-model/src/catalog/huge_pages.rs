//! Huge pages that the kernel's command line reserves at boot.
//! <https://docs.kernel.org/admin-guide/mm/hugetlbpage.html>

use crate::{names::KernelParameter, units::Bytes};

/// The default size of a huge page on x86-64 and, with pages of 4 KiB, on arm64.
const DEFAULT: u64 = 2 << 20;

/// Each parameter that reserves huge pages, and how much memory it reserves. As in the kernel, `hugepages` counts pages of the size
/// that the last `hugepagesz` or `default_hugepagesz` sets, or of the default size if it comes first. Another `hugepages` without a new
/// size in between is ignored.
pub(crate) fn set_aside<'a>(
    parameters: impl Iterator<Item = &'a KernelParameter> + Clone,
) -> impl Iterator<Item = (&'a KernelParameter, Bytes)> {
    let sizes = parameters.clone().filter(|parameter| parameter.name() == "default_hugepagesz");
    let default = sizes.filter_map(|parameter| size(parameter.value()?)).last().unwrap_or(DEFAULT);
    let mut current = Some(default);
    parameters.filter_map(move |parameter| match parameter.name() {
        "hugepagesz" | "default_hugepagesz" => {
            current = parameter.value().and_then(size);
            None
        }
        "hugepages" => {
            let pages = pages(parameter.value()?)?;
            Some((parameter, Bytes::new(pages.saturating_mul(current.take()?))))
        }
        _ => None,
    })
}

/// A size as the kernel's `memparse` reads it: `2M`, `1G`.
fn size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text.get(digits.len()..)?.to_ascii_uppercase().as_str() {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// A number of pages in total, or one for each NUMA node: `64`, `0:32,1:32`.
fn pages(text: &str) -> Option<u64> {
    if text.contains(':') {
        let mut nodes = text.split(',').map(|node| node.split_once(':')?.1.parse().ok());
        nodes.try_fold(0, |sum: u64, pages: Option<u64>| sum.checked_add(pages?))
    } else {
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gib(line: &str) -> Vec<(String, u64)> {
        let parameters: Vec<KernelParameter> = line.split(' ').map(|word| word.parse().unwrap()).collect();
        let all = set_aside(parameters.iter());
        all.map(|(parameter, size)| (parameter.to_string(), size.get() >> 30)).collect()
    }

    #[test]
    fn pages_are_of_the_size_that_was_named_last() {
        let one = |parameter: &str, size| vec![(parameter.to_owned(), size)];
        for (line, parameter, size) in [
            ("hugepagesz=1G hugepages=64", "hugepages=64", 64),
            ("hugepagesz=1g hugepages=64 quiet", "hugepages=64", 64),
            ("default_hugepagesz=1G hugepages=8", "hugepages=8", 8),
            ("hugepages=8 default_hugepagesz=1G", "hugepages=8", 8),
            ("default_hugepagesz=1G hugepagesz=2M hugepages=512", "hugepages=512", 1),
            ("hugepages=1024", "hugepages=1024", 2),
            ("hugepagesz=1G hugepages=0:16,1:16", "hugepages=0:16,1:16", 32),
            ("hugepagesz=1048576K hugepages=3", "hugepages=3", 3),
        ] {
            assert_eq!(gib(line), one(parameter, size), "{line}");
        }
        let pairs = gib("hugepagesz=1G hugepages=16 hugepagesz=2M hugepages=2048");
        assert_eq!(pairs, [one("hugepages=16", 16), one("hugepages=2048", 4)].concat());
        for ignored in
            ["quiet", "hugepagesz=1G", "hugepagesz=huge hugepages=4", "hugepagesz=1G hugepages=all"]
        {
            assert_eq!(gib(ignored), [], "{ignored}");
        }
        assert_eq!(gib("hugepagesz=1G hugepages=4 hugepages=8"), one("hugepages=4", 4));
    }
}

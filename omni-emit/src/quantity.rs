//! Sizes as Kubernetes writes them.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use omni_model::units::Bytes;

/// A size in its own unit: `350 GiB` is `350Gi`.
/// <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>
pub(crate) fn quantity(bytes: Bytes) -> Quantity {
    let text = bytes.to_string();
    Quantity(text.trim_end_matches('B').replace(' ', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_keeps_its_unit() {
        for (size, expected) in
            [("350 GiB", "350Gi"), ("281 GB", "281G"), ("1 kB", "1k"), ("16640 MiB", "16640Mi"), ("5 B", "5")]
        {
            assert_eq!(quantity(size.parse().unwrap()).0, expected);
        }
        assert_eq!(quantity(Bytes::ZERO).0, "0");
    }
}

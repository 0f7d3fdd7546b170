//! What runs on Kubernetes.

mod quantity;

pub(crate) use quantity::quantity;

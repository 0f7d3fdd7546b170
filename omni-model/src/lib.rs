//! The model of a deployment.

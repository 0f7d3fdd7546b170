//! Omni.

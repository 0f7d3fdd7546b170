//! What a checked deployment emits.

//! The schema in `docs/` is that of the types.

use std::fs;

use crate::examples::repository;

#[test]
fn the_schema_in_docs_is_up_to_date() {
    let file = repository().join("docs/deployment.schema.json");
    let text = format!("{:#}\n", omni_model::schema::schema());
    if fs::read_to_string(&file).unwrap_or_default() == text {
        return;
    }
    let bless = omni_pages::BLESS;
    assert!(std::env::var_os(bless).is_some(), "{} is stale: run {bless}=1 cargo test", file.display());
    fs::write(&file, text).unwrap();
}

//! The known product that a service runs.

use super::{Part, Service};
use crate::catalog::products::{self, Need, Product};

impl Service {
    /// The product that the service runs, by its image or by its command.
    pub fn product(&self) -> Option<&'static Product> {
        let words = self.command.iter().chain(&self.args).flat_map(|text| text.parts());
        let words: Vec<&str> = words
            .filter_map(|part| if let Part::Text(text) = part { Some(text.as_str()) } else { None })
            .collect();
        products::find(&self.image.reference, &words)
    }

    /// Whether the service sees the processes of the host: as `host_pid` says, or else if its product needs it.
    pub fn sees_host_processes(&self) -> bool {
        self.host_pid.unwrap_or_else(|| self.product().is_some_and(|product| product.host_pid))
    }

    /// Whether the service has what a product needs.
    pub fn meets(&self, need: &Need) -> bool {
        match need {
            Need::Argument(argument) => {
                let mut all = self.command.iter().chain(&self.args);
                all.any(|text| text.to_string().split_whitespace().any(|word| word == *argument))
            }
            Need::Variable(name, value) => {
                let set = self.env.get(*name);
                set.is_some_and(|text| text.to_string().eq_ignore_ascii_case(value))
            }
        }
    }
}

//! What a machine's configuration is, file by file.

use std::{collections::BTreeMap, io};

use crate::guest::Guest;

/// Everything in `/etc`, GRUB's own configuration, and what is on `/nvme`: its kind, permissions, owners, where it leads, and
/// what is in it.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct State(BTreeMap<String, String>);

const LIST: &str = r#"
places=(/etc /boot/grub/grub.cfg /nvme)
find "${places[@]}" -printf '%p\t%M %U:%G %l\n'
find "${places[@]}" -type f -exec sha256sum {} + | sed -E 's/^([0-9a-f]+)  (.*)/\2\t\1/'
"#;

impl State {
    pub(crate) fn of(guest: &Guest) -> io::Result<Self> {
        let listed = guest.run(LIST)?;
        let mut state: BTreeMap<String, String> = BTreeMap::new();
        for line in listed.said.lines() {
            let (path, what) = line.split_once('\t').ok_or_else(|| io::Error::other(line.to_owned()))?;
            let entry = state.entry(path.to_owned()).or_default();
            entry.push_str(what);
            entry.push(' ');
        }
        Ok(Self(state))
    }

    /// What is not as it was: one line each.
    pub(crate) fn differences(&self, before: &Self) -> Vec<String> {
        let gone = before.0.iter().filter(|(path, _)| !self.0.contains_key(*path));
        let gone = gone.map(|(path, _)| format!("{path} is gone"));
        let others = self.0.iter().filter(|(path, what)| before.0.get(*path) != Some(what));
        let others = others.map(|(path, what)| match before.0.get(path) {
            Some(was) => format!("{path} is {what}and was {was}"),
            None => format!("{path} is new"),
        });
        gone.chain(others).collect()
    }
}

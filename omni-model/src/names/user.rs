//! Users by number, and owners of directories.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;

use crate::scalar::{ScalarError, scalar, text_schema};

const USER: &str = "[0-9]+:[0-9]+";

/// A numeric user and group as `uid:gid`, for example `472:472`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("user", USER))]
pub struct User {
    /// The user ID.
    pub uid: u32,
    /// The group ID.
    pub gid: u32,
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uid, self.gid)
    }
}

impl FromStr for User {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let number = |text: &str| {
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            // The kernel's (uid_t) -1 means "no change".
            if digits { text.parse().ok().filter(|number| *number != u32::MAX) } else { None }
        };
        let both =
            text.split_once(':').and_then(|(uid, gid)| Some(Self { uid: number(uid)?, gid: number(gid)? }));
        both.ok_or_else(|| {
            ScalarError::invalid(
                text,
                "user",
                "write the numeric user and group as `uid:gid`, for example `472:472`",
            )
        })
    }
}

/// The owner of a directory: `operator`, `root`, or a numeric `uid:gid`, for example `472:472`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("owner", &format!("operator|root|{USER}")))]
pub enum Owner {
    /// The user who runs the scripts through sudo.
    Operator,
    /// The user and group root.
    Root,
    /// A numeric user and group, as a container runs with.
    User(User),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str("operator"),
            Self::Root => f.write_str("root"),
            Self::User(user) => user.fmt(f),
        }
    }
}

impl FromStr for Owner {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        match text {
            "operator" => Ok(Self::Operator),
            "root" => Ok(Self::Root),
            _ => text.parse().map(Self::User).map_err(|_| {
                ScalarError::invalid(
                    text,
                    "owner",
                    "write `operator`, `root` or a numeric `uid:gid`, for example `472:472`",
                )
            }),
        }
    }
}

scalar!(User, Owner);

//! What a session may do: roles, permissions, features, plans, and how long ago its user showed who
//! they are.
use std::borrow::Cow;

use super::{
    claims::{Claims, Slice},
    members::{Json, Members},
    session::SessionAuth,
};

/// What is required of a session: everything in it must hold. An empty one is never met.
///
/// ```
/// use clerk_core::auth::{Require, Reverification};
///
/// let admins_who_just_signed_in = Require::new().role("org:admin").reverification(Reverification::STRICT);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
#[doc(alias = "CheckAuthorizationParams")]
pub struct Require(Vec<Demand>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Demand {
    Role(String),
    Permission(String),
    Feature(String),
    Plan(String),
    Reverification(Reverification),
}

impl Require {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    fn and(mut self, demand: Demand) -> Self {
        self.0.push(demand);
        self
    }

    /// A role in the active organization, such as `org:admin`; `org:` may be left out.
    pub fn role(self, role: impl Into<String>) -> Self {
        self.and(Demand::Role(role.into()))
    }

    /// A permission in the active organization, such as `org:posts:publish`; `org:` may be left out.
    pub fn permission(self, permission: impl Into<String>) -> Self {
        self.and(Demand::Permission(permission.into()))
    }

    /// A feature of the plan of the user (`u:exports`, `user:exports`), of the active organization
    /// (`o:exports`, `org:exports`), or of either (`exports`).
    pub fn feature(self, feature: impl Into<String>) -> Self {
        self.and(Demand::Feature(feature.into()))
    }

    /// A plan of the user (`u:pro`, `user:pro`), of the active organization (`o:pro`, `org:pro`), or of
    /// either (`pro`).
    pub fn plan(self, plan: impl Into<String>) -> Self {
        self.and(Demand::Plan(plan.into()))
    }

    /// That the user showed who they are, not long ago.
    pub fn reverification(self, reverification: Reverification) -> Self {
        self.and(Demand::Reverification(reverification))
    }

    pub(super) fn holds(&self, session: &SessionAuth) -> bool {
        !self.0.is_empty() && self.0.iter().all(|demand| demand.holds(session))
    }
}

impl Demand {
    fn holds<'s>(&self, session: &'s SessionAuth) -> bool {
        let organization = session.organization.as_ref();
        let claim =
            |slice: &'s Option<Slice>| slice.as_ref().map(|slice| slice.text(&session.claims));
        match self {
            Self::Role(role) => organization
                .and_then(|organization| organization.role.as_deref()?.strip_prefix("org:"))
                .is_some_and(|held| !held.is_empty() && held == without_org(role)),
            Self::Permission(permission) => {
                organization.is_some() && session.entitlements.permit(&session.claims, permission)
            }
            Self::Feature(feature) => {
                claim(&session.features).is_some_and(|held| have(held, feature))
            }
            Self::Plan(plan) => claim(&session.plans).is_some_and(|held| have(held, plan)),
            Self::Reverification(wanted) => {
                session.factors.is_some_and(|factors| factors.satisfy(*wanted))
            }
        }
    }
}

/// What is asked for, without any `org:` in front.
fn without_org(mut asked: &str) -> &str {
    while let Some(rest) = asked.strip_prefix("org:") {
        asked = rest;
    }
    asked
}

/// Elements between commas; none in an empty text.
fn elements(list: &str) -> impl Iterator<Item = &str> + Clone {
    let is_empty = list.trim().is_empty();
    list.split(',').map(str::trim).skip(usize::from(is_empty))
}

/// What the user may do in the active organization.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Entitlements {
    None,
    /// Spelled out in a list, in claims of version 1.
    Listed(Slice),
    /// In claims of version 2: features (`fea`), names of permissions (`o.per`), and for each feature
    /// which of them it has (`o.fpm`).
    Masks {
        features: Slice,
        permissions: Slice,
        masks: Slice,
    },
}

impl Entitlements {
    pub(super) fn permissions(&self, claims: &Claims) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::Listed(list) => {
                let listed = Json(list.text(claims)).texts().unwrap_or_default();
                listed.into_iter().map(Cow::into_owned).collect()
            }
            Self::Masks { features, permissions, masks } => {
                let mut all = Vec::new();
                let (features, permissions) = (features.text(claims), permissions.text(claims));
                each_granted(features, permissions, masks.text(claims), |feature, permission| {
                    all.push(format!("org:{feature}:{permission}"));
                });
                all
            }
        }
    }

    fn permit(&self, claims: &Claims, asked: &str) -> bool {
        let asked = without_org(asked);
        match self {
            _ if asked.is_empty() => false,
            Self::None => false,
            Self::Listed(list) => Json(list.text(claims)).texts().is_some_and(|listed| {
                listed.iter().any(|held| held.strip_prefix("org:") == Some(asked))
            }),
            Self::Masks { features, permissions, masks } => {
                let mut found = false;
                let (features, permissions) = (features.text(claims), permissions.text(claims));
                each_granted(features, permissions, masks.text(claims), |feature, permission| {
                    let rest = asked.strip_prefix(feature).and_then(|rest| rest.strip_prefix(':'));
                    found |= rest == Some(permission);
                });
                found
            }
        }
    }
}

/// Calls `granted` with each feature of the organization and each permission on it, by feature, then by
/// bit. Whatever does not add up grants nothing.
fn each_granted(
    features: &str,
    permissions: &str,
    masks: &str,
    mut granted: impl FnMut(&str, &str),
) {
    let Some(features) = scoped(features) else { return };
    let is_organizations = |scope: &str| matches!(scope, "o" | "ou" | "uo");
    let ours = features.iter().filter(|(scope, _)| is_organizations(scope));
    let permissions: Vec<_> = elements(permissions).collect();
    let masks: Vec<_> = elements(masks).collect();
    // One mask for each feature, or one for each feature of the organization: nothing else is sure.
    let pairs: Vec<_> = if masks.len() == features.len() {
        features.iter().zip(&masks).filter(|((scope, _), _)| is_organizations(scope)).collect()
    } else if masks.len() == ours.clone().count() {
        ours.zip(&masks).collect()
    } else {
        return;
    };
    for ((_, feature), mask) in pairs {
        let Some(bits) = lowest_bits(mask, permissions.len()) else { continue };
        for (at, permission) in permissions.iter().enumerate() {
            let is_set = bits.get(at / 32).is_some_and(|word| word >> (at % 32) & 1 == 1);
            if is_set && !feature.is_empty() && !permission.is_empty() {
                granted(feature, permission);
            }
        }
    }
}

/// The elements of a list, each with its scope; `None` if one has none.
fn scoped(list: &str) -> Option<Vec<(&str, &str)>> {
    elements(list).map(|element| element.split_once(':')).collect()
}

/// The lowest bits of a decimal number of any size, 32 in a word; `None` if it is none. Only as many
/// words are kept as are asked for: what is above cannot come down.
fn lowest_bits(decimal: &str, count: usize) -> Option<Vec<u32>> {
    if decimal.is_empty() || !decimal.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut words = vec![0_u32; count.div_ceil(32)];
    for digit in decimal.bytes() {
        let mut carry = u64::from(digit - b'0');
        for word in &mut words {
            carry += u64::from(*word) * 10;
            *word = carry as u32; // The low half; the high one is carried.
            carry >>= 32;
        }
    }
    Some(words)
}

/// Whether a claim `fea` or `pla` has what is asked for: `o:` and `u:` say whose.
fn have(held: &str, asked: &str) -> bool {
    let (scope, name) = match asked.split_once(':') {
        None => (None, asked),
        Some(("o" | "org" | "organization", name)) => (Some("o"), name),
        Some(("u" | "user", name)) => (Some("u"), name),
        Some(_) => return false,
    };
    let fits = |held: &str| {
        matches!(
            (held, scope),
            ("o" | "u", None) | ("o", Some("o")) | ("u", Some("u")) | ("ou" | "uo", _)
        )
    };
    !name.is_empty()
        && scoped(held)
            .is_some_and(|held| held.iter().any(|(scope, known)| fits(scope) && *known == name))
}

/// How long ago, and how thoroughly, a user has to have shown who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "ReverificationConfig")]
pub struct Reverification {
    level: Level,
    after_minutes: u64,
}

/// Which factors of a user count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
    /// The first, such as a password.
    FirstFactor,
    /// The second, such as a code of an authenticator; the first for those who have no second.
    SecondFactor,
    /// Both; the first for those who have no second.
    MultiFactor,
}

impl Reverification {
    /// Both factors, within 10 minutes.
    pub const STRICT_MFA: Self = Self::new(Level::MultiFactor, 10);
    /// The second factor, within 10 minutes.
    pub const STRICT: Self = Self::new(Level::SecondFactor, 10);
    /// The second factor, within an hour.
    pub const MODERATE: Self = Self::new(Level::SecondFactor, 60);
    /// The second factor, within a day.
    pub const LAX: Self = Self::new(Level::SecondFactor, 1440);

    /// These factors, less than so many minutes ago. Nobody is that quick with 0.
    pub const fn new(level: Level, after_minutes: u64) -> Self {
        Self { level, after_minutes }
    }
}

/// The claim `fva`: minutes since the first and since the second factor; `None` for one that the user
/// does not have.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Factors {
    first: Option<f64>,
    second: Option<f64>,
}

impl Factors {
    pub(super) fn read(claims: &Members<'_>) -> Option<Self> {
        let list = claims.get("fva")?.0.strip_prefix('[')?.strip_suffix(']')?;
        // Two numbers have one comma between them; what else may have one is no number.
        let (first, second) = list.split_once(',')?;
        let (first, second) = (Json(first.trim()).number()?, Json(second.trim()).number()?);
        let factor = |age: f64| match age {
            -1.0 => Some(None),
            age if age >= 0.0 => Some(Some(age)),
            _ => None,
        };
        Some(Self { first: factor(first)?, second: factor(second)? })
    }

    fn satisfy(self, wanted: Reverification) -> bool {
        let is_fresh = |age: Option<f64>| age.is_some_and(|age| wanted.after_minutes as f64 > age);
        let (first, second) = (is_fresh(self.first), is_fresh(self.second));
        match wanted.level {
            Level::FirstFactor => first,
            Level::SecondFactor | Level::MultiFactor if self.second.is_none() => first,
            Level::SecondFactor => second,
            Level::MultiFactor => first && second,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_may_have_any_size() {
        assert_eq!(lowest_bits("21", 5), Some(vec![0b10101]));
        let bits = lowest_bits("340282366920938463463374607431768211457", 200).unwrap(); // 2^128 + 1
        assert_eq!(bits, [1, 0, 0, 0, 1, 0, 0]);
        assert_eq!(lowest_bits("18446744073709551616", 40), Some(vec![0, 0])); // 2^64: above all
        assert_eq!(lowest_bits(&"9".repeat(12_000), 32).map(|words| words.len()), Some(1));
        for wrong in ["", "-1", "0x1", "1.0", "1e3", "+1", "\u{661}"] {
            assert_eq!(lowest_bits(wrong, 8), None, "{wrong}");
        }
    }

    #[test]
    fn what_does_not_add_up_grants_nothing() {
        let all = |features: &str, permissions: &str, masks: &str| {
            let slice = |text: &str| Slice::Copy(text.into());
            let (features, permissions, masks) =
                (slice(features), slice(permissions), slice(masks));
            Entitlements::Masks { features, permissions, masks }.permissions(&Claims::none())
        };
        let read_write = ["org:docs:read", "org:docs:write", "org:teams:write"];
        assert_eq!(all("o:docs,o:teams", "read,write", "3,2"), read_write);
        assert_eq!(all(" o:docs , uo:teams ", " read , write ", " 3 , 6 "), read_write);
        assert_eq!(all("u:mine,o:docs,ou:teams", "read,write", "1,3,2"), read_write);
        assert_eq!(all("u:mine,o:docs,ou:teams", "read,write", "3,2"), read_write);
        assert_eq!(all("o:docs,o:teams", "read,write", "x,2"), ["org:teams:write"]);
        for (features, permissions, masks) in [
            ("o:docs", "read", "1,1"),
            ("o:docs,o:teams", "read", "1"),
            ("o:docs,teams", "read", "1,1"),
            ("docs", "read", "1"),
            ("o:docs,", "read", "1,1"),
            ("", "read", "1"),
            ("o:docs", "", "1"),
            ("o:docs", "read", ""),
            ("o:", "read", "1"),
            ("x:docs", "read", "1"),
        ] {
            assert!(
                all(features, permissions, masks).is_empty(),
                "{features} {permissions} {masks}"
            );
        }
    }
}

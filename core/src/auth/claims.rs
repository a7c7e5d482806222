//! What a verified token says, and the checks of it that all kinds share.
use std::{borrow::Cow, fmt, time::Duration};

use serde::de::DeserializeOwned;

use super::{
    jws::{Kind, is_machine},
    members::{Json, Members},
    reason::Reason,
};
use crate::{Error, Timestamp, decode};

/// The claims of a verified token, as its JSON has them.
///
/// They are kept as text and read when they are asked for, into whatever type. `Debug` does not show
/// them.
///
/// ```
/// use clerk_core::auth::SessionAuth;
///
/// #[derive(serde::Deserialize)]
/// struct Custom {
///     plan: String, // a claim of the instance's own, set in Clerk's dashboard
/// }
///
/// # fn example(session: &SessionAuth) -> Result<(), clerk_core::Error> {
/// let Custom { plan } = session.claims().read()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Claims(String);

impl Claims {
    pub(super) fn new(json: String) -> Self {
        Self(json)
    }

    pub(super) const fn none() -> Self {
        Self(String::new())
    }

    /// Reads the claims into a type of yours, in which members that it does not have are passed over, or
    /// into a [`JsonObject`](crate::JsonObject), which has them all.
    ///
    /// # Errors
    ///
    /// If they do not have its shape. The error names the claim and quotes nothing.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode::from_json(self.as_json().as_bytes()).map_err(|unreadable| {
            let at = if unreadable.path.is_empty() { "claims".to_owned() } else { unreadable.path };
            Error::argument(at, unreadable.problem)
        })
    }

    /// The JSON as it came; `null` if there are no claims, as with most opaque tokens.
    pub fn as_json(&self) -> &str {
        if self.0.is_empty() { "null" } else { &self.0 }
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claims({} bytes)", self.0.len())
    }
}

/// A text among the claims: where it is in their JSON, or a copy if it is escaped there. Most tokens are
/// asked for a few of their claims, and none has to be copied before that.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Slice {
    At(std::ops::Range<usize>),
    Copy(Box<str>),
}

impl Slice {
    pub(super) fn new(json: &str, text: Cow<'_, str>) -> Self {
        if let Cow::Borrowed(text) = &text
            && let Some(start) = text.as_ptr().addr().checked_sub(json.as_ptr().addr())
            && json.get(start..start + text.len()) == Some(*text)
        {
            return Self::At(start..start + text.len());
        }
        Self::Copy(Box::from(&*text))
    }

    /// The text, out of the claims that it was made from.
    pub(super) fn text<'c>(&'c self, claims: &'c Claims) -> &'c str {
        match self {
            Self::At(range) => claims.0.get(range.clone()).unwrap_or_default(),
            Self::Copy(text) => text,
        }
    }
}

/// The claim `act`: who acts in place of the user, when somebody is impersonated. It is what an
/// [actor token](crate::api::actor_tokens) said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorClaim(serde_json::Value);

impl ActorClaim {
    pub(super) fn read(claims: &Members<'_>) -> Option<Self> {
        let claim = claims.get("act").filter(|claim| !claim.is_null())?;
        // Whatever it is, somebody acts: also if it holds a number that cannot be built.
        Some(Self(serde_json::from_str(claim.0).unwrap_or_default()))
    }

    /// The user who acts, if the claim says so.
    pub fn sub(&self) -> Option<&str> {
        self.0.get("sub")?.as_str()
    }

    /// The whole claim; null if it holds a number that cannot be read.
    pub fn as_value(&self) -> &serde_json::Value {
        &self.0
    }
}

/// What is demanded of the claims.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Issuers of tokens of every kind.
    pub(super) issuers: Vec<String>,
    /// The issuer of session tokens and templates, where none is named.
    pub(super) instance: Option<String>,
    /// Other names of that issuer: on a satellite, behind a proxy.
    pub(super) instance_also: Vec<String>,
    pub(super) parties: Option<Vec<String>>,
    pub(super) audience: Option<Vec<String>>,
    pub(super) audience_if_present: bool,
    pub(super) skew: Duration,
}

/// What is demanded of one token besides.
#[derive(Clone, Copy, Default)]
pub(super) struct Demanded {
    /// When the browser last signed in, in Unix seconds, if the token came in its cookie.
    pub(super) client_uat: Option<i64>,
    /// How far clocks may differ, if not as set.
    pub(super) skew: Option<Duration>,
}

/// When a token is good for.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) expires_at: Timestamp,
    pub(super) issued_at: Option<Timestamp>,
    pub(super) not_before: Option<Timestamp>,
}

impl Rules {
    /// Whether the issuer of this kind of token is known, and so checked.
    pub(super) fn checks_issuer(&self, kind: Kind) -> bool {
        !self.issuers.is_empty() || self.instance_of(kind).is_some()
    }

    fn instance_of(&self, kind: Kind) -> Option<&str> {
        self.instance.as_deref().filter(|_| matches!(kind, Kind::Session | Kind::Template))
    }

    /// Takes another name of the instance's own issuer. It counts where that one does.
    pub(super) fn also_of_instance(&mut self, issuer: String) {
        self.instance_also.push(issuer);
    }

    pub(super) fn is_also_of_instance(&self, issuer: &str) -> bool {
        self.instance_also.iter().any(|known| known == issuer)
    }

    /// Whether the authorized party of this kind of token is checked.
    pub(super) fn checks_party(&self, kind: Kind) -> bool {
        self.parties.is_some() && matches!(kind, Kind::Session | Kind::Template)
    }

    /// Checks 11 to 21.
    pub(super) fn check(
        &self,
        claims: &Members<'_>,
        kind: Kind,
        demanded: Demanded,
        now: Timestamp,
    ) -> Result<Times, Reason> {
        if let Some(uat) = demanded.client_uat
            && is_before(claims, uat)
        {
            return Err(Reason::SessionTokenIatBeforeClientUat);
        }
        let sub = claims.some_text("sub").ok_or(Reason::TokenVerificationFailed)?;
        if is_machine(&sub) != (kind == Kind::M2m) {
            return Err(Reason::TokenTypeMismatch);
        }
        if let Some(audience) = &self.audience {
            let fits = claims
                .get("aud")
                .map_or(self.audience_if_present, |aud| has_audience(aud, audience));
            if !fits {
                return Err(Reason::TokenInvalidAudience);
            }
        }
        if let Some(parties) = &self.parties
            && self.checks_party(kind)
            && !claims.text("azp").is_some_and(|azp| parties.iter().any(|party| *party == azp))
        {
            return Err(Reason::TokenInvalidAuthorizedParties);
        }
        if self.checks_issuer(kind) {
            let iss = claims.text("iss").ok_or(Reason::TokenInvalidIssuer)?;
            let known = if self.issuers.is_empty() {
                self.instance_of(kind) == Some(&*iss) || self.is_also_of_instance(&iss)
            } else {
                self.issuers.iter().any(|issuer| *issuer == iss)
            };
            if !known {
                return Err(Reason::TokenInvalidIssuer);
            }
        }
        check_times(claims, demanded.skew.unwrap_or(self.skew), now)
    }
}

fn check_times(claims: &Members<'_>, skew: Duration, now: Timestamp) -> Result<Times, Reason> {
    let now = now.as_millis();
    let skew = i64::try_from(skew.as_millis()).unwrap_or(i64::MAX);
    let time = |claim: Json<'_>| {
        claim.seconds().map(Timestamp::from_secs).ok_or(Reason::TokenVerificationFailed)
    };
    let exp = claims.get("exp").ok_or(Reason::TokenVerificationFailed).and_then(time)?;
    if exp.as_millis() <= now.saturating_sub(skew) {
        return Err(Reason::TokenExpired);
    }
    let past = |name, reason| {
        let at = claims.get(name).map(time).transpose()?;
        let is_ahead = at.is_some_and(|at| at.as_millis() > now.saturating_add(skew));
        if is_ahead { Err(reason) } else { Ok(at) }
    };
    let not_before = past("nbf", Reason::TokenNotActiveYet)?;
    let issued_at = past("iat", Reason::TokenIatInTheFuture)?;
    Ok(Times { expires_at: exp, issued_at, not_before })
}

/// Whether a token was made before a time in Unix seconds.
pub(super) fn is_before(claims: &Members<'_>, time: i64) -> bool {
    claims.get("iat").and_then(Json::number).is_some_and(|iat| iat < time as f64)
}

/// Whether an audience, one text or a list of them, has one of these.
pub(super) fn has_audience(aud: Json<'_>, wanted: &[String]) -> bool {
    let is_wanted = |text: &str| wanted.iter().any(|wanted| wanted == text);
    match aud.text() {
        Some(text) => is_wanted(&text),
        None => aud.texts().is_some_and(|texts| texts.iter().any(|text| is_wanted(text))),
    }
}

/// Words, one blank or more apart.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

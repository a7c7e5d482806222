//! Who is signed in: session tokens, and tokens from JWT templates.
use std::{borrow::Cow, fmt};

use super::{
    claims::{ActorClaim, Claims, Slice, Times},
    members::{Json, Members},
    permissions::{Entitlements, Factors, Require},
};
use crate::{
    Timestamp,
    model::{OrganizationId, SessionId, UserId},
};

/// Somebody is signed in: a verified session token.
///
/// It can only come from a [`Verifier`](super::Verifier).
///
/// ```
/// use clerk_core::auth::{Require, SessionAuth};
///
/// fn may_publish(session: &SessionAuth) -> bool {
///     session.has(&Require::new().permission("org:posts:publish"))
/// }
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
#[doc(alias = "SignedInAuthObject")]
#[doc(alias = "SessionAuthObject")]
pub struct SessionAuth {
    /// The user.
    pub user_id: UserId,
    /// The session.
    pub session_id: Option<SessionId>,
    /// Who acts in place of the user, if somebody does: show it, and think twice about what such a
    /// session may do.
    pub actor: Option<ActorClaim>,
    /// The organization that is active in the session.
    pub organization: Option<ActiveOrganization>,
    /// Whether the [origin](Self::authorized_party) was held against the authorized parties: not if
    /// none were set.
    pub azp_checked: bool,
    /// Whether the [issuer](Self::issuer) was held against that of the instance: only not if that was
    /// turned off.
    pub issuer_checked: bool,
    /// Until when the token is good.
    pub expires_at: Timestamp,
    /// When it was made.
    pub issued_at: Option<Timestamp>,
    /// From when on it is good.
    pub not_before: Option<Timestamp>,
    pub(super) claims: Claims,
    status: Option<Slice>,
    authorized_party: Option<Slice>,
    issuer: Option<Slice>,
    pub(super) entitlements: Entitlements,
    pub(super) features: Option<Slice>,
    pub(super) plans: Option<Slice>,
    pub(super) factors: Option<Factors>,
}

/// The organization that is active in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActiveOrganization {
    /// Its id.
    pub id: OrganizationId,
    /// Its slug.
    pub slug: Option<Box<str>>,
    /// The user's role in it, such as `org:admin`.
    pub role: Option<Box<str>>,
}

impl ActiveOrganization {
    /// The organization, and what the user may do in it. Claims of version 2 keep that in `o`, others in
    /// `org_id` and its kin.
    fn read(payload: &str, claims: &Members<'_>) -> Option<(Self, Entitlements)> {
        let boxed = |text: Cow<'_, str>| Box::from(&*text);
        let slice = |text| Slice::new(payload, text);
        if claims.get("v").and_then(Json::number) == Some(2.0) {
            let organization = claims.get("o")?.object()?;
            let masks = || {
                Some(Entitlements::Masks {
                    features: slice(claims.text("fea")?),
                    permissions: slice(organization.text("per")?),
                    masks: slice(organization.text("fpm")?),
                })
            };
            let active = Self {
                id: organization.some_text("id")?.into_owned().into(),
                slug: organization.text("slg").map(boxed),
                role: organization.some_text("rol").map(|role| format!("org:{role}").into()),
            };
            Some((active, masks().unwrap_or(Entitlements::None)))
        } else {
            let list = claims.get("org_permissions").map(|list| slice(Cow::Borrowed(list.0)));
            let active = Self {
                id: claims.some_text("org_id")?.into_owned().into(),
                slug: claims.text("org_slug").map(boxed),
                role: claims.some_text("org_role").map(boxed),
            };
            Some((active, list.map_or(Entitlements::None, Entitlements::Listed)))
        }
    }
}

impl SessionAuth {
    /// What verified claims say; the claims themselves are put in afterwards. Without `sub` nobody is
    /// signed in, and `has` denies everything.
    pub(super) fn read(
        payload: &str,
        claims: &Members<'_>,
        times: Times,
        checked: Checked,
    ) -> Self {
        let slice = |name: &str| claims.text(name).map(|text| Slice::new(payload, text));
        let (organization, entitlements) = match ActiveOrganization::read(payload, claims) {
            Some((organization, entitlements)) => (Some(organization), entitlements),
            None => (None, Entitlements::None),
        };
        Self {
            user_id: claims.text("sub").unwrap_or_default().into_owned().into(),
            session_id: claims.text("sid").map(|id| id.into_owned().into()),
            actor: ActorClaim::read(claims),
            organization,
            azp_checked: checked.azp,
            issuer_checked: checked.issuer,
            expires_at: times.expires_at,
            issued_at: times.issued_at,
            not_before: times.not_before,
            claims: Claims::none(),
            status: slice("sts"),
            authorized_party: slice("azp"),
            issuer: slice("iss"),
            entitlements,
            features: slice("fea"),
            plans: slice("pla"),
            factors: Factors::read(claims),
        }
    }

    /// What claims say that were verified already, for the catalog; `None` if no token can have them.
    #[cfg(feature = "catalog")]
    pub(crate) fn from_verified_claims(json: &str) -> Option<Self> {
        let never = Timestamp::from_millis(0);
        let times = Times { expires_at: never, issued_at: None, not_before: None };
        let checked = Checked { azp: false, issuer: false };
        let session = Self::read(json, &Members::read_claims(json)?, times, checked);
        Some(Self { claims: Claims::new(json.to_owned()), ..session })
    }

    fn text<'s>(&'s self, slice: &'s Option<Slice>) -> Option<&'s str> {
        slice.as_ref().map(|slice| slice.text(&self.claims))
    }

    /// All that the token says.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Where the session stands, such as `active` or `pending` (`sts`).
    pub fn status(&self) -> Option<&str> {
        self.text(&self.status)
    }

    /// The origin that the token was made for (`azp`).
    pub fn authorized_party(&self) -> Option<&str> {
        self.text(&self.authorized_party)
    }

    /// Who issued the token (`iss`).
    pub fn issuer(&self) -> Option<&str> {
        self.text(&self.issuer)
    }

    /// The user's permissions in the active organization, such as `org:posts:publish`; worked out anew
    /// each time.
    pub fn permissions(&self) -> Vec<String> {
        self.entitlements.permissions(&self.claims)
    }

    /// Whether the user may do something: all that is required must hold, and what cannot be decided
    /// is denied. A [pending](Self::is_pending) session may do nothing.
    ///
    /// ```
    /// use clerk_core::auth::{Require, Reverification, SessionAuth};
    ///
    /// # fn example(session: &SessionAuth) {
    /// let may_delete = session.has(
    ///     &Require::new().role("org:admin").plan("o:pro").reverification(Reverification::STRICT),
    /// );
    /// # }
    /// ```
    pub fn has(&self, required: &Require) -> bool {
        !self.user_id.as_str().is_empty() && !self.is_pending() && required.holds(self)
    }

    /// Whether the user has something left to do before the session counts.
    pub fn is_pending(&self) -> bool {
        self.status() == Some("pending")
    }
}

impl fmt::Debug for SessionAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionAuth")
            .field("user_id", &self.user_id)
            .field("session_id", &self.session_id)
            .field("status", &self.status())
            .field("actor", &self.actor.as_ref().map(ActorClaim::sub))
            .field("organization", &self.organization)
            .field("authorized_party", &self.authorized_party())
            .field("azp_checked", &self.azp_checked)
            .field("issuer_checked", &self.issuer_checked)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// What was held against the settings of the verifier, and what not.
#[derive(Clone, Copy)]
pub(super) struct Checked {
    pub(super) azp: bool,
    pub(super) issuer: bool,
}

/// A verified token that was made from a JWT template, and signed with the instance's own key.
///
/// It shows a user and not a session: what it may be used for is up to the template. A template with a
/// signing key of its own is not verified here.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TemplateAuth {
    /// The user.
    pub user_id: UserId,
    /// The origin that the token was made for (`azp`).
    pub authorized_party: Option<Box<str>>,
    /// Whether the origin was held against the authorized parties: not if none were set.
    pub azp_checked: bool,
    /// Whether the issuer was held against that of the instance: only not if that was turned off.
    pub issuer_checked: bool,
    /// Until when the token is good.
    pub expires_at: Timestamp,
    pub(super) claims: Claims,
}

impl TemplateAuth {
    /// All that the token says.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    pub(super) fn read(claims: &Members<'_>, times: Times, checked: Checked) -> Self {
        Self {
            user_id: claims.text("sub").unwrap_or_default().into_owned().into(),
            authorized_party: claims.text("azp").map(|azp| Box::from(&*azp)),
            azp_checked: checked.azp,
            issuer_checked: checked.issuer,
            expires_at: times.expires_at,
            claims: Claims::none(),
        }
    }
}

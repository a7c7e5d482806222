//! Who is calling, when it is no browser: machines, OAuth applications, API keys.
use super::{
    claims::{Claims, Times, words},
    members::Members,
};
use crate::{
    Timestamp,
    api::{api_keys::ApiKey, m2m::M2mToken, oauth_access_tokens::VerifiedOauthAccessToken},
    model::{ApiKeyId, MachineId, OauthClientId, OrganizationId, UserId},
};

/// A machine is calling: a verified M2M token, a JWT or an opaque one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[doc(alias = "M2MMachineAuthObject")]
pub struct M2mAuth {
    /// The machine that calls.
    pub machine_id: MachineId,
    /// The token's id (`jti`).
    pub token_id: Option<Box<str>>,
    /// The machines that the token is for. A token that was verified with the key of the instance may be
    /// for any of its machines: whether yours is among them is for you to check, unless an
    /// [audience](super::VerifierBuilder::audience) is set and the token is a JWT.
    pub scopes: Vec<String>,
    /// Until when the token is good, if it is a JWT. What Clerk answers about opaque tokens has a time
    /// whose unit it does not name.
    pub expires_at: Option<Timestamp>,
    /// Whether the issuer was held against the given ones.
    pub issuer_checked: bool,
    pub(super) claims: Claims,
}

impl M2mAuth {
    /// What else the token says: all claims of a JWT, the custom ones of an opaque token.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    pub(super) fn read(claims: &Members<'_>, times: Times, issuer_checked: bool) -> Self {
        let audience = || {
            let aud = claims.get("aud")?;
            let list = aud.text().map(|text| vec![text]).or_else(|| aud.texts())?;
            Some(list.into_iter().map(std::borrow::Cow::into_owned).collect())
        };
        Self {
            machine_id: claims.text("sub").unwrap_or_default().into_owned().into(),
            token_id: claims.text("jti").map(|id| Box::from(&*id)),
            scopes: claims
                .text("scopes")
                .map(|scopes| words(&scopes))
                .or_else(audience)
                .unwrap_or_default(),
            expires_at: Some(times.expires_at),
            issuer_checked,
            claims: Claims::none(),
        }
    }
}

impl M2mAuth {
    /// What Clerk answered about one that can be used; the caller has looked at that.
    pub(super) fn answered(token: M2mToken) -> Self {
        Self {
            machine_id: token.subject,
            token_id: Some(token.id.as_str().into()),
            scopes: token.scopes.into_iter().map(Into::into).collect(),
            expires_at: None,
            issuer_checked: false,
            claims: custom(token.claims),
        }
    }
}

/// An OAuth application is calling for a user: a verified access token, a JWT or an opaque one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[doc(alias = "OAuthMachineAuthObject")]
pub struct OauthAuth {
    /// The user for whom the application acts.
    pub user_id: UserId,
    /// The application.
    pub client_id: Option<OauthClientId>,
    /// The token's id (`jti`).
    pub token_id: Option<Box<str>>,
    /// What the token allows. Whether it suffices is for you to check.
    pub scopes: Vec<String>,
    /// Until when the token is good, if it is a JWT. What Clerk answers about opaque tokens has a time
    /// whose unit it does not name.
    pub expires_at: Option<Timestamp>,
    /// Whether the issuer was held against the given ones.
    pub issuer_checked: bool,
    pub(super) claims: Claims,
}

impl OauthAuth {
    /// All claims of a JWT; nothing for an opaque token.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    pub(super) fn read(claims: &Members<'_>, times: Times, issuer_checked: bool) -> Self {
        let list = claims.get("scp").and_then(|scopes| scopes.texts());
        let scopes = match list {
            Some(list) => list.into_iter().map(std::borrow::Cow::into_owned).collect(),
            None => claims.text("scope").map(|scopes| words(&scopes)).unwrap_or_default(),
        };
        Self {
            user_id: claims.text("sub").unwrap_or_default().into_owned().into(),
            client_id: claims.text("client_id").map(|id| id.into_owned().into()),
            token_id: claims.text("jti").map(|id| Box::from(&*id)),
            scopes,
            expires_at: Some(times.expires_at),
            issuer_checked,
            claims: Claims::none(),
        }
    }
}

impl OauthAuth {
    /// What Clerk answered about one that can be used; the caller has looked at that.
    pub(super) fn answered(token: VerifiedOauthAccessToken) -> Self {
        Self {
            user_id: token.subject,
            client_id: Some(token.client_id),
            token_id: Some(token.id.as_str().into()),
            scopes: token.scopes,
            expires_at: None,
            issuer_checked: false,
            claims: Claims::none(),
        }
    }
}

/// Somebody is calling with an API key, which Clerk has just said is good.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[doc(alias = "APIKeyMachineAuthObject")]
pub struct ApiKeyAuth {
    /// The key's id.
    pub id: ApiKeyId,
    /// Its name.
    pub name: String,
    /// Whom it stands for: a user or an organization.
    pub subject: String,
    /// What it permits. Whether it suffices is for you to check.
    pub scopes: Vec<String>,
    pub(super) claims: Claims,
}

impl ApiKeyAuth {
    /// The key's custom claims.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The user whom it stands for, if it is one.
    pub fn user_id(&self) -> Option<UserId> {
        self.subject.starts_with("user_").then(|| self.subject.as_str().into())
    }

    /// The organization that it stands for, if it is one.
    pub fn org_id(&self) -> Option<OrganizationId> {
        self.subject.starts_with("org_").then(|| self.subject.as_str().into())
    }
}

impl ApiKeyAuth {
    /// What Clerk answered about one that can be used; the caller has looked at that.
    pub(super) fn answered(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            subject: key.subject.into(),
            scopes: key.scopes,
            claims: custom(key.claims),
        }
    }
}

/// Custom claims, which may be any JSON.
fn custom(claims: Option<serde_json::Value>) -> Claims {
    claims.map_or_else(Claims::none, |claims| Claims::new(claims.to_string()))
}

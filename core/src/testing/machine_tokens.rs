//! What the stand-in does with the tokens of machines and OAuth applications, and with API keys.
use std::time::Duration;

use serde_json::{Value, json};

use super::{Arguments, Caller, Refusal, StandIn, actor_tokens::invalid, wire};
use crate::{
    Timestamp,
    api::{
        api_keys::ApiKey,
        m2m::{CreatedM2mToken, M2mToken},
        oauth_access_tokens::VerifiedOauthAccessToken,
    },
    auth::TokenType,
    model::{ApiKeyId, MachineId, ObjectType},
};

/// How long a machine's token is good unless it is said.
const LIFETIME: Duration = Duration::from_secs(3600);

/// A machine of the instance.
pub(super) struct Machine {
    pub(super) id: MachineId,
    pub(super) authorization: String,
    /// The machines that it may talk to, for which its tokens are.
    scopes: Vec<String>,
}

/// A token of which the API keeps what it is worth.
#[derive(Clone)]
pub(super) struct OpaqueToken {
    token_type: TokenType,
    id: String,
    /// The token itself.
    secret: String,
    subject: String,
    /// Only API keys have one.
    name: String,
    scopes: Vec<String>,
    claims: Option<Value>,
    revoked: bool,
    revocation_reason: Option<String>,
    expired: bool,
    expiration: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl StandIn {
    /// Adds a machine, whose secret key (`ak_…`) is accepted for the operations on M2M tokens, and for no
    /// others.
    ///
    /// ```
    /// use clerk_core::{Client, Config, testing::{StandIn, StandInTransport}};
    ///
    /// let mut stand_in = StandIn::new("sk_test_abc");
    /// stand_in.add_machine("mch_1", "ak_one");
    /// stand_in.add_machine("mch_2", "ak_two");
    /// stand_in.add_machine_scope("mch_1", "mch_2");
    /// let api = StandInTransport::new(stand_in);
    ///
    /// // Each machine has its own configuration.
    /// let caller = Client::new(Config::for_machine("ak_one").build()?, api.clone(), 7);
    /// let called = Client::new(Config::for_machine("ak_two").build()?, api, 7);
    ///
    /// let token = caller.m2m().create().send()?.token;
    /// let verified = called.m2m().verify(token).send()?;
    /// assert!(verified.is_usable() && verified.subject == "mch_1");
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn add_machine(&mut self, machine_id: impl AsRef<str>, secret_key: &str) {
        let (id, authorization) = (machine_id.as_ref().into(), format!("Bearer {secret_key}"));
        self.machines.push(Machine { id, authorization, scopes: Vec::new() });
    }

    /// Lets a machine talk to another one: the tokens that it creates from now on are for that one, too.
    /// Says whether there is such a machine.
    pub fn add_machine_scope(
        &mut self,
        machine_id: impl AsRef<str>,
        to_machine_id: impl AsRef<str>,
    ) -> bool {
        let machine = self.machines.iter_mut().find(|machine| machine.id == *machine_id.as_ref());
        let is_there = machine.is_some();
        if let Some(machine) = machine {
            machine.scopes.push(to_machine_id.as_ref().to_owned());
        }
        is_there
    }

    /// Adds an opaque M2M token of this machine (`mch_…`), for the machines that it may talk to, and
    /// gives the token. It has no end.
    ///
    /// ```
    /// # #[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))] {
    /// use clerk_core::{
    ///     Client, Config,
    ///     auth::{AuthenticateOptions, Reason},
    ///     testing::{StandIn, StandInTransport},
    /// };
    ///
    /// let api = StandInTransport::new(StandIn::new("sk_test_abc"));
    /// let clerk = Client::new(Config::new("sk_test_abc")?, api.clone(), 7);
    /// let verifier = clerk.verifier().any_issuer().build()?;
    ///
    /// let token = api.with(|stand_in| stand_in.add_m2m_token("mch_1"));
    /// let request = http::Request::get("/").header("authorization", format!("Bearer {token}")).body(())?;
    /// let (parts, ()) = request.into_parts();
    /// let ask = || clerk.run(verifier.authenticate(&parts, &AuthenticateOptions::new().accept_any()));
    ///
    /// assert_eq!(ask().auth().unwrap().to_string(), "m2m_token of mch_1");
    /// api.with(|stand_in| stand_in.revoke(&token));
    /// assert_eq!(ask().reason(), Some(Reason::TokenRevoked));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_m2m_token(&mut self, machine_id: impl AsRef<str>) -> String {
        let machine_id = machine_id.as_ref();
        let scopes = self.scopes_of(machine_id);
        self.add_token(TokenType::M2m, machine_id, "", scopes).secret
    }

    /// Adds an opaque OAuth access token of the application `client_standin` for this user, and gives the
    /// token. It has no end.
    ///
    /// ```
    /// use clerk_core::{Client, Config, testing::{StandIn, StandInTransport}};
    ///
    /// let mut stand_in = StandIn::new("sk_test_abc");
    /// let token = stand_in.add_oauth_token("user_1", &["profile"]);
    /// let clerk = Client::new(Config::new("sk_test_abc")?, StandInTransport::new(stand_in), 7);
    ///
    /// let answer = clerk.oauth_access_tokens().verify().access_token(token).send()?;
    /// assert_eq!(answer.usable().unwrap().scopes, ["profile"]);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn add_oauth_token(&mut self, user_id: impl AsRef<str>, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.add_token(TokenType::Oauth, user_id.as_ref(), "", scopes).secret
    }

    /// Adds an API key of this name that stands for a user or an organization, and gives its id and its
    /// secret. It has no end.
    ///
    /// ```
    /// use clerk_core::{Client, Config, testing::{StandIn, StandInTransport}};
    ///
    /// let mut stand_in = StandIn::new("sk_test_abc");
    /// let (id, secret) = stand_in.add_api_key("org_1", "Invoices");
    /// let clerk = Client::new(Config::new("sk_test_abc")?, StandInTransport::new(stand_in), 7);
    ///
    /// let key = clerk.api_keys().verify(secret).send()?;
    /// assert!(key.is_usable() && key.id == id && key.subject == "org_1");
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn add_api_key(&mut self, subject: impl AsRef<str>, name: &str) -> (ApiKeyId, String) {
        let key = self.add_token(TokenType::ApiKey, subject.as_ref(), name, Vec::new());
        (key.id.into(), key.secret)
    }

    /// Revokes an opaque token or an API key, by itself or by its id. Says whether there is one.
    pub fn revoke(&mut self, token: impl AsRef<str>) -> bool {
        self.change_token(token.as_ref(), |token| token.revoked = true)
    }

    /// Ends the time of an opaque token or an API key, by itself or by its id. Says whether there is one.
    ///
    /// Tokens that are JWTs end when the [time](super::StandInTransport::advance) has come.
    pub fn expire(&mut self, token: impl AsRef<str>) -> bool {
        self.change_token(token.as_ref(), |token| token.expired = true)
    }

    fn change_token(&mut self, wanted: &str, change: impl FnOnce(&mut OpaqueToken)) -> bool {
        let is_it = |token: &&mut OpaqueToken| token.secret == wanted || token.id == wanted;
        self.tokens.iter_mut().find(is_it).map(change).is_some()
    }

    fn scopes_of(&self, machine_id: &str) -> Vec<String> {
        let machine = self.machines.iter().find(|machine| machine.id == *machine_id);
        machine.map(|machine| machine.scopes.clone()).unwrap_or_default()
    }

    /// Adds a token that was made at the Unix epoch.
    fn add_token(
        &mut self,
        token_type: TokenType,
        subject: &str,
        name: &str,
        scopes: Vec<String>,
    ) -> OpaqueToken {
        let epoch = Timestamp::from_millis(0);
        let mut token = self.new_token(token_type, subject, scopes, epoch);
        name.clone_into(&mut token.name);
        self.tokens.push(token.clone());
        token
    }

    fn new_token(
        &mut self,
        token_type: TokenType,
        subject: &str,
        scopes: Vec<String>,
        now: Timestamp,
    ) -> OpaqueToken {
        self.next_id += 1;
        let prefix = match token_type {
            TokenType::M2m => "mt",
            TokenType::Oauth => "oat",
            TokenType::ApiKey | TokenType::Session => "ak",
        };
        OpaqueToken {
            token_type,
            id: format!("{prefix}_{:032x}", self.next_id),
            secret: format!("{prefix}_standin-token-{:020}", self.next_id),
            subject: subject.to_owned(),
            name: String::new(),
            scopes,
            claims: None,
            revoked: false,
            revocation_reason: None,
            expired: false,
            expiration: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(super) fn create_m2m_token(
        &mut self,
        mut arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let Caller::Machine(machine_id) = arguments.caller else {
            return Err(not_yours("a machine creates its tokens itself, with its own key"));
        };
        let lifetime = match arguments.body.get("seconds_until_expiration") {
            None | Some(Value::Null) => LIFETIME,
            Some(value) => value
                .as_f64()
                .filter(|seconds| *seconds > 0.0)
                .map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
                .ok_or_else(|| invalid("seconds_until_expiration", "a number above 0"))?,
        };
        let is_jwt = match arguments.body.get("token_format").map(Value::as_str) {
            None | Some(Some("opaque")) => false,
            Some(Some("jwt")) => true,
            Some(_) => return Err(invalid("token_format", "`opaque` or `jwt`")),
        };
        let remaining = match arguments.body.get("min_remaining_ttl_seconds") {
            None => None,
            Some(value) => match value.as_u64().map(Duration::from_secs) {
                Some(time) if time < lifetime => Some(time),
                _ => {
                    let expected = "a whole number of seconds, less than the token lives";
                    return Err(invalid("min_remaining_ttl_seconds", expected));
                }
            },
        };
        let claims = arguments.body.remove("claims").filter(|claims| !claims.is_null());
        let scopes = self.scopes_of(machine_id.as_str());
        if let (Some(time), false) = (remaining, is_jwt) {
            let until = now.saturating_add(time);
            let fits = |token: &&OpaqueToken| {
                token.is_of(TokenType::M2m, machine_id.as_str())
                    && !token.revoked
                    && !token.is_expired(until)
                    && (&token.claims, &token.scopes) == (&claims, &scopes)
            };
            if let Some(token) = self.tokens.iter().find(fits) {
                return wire(&token.created_m2m_token(now));
            }
        }
        let mut token = self.new_token(TokenType::M2m, machine_id.as_str(), scopes, now);
        token.claims = claims;
        token.expiration = Some(now.saturating_add(lifetime));
        if is_jwt {
            // Nothing is kept of a JWT.
            token.secret = self.sign_m2m_token(&token, lifetime, now)?;
        } else {
            self.tokens.push(token.clone());
        }
        wire(&token.created_m2m_token(now))
    }

    #[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))]
    fn sign_m2m_token(
        &self,
        token: &OpaqueToken,
        lifetime: Duration,
        now: Timestamp,
    ) -> Result<String, Refusal> {
        const OWN: [&str; 8] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scopes"];
        let Some(key) = self.keys.first() else { return Err(cannot_sign("it has no key")) };
        let mut jwt = key.m2m(&token.subject);
        match &token.claims {
            None => {}
            Some(Value::Object(claims)) if OWN.iter().all(|name| !claims.contains_key(*name)) => {
                for (name, value) in claims {
                    jwt = jwt.claim(name, value.clone());
                }
            }
            Some(_) => {
                let expected = "an object, for a JWT, without the claims that a JWT has of its own";
                return Err(invalid("claims", expected));
            }
        }
        if !token.scopes.is_empty() {
            jwt = jwt.scopes(token.scopes.iter().map(String::as_str));
        }
        let seconds = i64::try_from(lifetime.as_secs().max(1)).unwrap_or(i64::MAX);
        let jwt = jwt.issuer(&self.issuer).claim("jti", token.id.as_str()).lifetime(seconds);
        Ok(jwt.mint(now.as_secs()))
    }

    #[cfg(not(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto")))]
    fn sign_m2m_token(
        &self,
        _: &OpaqueToken,
        _: Duration,
        _: Timestamp,
    ) -> Result<String, Refusal> {
        Err(cannot_sign("turn on one of the features `ring`, `aws-lc-rs` and `rust-crypto`"))
    }

    pub(super) fn list_m2m_tokens(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let Some(subject) = arguments.all("subject").next() else {
            let message = "`subject` must be given".to_owned();
            return Err(Refusal::about(422, "form_param_missing", message, "subject"));
        };
        match &arguments.caller {
            Caller::Machine(id) if *id != *subject => {
                return Err(not_yours("a machine lists only its own tokens"));
            }
            Caller::Machine(_) | Caller::Instance => {}
        }
        let limit = arguments.number("limit", 10, 100)?.max(1);
        let offset = arguments.number("offset", 0, usize::MAX)?;
        let wants = |name| arguments.all(name).any(|value| value == "true");
        let tokens = self.tokens.iter().rev().filter(|token| {
            token.is_of(TokenType::M2m, subject)
                && (!token.revoked || wants("revoked"))
                && (!token.is_expired(now) || wants("expired"))
        });
        let total = tokens.clone().count();
        let page: Vec<_> =
            tokens.skip(offset).take(limit).map(|token| token.m2m_token(now)).collect();
        Ok(json!({ "m2m_tokens": wire(&page)?, "total_count": total }))
    }

    pub(super) fn revoke_m2m_token(
        &mut self,
        mut arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let reason = match arguments.body.remove("revocation_reason") {
            None | Some(Value::Null) => None,
            Some(Value::String(reason)) => Some(reason),
            Some(_) => return Err(invalid("revocation_reason", "text")),
        };
        let Arguments { id, caller, .. } = arguments;
        let may = |token: &OpaqueToken| match &caller {
            Caller::Instance => true,
            Caller::Machine(machine_id) => *machine_id == *token.subject,
        };
        let is_it = |token: &&mut OpaqueToken| {
            token.token_type == TokenType::M2m && token.id == id && may(token)
        };
        let Some(token) = self.tokens.iter_mut().find(is_it) else {
            return Err(Refusal::not_found("token that can be revoked with this key"));
        };
        if !token.revoked {
            (token.revoked, token.revocation_reason, token.updated_at) = (true, reason, now);
        }
        wire(&token.m2m_token(now))
    }

    pub(super) fn verify_m2m_token(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let token = self.token(TokenType::M2m, &arguments, "token")?;
        match &arguments.caller {
            Caller::Machine(id) if !token.scopes.iter().any(|scope| *id == **scope) => {
                Err(Refusal::not_found("token for this machine"))
            }
            Caller::Machine(_) | Caller::Instance => wire(&token.m2m_token(now)),
        }
    }

    pub(super) fn verify_oauth_access_token(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let has_new_name = arguments.body.contains_key("access_token");
        let name = if has_new_name { "access_token" } else { "secret" };
        wire(&self.token(TokenType::Oauth, &arguments, name)?.oauth_access_token(now))
    }

    pub(super) fn verify_api_key(
        &mut self,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        wire(&self.token(TokenType::ApiKey, &arguments, "secret")?.api_key(now))
    }

    /// The token that an argument holds.
    fn token(
        &self,
        token_type: TokenType,
        arguments: &Arguments,
        name: &str,
    ) -> Result<&OpaqueToken, Refusal> {
        let shown = arguments.body.get(name).and_then(Value::as_str);
        let shown = shown.ok_or_else(|| invalid(name, "text"))?;
        let is_it = |token: &&OpaqueToken| token.token_type == token_type && token.secret == shown;
        self.tokens.iter().find(is_it).ok_or_else(|| Refusal::not_found("token"))
    }
}

impl OpaqueToken {
    fn is_of(&self, token_type: TokenType, subject: &str) -> bool {
        self.token_type == token_type && self.subject == subject
    }

    fn is_expired(&self, at: Timestamp) -> bool {
        self.expired || self.expiration.is_some_and(|expiration| expiration <= at)
    }

    fn m2m_token(&self, now: Timestamp) -> M2mToken {
        M2mToken {
            object: ObjectType::M2mToken,
            id: self.id.as_str().into(),
            subject: self.subject.as_str().into(),
            claims: self.claims.clone(),
            scopes: self.scopes.iter().map(|scope| scope.as_str().into()).collect(),
            revoked: self.revoked,
            revocation_reason: self.revocation_reason.clone(),
            expired: self.is_expired(now),
            expiration: self.expiration.map(Into::into),
            last_used_at: None,
            created_at: self.created_at.into(),
            updated_at: self.updated_at.into(),
        }
    }

    fn created_m2m_token(&self, now: Timestamp) -> CreatedM2mToken {
        let token = self.m2m_token(now);
        CreatedM2mToken {
            object: token.object,
            id: token.id,
            subject: token.subject,
            claims: token.claims,
            scopes: token.scopes,
            token: self.secret.clone().into(),
            revoked: token.revoked,
            revocation_reason: token.revocation_reason,
            expired: token.expired,
            expiration: token.expiration,
            last_used_at: token.last_used_at,
            created_at: token.created_at,
            updated_at: token.updated_at,
        }
    }

    fn oauth_access_token(&self, now: Timestamp) -> VerifiedOauthAccessToken {
        VerifiedOauthAccessToken {
            object: ObjectType::ClerkOauthAccessToken,
            id: self.id.as_str().into(),
            client_id: "client_standin".into(),
            subject: self.subject.as_str().into(),
            scopes: self.scopes.clone(),
            revoked: self.revoked,
            revocation_reason: self.revocation_reason.clone(),
            expired: self.is_expired(now),
            expiration: self.expiration.map(Into::into),
            created_at: self.created_at.into(),
            updated_at: self.updated_at.into(),
        }
    }

    fn api_key(&self, now: Timestamp) -> ApiKey {
        ApiKey {
            object: ObjectType::ApiKey,
            id: self.id.as_str().into(),
            r#type: "api_key".to_owned(),
            subject: self.subject.as_str().into(),
            name: self.name.clone(),
            description: None,
            claims: self.claims.clone(),
            scopes: self.scopes.clone(),
            revoked: self.revoked,
            revocation_reason: self.revocation_reason.clone(),
            expired: self.is_expired(now),
            expiration: self.expiration.map(Into::into),
            created_by: None,
            last_used_at: None,
            created_at: self.created_at.into(),
            updated_at: self.updated_at.into(),
        }
    }
}

fn not_yours(message: &'static str) -> Refusal {
    Refusal::new(403, "authorization_invalid", message)
}

fn cannot_sign(why: &'static str) -> Refusal {
    let message = format!("this stand-in can sign nothing: {why}");
    Refusal::about(422, "form_param_value_invalid", message, "token_format")
}

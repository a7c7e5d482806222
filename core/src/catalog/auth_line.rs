//! Questions about tokens, requests, permissions and webhooks, answered by the code that callers use.
use std::time::Duration;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value, json};

use super::{
    keyring_line::keyring,
    line::Problem,
    request_line::{World, authenticate},
    webhook_line::webhook,
};
use crate::{
    Config, Error, Timestamp,
    auth::{
        ActorClaim, ApiKeyAuth, Auth, Claims, KeySet, Level, M2mAuth, OauthAuth, PublishableKey,
        Require, Reverification, Rs256, Rs256Key, RsaPublicKey, SessionAuth, TemplateAuth,
        TokenKind, Verifier, VerifierBuilder, VerifyError, VerifyingKey,
    },
};

/// Answers a question that is about authentication, or about a webhook.
pub(super) fn answer(verb: &str, question: &Map<String, Value>) -> Result<Value, Problem> {
    let question = Asked(question);
    let answer = match verb {
        "verify_token" => verify_token(question),
        "has" => has(question),
        "authenticate" => authenticate(question),
        "rs256" => rs256(question),
        "webhook" => webhook(question),
        _ => keyring(question),
    };
    match answer {
        Err(Refusal::Question(problem)) => Err(problem),
        Err(Refusal::Config(error)) => {
            Ok(json!({ "error": { "kind": "config", "message": error.to_string() } }))
        }
        Ok(answer) => Ok(answer),
    }
}

/// Why a question is not answered.
pub(super) enum Refusal {
    /// It cannot be understood.
    Question(Problem),
    /// It asks for something that cannot be built.
    Config(Error),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Question(problem)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Config(error)
    }
}

/// The members of a question, or of an object in it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'q>(pub(super) &'q Map<String, Value>);

impl<'q> Asked<'q> {
    fn read<T>(
        self,
        name: &str,
        what: &str,
        read: impl FnOnce(&'q Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let wrong = || Problem::new(format!("`{name}` is not {what}"));
        self.0.get(name).map(|value| read(value).ok_or_else(wrong)).transpose()
    }

    pub(super) fn text(self, name: &str) -> Result<Option<&'q str>, Problem> {
        self.read(name, "a string", Value::as_str)
    }

    pub(super) fn texts(self, name: &str) -> Result<Option<Vec<&'q str>>, Problem> {
        self.read(name, "a list of strings", |value| {
            value.as_array()?.iter().map(Value::as_str).collect()
        })
    }

    pub(super) fn flag(self, name: &str) -> Result<bool, Problem> {
        Ok(self.read(name, "true or false", Value::as_bool)?.unwrap_or(false))
    }

    pub(super) fn whole(self, name: &str) -> Result<Option<u64>, Problem> {
        self.read(name, "a whole number from 0 on", Value::as_u64)
    }

    pub(super) fn list(self, name: &str) -> Result<Option<&'q Vec<Value>>, Problem> {
        self.read(name, "a list", Value::as_array)
    }

    pub(super) fn object(self, name: &str) -> Result<Option<Self>, Problem> {
        Ok(self.read(name, "an object", Value::as_object)?.map(Self))
    }

    pub(super) fn now(self) -> Result<Timestamp, Problem> {
        let now = self.read("now", "a whole number of milliseconds", Value::as_i64)?;
        Ok(Timestamp::from_millis(needed("now", now)?))
    }
}

/// A member that has to be there.
pub(super) fn needed<T>(name: &str, value: Option<T>) -> Result<T, Problem> {
    value.ok_or_else(|| Problem::new(format!("`{name}` is missing")))
}

/// A backend that was chosen by its name.
#[derive(Debug)]
struct Backend(Box<dyn Rs256>);

impl Rs256 for Backend {
    fn key(&self, key: &RsaPublicKey) -> Option<Box<dyn Rs256Key>> {
        self.0.key(key)
    }
}

/// The backend that a question names; the one that verifiers take by themselves where it names none.
fn backend(question: Asked<'_>) -> Result<Option<Backend>, Problem> {
    let name = question.text("backend")?;
    let is_it = |known: &str| name.is_none_or(|name| name == known);
    let known: [(&str, Option<Box<dyn Rs256>>); 3] = [
        #[cfg(feature = "ring")]
        ("ring", Some(Box::new(crate::auth::Ring))),
        #[cfg(not(feature = "ring"))]
        ("ring", None),
        #[cfg(feature = "aws-lc-rs")]
        ("aws-lc-rs", Some(Box::new(crate::auth::AwsLcRs))),
        #[cfg(not(feature = "aws-lc-rs"))]
        ("aws-lc-rs", None),
        #[cfg(feature = "rust-crypto")]
        ("rust-crypto", Some(Box::new(crate::auth::RustCrypto))),
        #[cfg(not(feature = "rust-crypto"))]
        ("rust-crypto", None),
    ];
    let chosen = known.into_iter().find_map(|(known, backend)| backend.filter(|_| is_it(known)));
    if name.is_some() && chosen.is_none() {
        return Err(Problem::new("`backend` is none that is compiled in"));
    }
    Ok(chosen.map(Backend))
}

/// What all verifiers have in common: backend, keys, and all options but who issues tokens.
pub(super) fn builder(question: Asked<'_>, options: Asked<'_>) -> Result<VerifierBuilder, Refusal> {
    let mut builder = Verifier::builder();
    if let Some(backend) = backend(question)? {
        builder = builder.backend(backend);
    }
    if let Some(keys) = question.object("keys")? {
        let set = keys.0.get("jwks").map(Value::to_string);
        let set = set.or(keys.text("jwks_text")?.map(str::to_owned));
        let pem = keys.text("pem")?;
        if set.is_none() && pem.is_none() {
            let problem = "`keys` has none of `pem`, `jwks` and `jwks_text`";
            return Err(Problem::new(problem).into());
        }
        if let Some(set) = set {
            // A set that is no use is an empty one: no token is accepted with it.
            builder = builder.key_set(KeySet::from_json(&set).unwrap_or_default());
        }
        if let Some(pem) = pem {
            builder = builder.pem(pem);
        }
    }
    if let Some(parties) = options.texts("authorized_parties")? {
        builder = builder.authorized_parties(parties);
    }
    if let Some(audiences) = options.texts("audience")? {
        builder = builder.audiences(audiences);
    }
    if options.flag("audience_if_present")? {
        builder = builder.audience_if_present();
    }
    if let Some(skew) = options.read("skew_ms", "a number", Value::as_f64)? {
        if skew < 0.0 {
            return Err(Error::config("skew_ms", "it is negative").into());
        }
        builder = builder.skew(Duration::from_millis(skew as u64));
    }
    Ok(builder)
}

/// The verifier that `verify_token` and `keyring` ask for. Here an issuer counts for every kind of
/// token, whether it is named or in the publishable key.
pub(super) fn verifier(
    question: Asked<'_>,
    options: Asked<'_>,
    config: Option<&Config>,
) -> Result<Verifier, Refusal> {
    let mut builder = builder(question, options)?;
    let key = options.text("publishable_key")?.map(PublishableKey::new).transpose()?;
    builder = match (options.text("issuer")?, key) {
        (Some(issuer), _) => builder.issuer(issuer),
        (None, Some(key)) => builder.issuer(key.issuer()),
        (None, None) => builder.any_issuer(),
    };
    if let Some(config) = config {
        builder = builder.config(config);
    }
    Ok(builder.build()?)
}

/// The kinds of token that can be asked for.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Session,
    Template,
    M2m,
    Oauth,
    Any,
}

impl Kind {
    pub(super) fn read(options: Asked<'_>) -> Result<Self, Problem> {
        match needed("kind", options.text("kind")?)? {
            "session" => Ok(Self::Session),
            "template" => Ok(Self::Template),
            "m2m" => Ok(Self::M2m),
            "oauth" => Ok(Self::Oauth),
            "any" => Ok(Self::Any),
            _ => Err(Problem::new("`kind` is none of session, template, m2m, oauth, any")),
        }
    }
}

fn verify_token(question: Asked<'_>) -> Result<Value, Refusal> {
    let options = needed("options", question.object("options")?)?;
    let kind = Kind::read(options)?;
    let token = needed("token", question.text("token")?)?;
    let now = question.now()?;
    needed("keys", question.0.get("keys"))?;
    let verifier = verifier(question, options, None)?;
    let verified = match kind {
        Kind::Session => judged::<SessionAuth>(&verifier, token, now, session),
        Kind::Template => judged::<TemplateAuth>(&verifier, token, now, template),
        Kind::M2m => judged::<M2mAuth>(&verifier, token, now, m2m),
        Kind::Oauth => judged::<OauthAuth>(&verifier, token, now, oauth),
        Kind::Any => judged::<Auth>(&verifier, token, now, shown),
    }?;
    Ok(match verified {
        Ok(verified) => json!({ "ok": verified }),
        Err(error) => json!({ "error": { "reason": error.reason().code() } }),
    })
}

fn judged<K: TokenKind>(
    verifier: &Verifier,
    token: &str,
    now: Timestamp,
    shown: impl FnOnce(&K) -> Value,
) -> Result<Result<Value, VerifyError>, Problem> {
    let verdict = World::default().run(verifier.verify_as::<K>(token), now)?;
    Ok(verdict.map(|auth| shown(&auth)))
}

/// What is known of whoever it is.
pub(super) fn shown(auth: &Auth) -> Value {
    match auth {
        Auth::Session(auth) => session(auth),
        Auth::M2m(auth) => m2m(auth),
        Auth::Oauth(auth) => oauth(auth),
        Auth::ApiKey(auth) => api_key(auth),
    }
}

fn session(auth: &SessionAuth) -> Value {
    json!({
        "kind": "session",
        "subject": auth.user_id,
        "user_id": auth.user_id,
        "session_id": auth.session_id,
        "status": auth.status(),
        "actor": auth.actor.as_ref().map(ActorClaim::as_value),
        "azp_checked": auth.azp_checked,
        "issuer_checked": auth.issuer_checked,
        "org": auth.organization.as_ref().map(|organization| json!({
            "id": organization.id,
            "slug": organization.slug,
            "role": organization.role,
            "permissions": auth.permissions(),
        })),
        "claims": claims(auth.claims()),
    })
}

fn template(auth: &TemplateAuth) -> Value {
    json!({
        "kind": "template",
        "subject": auth.user_id,
        "user_id": auth.user_id,
        "azp_checked": auth.azp_checked,
        "issuer_checked": auth.issuer_checked,
        "claims": claims(auth.claims()),
    })
}

fn m2m(auth: &M2mAuth) -> Value {
    json!({
        "kind": "m2m",
        "subject": auth.machine_id,
        "machine_id": auth.machine_id,
        "token_id": auth.token_id,
        "scopes": auth.scopes,
        "issuer_checked": auth.issuer_checked,
        "claims": claims(auth.claims()),
    })
}

fn oauth(auth: &OauthAuth) -> Value {
    json!({
        "kind": "oauth",
        "subject": auth.user_id,
        "user_id": auth.user_id,
        "client_id": auth.client_id,
        "token_id": auth.token_id,
        "scopes": auth.scopes,
        "issuer_checked": auth.issuer_checked,
        "claims": claims(auth.claims()),
    })
}

fn api_key(auth: &ApiKeyAuth) -> Value {
    json!({
        "kind": "api_key",
        "subject": auth.subject,
        "user_id": auth.user_id(),
        "org_id": auth.org_id(),
        "token_id": auth.id,
        "name": auth.name,
        "scopes": auth.scopes,
        "claims": claims(auth.claims()),
    })
}

/// Claims as the text that they came as, which [`line`](super::line) puts in as it stands: a number in them
/// may be larger than any that a value holds. A line break in JSON is but a blank.
fn claims(claims: &Claims) -> String {
    claims.as_json().replace(['\n', '\r'], " ")
}

fn has(question: Asked<'_>) -> Result<Value, Refusal> {
    let claims = needed("claims", question.object("claims")?)?;
    let claims = SessionAuth::from_verified_claims(&json!(claims.0).to_string());
    let session = claims.ok_or_else(|| Problem::new("`claims` are none that a token can have"))?;
    let mut required = Require::new();
    let nothing = Map::new();
    let params = question.object("params")?.unwrap_or(Asked(&nothing));
    for name in params.0.keys() {
        let text = || Ok::<_, Problem>(params.text(name)?.unwrap_or_default());
        required = match &**name {
            "role" => required.role(text()?),
            "permission" => required.permission(text()?),
            "feature" => required.feature(text()?),
            "plan" => required.plan(text()?),
            "reverification" => required.reverification(reverification(params)?),
            _ => return Err(Problem::new("one of `params` is unknown").into()),
        };
    }
    Ok(json!({ "ok": session.has(&required) }))
}

fn reverification(params: Asked<'_>) -> Result<Reverification, Problem> {
    if let Ok(Some(preset)) = params.text("reverification") {
        return match preset {
            "strict_mfa" => Ok(Reverification::STRICT_MFA),
            "strict" => Ok(Reverification::STRICT),
            "moderate" => Ok(Reverification::MODERATE),
            "lax" => Ok(Reverification::LAX),
            _ => Err(Problem::new("`reverification` is none of the presets")),
        };
    }
    let wanted = needed("reverification", params.object("reverification")?)?;
    let level = match needed("level", wanted.text("level")?)? {
        "first_factor" => Level::FirstFactor,
        "second_factor" => Level::SecondFactor,
        "multi_factor" => Level::MultiFactor,
        _ => return Err(Problem::new("`level` is none that there is")),
    };
    Ok(Reverification::new(level, needed("after_minutes", wanted.whole("after_minutes")?)?))
}

fn rs256(question: Asked<'_>) -> Result<Value, Refusal> {
    let bytes = |name| {
        let bytes = BASE64_STANDARD.decode(needed(name, question.text(name)?)?);
        bytes.map_err(|_| Problem::new(format!("`{name}` is not base64")))
    };
    let (message, signature) = (bytes("message_base64")?, bytes("signature_base64")?);
    let key = needed("key", question.object("key")?)?;
    let number = |name| -> Result<_, Refusal> {
        let number = BASE64_URL_SAFE_NO_PAD.decode(needed(name, key.text(name)?)?);
        Ok(number.map_err(|_| Error::config(name, "it is not base64url"))?)
    };
    let key = RsaPublicKey::new(&number("n")?, &number("e")?)?;
    let backend = backend(question)?.ok_or_else(|| Error::config("backend", "there is none"))?;
    let key = VerifyingKey::new(&key, &backend)
        .ok_or_else(|| Error::config("key", "the backend does not take it"))?;
    Ok(json!({ "ok": key.verify(&message, &signature) }))
}

#[cfg(test)]
#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))]
mod tests {
    use super::*;
    use crate::catalog::answer_line;

    fn ask(question: &Value) -> Value {
        serde_json::from_str(&answer_line(question.to_string().as_bytes())).unwrap()
    }

    /// A question that has an answer, with one thing changed.
    fn changed(question: &Value, pointer: &str, value: Value) -> Value {
        let mut question = question.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = question.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        parent.insert(name.to_owned(), value);
        question
    }

    fn verify_token() -> Value {
        json!({
            "do": "verify_token", "token": "a.b", "now": 1_700_000_000_000_i64,
            "keys": { "jwks": { "keys": [] } }, "options": { "kind": "session" },
        })
    }

    fn authenticate() -> Value {
        json!({
            "do": "authenticate", "method": "GET", "url": "https://app.example.com/x",
            "now": 1_700_000_000_000_i64, "headers": [["authorization", "Bearer mt_abc"]],
            "secret_key": "sk_test_abc", "options": { "accepts": ["m2m_token"] },
        })
    }

    #[test]
    fn what_is_not_understood_is_a_protocol_error() {
        let verify_token = verify_token();
        assert_eq!(ask(&verify_token)["error"]["reason"], "token-invalid");
        for (pointer, value) in [
            ("/token", json!(1)),
            ("/now", json!("1")),
            ("/now", json!(1.5)),
            ("/keys", json!({})),
            ("/keys", json!({ "pem": 1 })),
            ("/keys", json!({ "jwks_text": {} })),
            ("/backend", json!("openssl")),
            ("/options", json!({})),
            ("/options/kind", json!("cookie")),
            ("/options/issuer", json!(["https://clerk.example.com"])),
            ("/options/authorized_parties", json!("https://example.com")),
            ("/options/audience", json!([1])),
            ("/options/audience_if_present", json!("yes")),
            ("/options/skew_ms", json!("5 s")),
        ] {
            let answer = ask(&changed(&verify_token, pointer, value.clone()));
            assert_eq!(answer["error"]["kind"], "protocol", "{pointer} {value} {answer}");
        }
        let authenticate = authenticate();
        assert_eq!(ask(&authenticate)["reason"], "unexpected-error");
        for (pointer, value) in [
            ("/method", json!("G E T")),
            ("/url", json!("https://a b")),
            ("/headers", json!({})),
            ("/headers", json!([["a"]])),
            ("/headers", json!([["a b", "c"]])),
            ("/headers", json!([["a", "\n"]])),
            ("/headers", json!([["a", "\u{100}"]])),
            ("/options/accepts", json!("session_token")),
            ("/options/accepts", json!(["password"])),
            ("/replies", json!([{ "status": 200 }])),
            ("/replies", json!([{ "match": "users", "status": 200 }])),
            ("/replies", json!([{ "match": "jwks" }])),
        ] {
            let answer = ask(&changed(&authenticate, pointer, value.clone()));
            assert_eq!(answer["error"]["kind"], "protocol", "{pointer} {value} {answer}");
        }
        for question in [
            json!({ "do": "has", "claims": [], "params": {} }),
            json!({ "do": "has", "claims": {}, "params": { "role": 1 } }),
            json!({ "do": "has", "claims": {}, "params": { "group": "a" } }),
            json!({ "do": "has", "claims": {}, "params": { "reverification": "loose" } }),
            json!({ "do": "has", "claims": {}, "params": { "reverification": { "level": "strict" } } }),
            json!({ "do": "rs256", "key": { "n": "", "e": "" }, "message_base64": "?" }),
            json!({ "do": "webhook" }),
        ] {
            let answer = ask(&question);
            assert_eq!(answer["error"]["kind"], "protocol", "{question} {answer}");
        }
    }

    #[test]
    fn what_cannot_be_built_is_a_config_error() {
        for (pointer, value) in [
            ("/keys", json!({ "pem": "a" })),
            ("/options/issuer", json!("")),
            ("/options/publishable_key", json!("pk_test_")),
            ("/options/authorized_parties", json!([])),
            ("/options/audience", json!([""])),
            ("/options/skew_ms", json!(-0.5)),
        ] {
            for question in [&verify_token(), &authenticate()] {
                let answer = ask(&changed(question, pointer, value.clone()));
                assert_eq!(answer["error"]["kind"], "config", "{pointer} {value} {answer}");
            }
        }
        for (key, accepts, is_fine) in [
            (json!({}), json!(["session_token"]), false),
            (json!({}), json!(["m2m_token"]), false),
            (json!({ "secret_key": "pk_test_abc" }), json!(["session_token"]), false),
            (json!({ "secret_key": "sk_test_abc" }), json!("any"), true),
            (json!({ "machine_secret_key": "ak_abc" }), json!(["m2m_token"]), true),
            (json!({ "machine_secret_key": "ak_abc" }), json!(["m2m_token", "api_key"]), false),
            (
                json!({ "machine_secret_key": "ak_abc" }),
                json!(["m2m_token", "session_token"]),
                false,
            ),
        ] {
            let mut question = changed(&authenticate(), "/options/accepts", accepts);
            question.as_object_mut().unwrap().remove("secret_key");
            question.as_object_mut().unwrap().append(&mut key.as_object().unwrap().clone());
            let answer = ask(&question);
            let is_config = answer["error"]["kind"] == "config";
            assert_eq!(is_config, !is_fine, "{question} {answer}");
        }
        let rs256 = json!({
            "do": "rs256", "key": { "n": "AQAB", "e": "AQAB" }, "message_base64": "", "signature_base64": "",
        });
        assert_eq!(ask(&rs256)["error"]["kind"], "config");
        assert_eq!(ask(&changed(&rs256, "/key/n", json!("+/")))["error"]["kind"], "config");
    }
}

//! Clerk's calls to you: webhooks, verified and typed.
//!
//! A [`Webhook`] holds the signing secret of an endpoint, as Clerk's dashboard shows it. It verifies what
//! arrives there, which costs no call to anybody: what passes is a [`Delivery`], and in it an [`Event`],
//! whose [`data`](Event::data) is typed.
//!
//! ```
//! use clerk_core::webhook::{EventData, Webhook};
//!
//! # let body = br#"{"type":"user.deleted","data":{"object":"user","id":"user_1","deleted":true}}"#;
//! # let now = clerk_core::Timestamp::from_secs(1_800_000_000);
//! let webhook = Webhook::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?; // once, at the start
//!
//! // For each request: its headers, its body to the byte, and SystemTime::now().
//! # let headers = webhook.sign("msg_1", now, body)?;
//! let delivery = webhook.verify(&headers, body, now)?; // or answer `rejection.response()`
//! match delivery.event.data()? {
//!     EventData::UserCreated(user) => println!("hello, {}", user.id),
//!     EventData::UserDeleted(user) => println!("farewell, {:?}", user.id),
//!     EventData::Unknown(_) => println!("a {} is news to this version", delivery.event.event_type),
//!     _ => {}
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Answer with a status from 200 to 299 once the event is safe with you. What was answered otherwise, or too late,
//! is sent again for a while, under the same [id](Delivery::id).
//!
//! | what happened | answer |
//! |---|---|
//! | `verify` refused it | [`Rejection::response`]: 400, the same for every reason |
//! | [`data`](Event::data) could not be read, or you could not store it | 500: it comes again |
//! | an event that you do not care for, or have handled before | 204 |
//!
//! # What is checked
//!
//! In this order; the first check that fails gives the [`Reason`].
//!
//! | | |
//! |---|---|
//! | 1 | the body has at most 1 MiB ([`max_body`](Webhook::max_body)) |
//! | 2 | id, timestamp and signature are there once each, as `svix-…` or `webhook-…`; as both only if they are equal |
//! | 3 | none of them is missing or blank |
//! | 4 | the timestamp is a plain number of seconds |
//! | 5, 6 | it is at most five minutes old, and at most five minutes ahead |
//! | 7 | there are at most 64 signatures, in 8 KiB |
//! | 8 | one of them is the HMAC-SHA256 of id, timestamp and body under one of the secrets |
//! | 9 | the body is a JSON object with a `type`, which is text, and with `data` |
//!
//! Signatures are compared in constant time, every one with every secret. **The body has to be the bytes that
//! came**: JSON that was parsed and written again has another signature.
//!
//! # Replays
//!
//! Whoever has seen a delivery can send it again for five minutes, with its good signature. Do what an event says
//! in a way that may happen twice, or keep the ids that you have had: [`ReplayGuard`] does, for one process and for as
//! long as a replay is possible. Deliveries may come in another order than what they tell of: compare
//! [`timestamp`](Event::timestamp), or `updated_at`, before you overwrite what is newer.
//!
//! Bodies that guides and dashboards show as examples may be older than this version's types, and lack members that
//! Clerk's document requires: [`data`](Event::data) says which, and [`Event::read`] reads what is there into a type of
//! yours.
//!
//! # Tests
//!
//! [`Webhook::sign`] makes the headers of a delivery; [`Event::from_json`] an event without any.
use std::{error::Error as StdError, fmt, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header::CACHE_CONTROL};
use serde::{Deserialize, Serialize};
use subtle::{Choice, ConstantTimeEq as _};

use crate::{Error, Moment, Timestamp};

mod billing;
mod event;
mod invitation;
mod message;
mod replay;
mod secret;
mod session;

pub use self::{
    billing::{
        ChargeType, EventPayer, EventPaymentSource, EventPlan, EventSubscription,
        EventSubscriptionItem, EventUnitPrice, EventUnitPriceTier, Payee, PaymentAttempt,
        PaymentAttemptTotals, PaymentFailure, UnitTotal,
    },
    event::{Event, EventAttributes, EventData, EventType, HttpRequestAttributes},
    invitation::{EventOrganizationInvitation, OrganizationInvitationData},
    message::{Email, Sms},
    replay::ReplayGuard,
    secret::SigningSecret,
    session::SessionWithUser,
};

/// How far the time of a delivery may be from ours, in seconds.
const TOLERANCE: i64 = 300;
/// The most that a body may have unless it is set, in bytes.
const MAX_BODY: usize = 1 << 20;
/// The most that the header with the signatures may have, in bytes.
const MAX_SIGNATURE_HEADER: usize = 8192;
const MAX_SIGNATURES: usize = 64;

/// The names of each header, Clerk's own first.
const ID: [&str; 2] = ["svix-id", "webhook-id"];
const TIMESTAMP: [&str; 2] = ["svix-timestamp", "webhook-timestamp"];
const SIGNATURE: [&str; 2] = ["svix-signature", "webhook-signature"];

/// An endpoint that webhooks arrive at: verifies them with its signing secret.
///
/// Clones are cheap, and share the secrets. See the [module](self) for how to use it.
#[derive(Clone, Debug)]
#[must_use]
#[doc(alias = "verifyWebhook")]
pub struct Webhook {
    secrets: Arc<[SigningSecret]>,
    max_body: usize,
}

impl Webhook {
    /// An endpoint with this signing secret, as Clerk's dashboard shows it: `whsec_…`.
    ///
    /// Other SDKs find it in the variable `CLERK_WEBHOOK_SIGNING_SECRET`.
    ///
    /// # Errors
    ///
    /// If it cannot be one; see [`SigningSecret::new`].
    pub fn new(secret: impl AsRef<str>) -> Result<Self, Error> {
        Self::with_secrets([secret])
    }

    /// An endpoint with several signing secrets, any of which is good: the old and the new one, while they
    /// are being changed. The first one signs.
    ///
    /// # Errors
    ///
    /// If there is none, or one of them cannot be one.
    pub fn with_secrets<S: AsRef<str>>(
        secrets: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        let secrets: Result<Arc<[_]>, _> =
            secrets.into_iter().map(|secret| SigningSecret::new(secret.as_ref())).collect();
        let secrets = secrets?;
        if secrets.is_empty() {
            return Err(Error::config("signing_secret", "there is none"));
        }
        Ok(Self { secrets, max_body: MAX_BODY })
    }

    /// Sets how many bytes a body may have: 1 MiB unless set. What is larger is refused before anything else;
    /// whoever reads the body from a socket has to stop there, too.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Verifies what arrived: these headers, and this body to the byte. `now` is a `SystemTime`, a
    /// [`Timestamp`] or a [`Moment`].
    ///
    /// # Errors
    ///
    /// If it is not what Clerk sent, not to this endpoint or not now; see the [module](self) for what is
    /// checked.
    pub fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: impl Into<Moment>,
    ) -> Result<Delivery, Rejection> {
        if body.len() > self.max_body {
            return Err(Reason::BodyTooLarge.into());
        }
        let found = (field(headers, ID)?, field(headers, TIMESTAMP)?, field(headers, SIGNATURE)?);
        let (id, timestamp, signatures) =
            (present(found.0, ID)?, present(found.1, TIMESTAMP)?, present(found.2, SIGNATURE)?);
        let sent_at = plain_seconds(timestamp).ok_or(Reason::TimestampInvalid)?;
        let age = now.into().wall.as_secs().saturating_sub(sent_at);
        if age > TOLERANCE {
            return Err(Reason::TimestampTooOld.into());
        }
        if age < -TOLERANCE {
            return Err(Reason::TimestampTooNew.into());
        }
        if !self.is_signed(signatures, &[id, b".", timestamp, b".", body]) {
            return Err(Reason::SignatureInvalid.into());
        }
        let event = std::str::from_utf8(body).ok().and_then(Event::parse);
        Ok(Delivery {
            // Clerk's are ASCII; whatever else it is, two different ones stay different.
            id: id.iter().copied().map(char::from).collect(),
            sent_at: Timestamp::from_secs(sent_at),
            event: event.ok_or(Reason::PayloadInvalid)?,
        })
    }

    /// Whether one of the signatures is that of this message under one of the secrets. All are compared with
    /// all, so that time says nothing.
    fn is_signed(&self, signatures: &[u8], message: &[&[u8]]) -> bool {
        let candidates = || signatures.split(|byte| *byte == b' ').filter(|one| !one.is_empty());
        if signatures.len() > MAX_SIGNATURE_HEADER || candidates().count() > MAX_SIGNATURES {
            return false;
        }
        let mut found = Choice::from(0);
        for secret in &*self.secrets {
            let expected = secret.sign(message);
            for candidate in candidates().filter_map(decoded) {
                found |= candidate.ct_eq(&expected);
            }
        }
        found.into()
    }

    /// Signs a delivery, for tests: gives the headers that Clerk would send with it, under the names `svix-…`.
    ///
    /// ```
    /// use clerk_core::{Timestamp, webhook::Webhook};
    ///
    /// let webhook = Webhook::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?;
    /// let body = br#"{"email":"test@example.com","username":"test_user"}"#;
    /// let headers = webhook.sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", Timestamp::from_secs(1_649_367_553), body)?;
    /// assert_eq!(headers["svix-timestamp"], "1649367553");
    /// assert_eq!(headers["svix-signature"], "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the id cannot stand in a header.
    pub fn sign(&self, id: &str, now: impl Into<Moment>, body: &[u8]) -> Result<HeaderMap, Error> {
        let refused = || Error::argument("id", "it cannot stand in a header");
        let value = HeaderValue::from_str(id).ok().filter(|_| id.is_ascii()).ok_or_else(refused)?;
        let timestamp = now.into().wall.as_secs().to_string();
        let mut signature = "v1,".to_owned();
        // There is one: `with_secrets` has seen to it.
        if let Some(secret) = self.secrets.first() {
            let message: [&[u8]; 5] = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
            BASE64_STANDARD.encode_string(secret.sign(&message), &mut signature);
        }
        let mut headers = HeaderMap::with_capacity(3);
        headers.insert(HeaderName::from_static(ID[0]), value);
        for (name, text) in [(TIMESTAMP, timestamp), (SIGNATURE, signature)] {
            // Digits, and base64.
            let value = HeaderValue::try_from(text).map_err(|_| refused())?;
            headers.insert(HeaderName::from_static(name[0]), value);
        }
        Ok(headers)
    }
}

impl From<SigningSecret> for Webhook {
    fn from(secret: SigningSecret) -> Self {
        Self { secrets: Arc::new([secret]), max_body: MAX_BODY }
    }
}

/// The value of a header that has two names. More than one value is none that can be relied on.
fn field<'h>(headers: &'h HeaderMap, names: [&str; 2]) -> Result<Option<&'h [u8]>, Reason> {
    let mut found = None;
    for name in names {
        let mut values = headers.get_all(name).iter();
        let (value, second) = (values.next(), values.next());
        if second.is_some() || value.is_some_and(|value| found.is_some_and(|it| it != value)) {
            return Err(Reason::HeaderAmbiguous);
        }
        found = found.or(value);
    }
    Ok(found.map(HeaderValue::as_bytes))
}

fn present<'h>(value: Option<&'h [u8]>, names: [&'static str; 2]) -> Result<&'h [u8], Reason> {
    let [name, _] = names;
    value.filter(|value| !value.trim_ascii().is_empty()).ok_or(Reason::HeaderMissing(name))
}

/// Digits and nothing else: one way to write each number.
fn plain_seconds(text: &[u8]) -> Option<i64> {
    let is_plain = matches!(text, [b'1'..=b'9', ..] if text.len() <= 12 && text.iter().all(u8::is_ascii_digit));
    is_plain.then(|| text.iter().fold(0, |number, digit| 10 * number + i64::from(digit - b'0')))
}

/// The bytes of one signature, if it is of the one version that there is.
fn decoded(signature: &[u8]) -> Option<[u8; 32]> {
    // One more, as base64 is reserved for by the three bytes.
    let mut bytes = [0; 33];
    let text = signature.strip_prefix(b"v1,").filter(|text| text.len() == 44)?;
    let length = BASE64_STANDARD.decode_slice(text, &mut bytes).ok()?;
    bytes.get(..length)?.try_into().ok()
}

/// What arrived, and is what Clerk sent.
///
/// It is serialized together with the event, so that it can wait in a queue: as JSON text
/// (`serde_json::to_string`), by itself or as a member. The reader of that text has to be `serde_json`'s own, which
/// it is not inside of an enum with `#[serde(tag)]` or `untagged`, or with `flatten`. Two are equal if their texts are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delivery {
    /// The id of the message (`svix-id`): the same when it is sent again.
    pub id: String,
    /// When it was sent, to the second; when it is sent again, that time.
    pub sent_at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// Why a webhook was refused.
///
/// It is for whoever runs the program: it has no `Display`, so that it does not reach the other side by
/// accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The body has more bytes than are allowed.
    BodyTooLarge,
    /// A header came twice, or under both names with different values.
    HeaderAmbiguous,
    /// This header, or the one of the same kind that begins with `webhook-`, is missing or blank.
    HeaderMissing(&'static str),
    /// The timestamp is not a plain number of seconds.
    TimestampInvalid,
    /// It was sent more than five minutes ago.
    TimestampTooOld,
    /// It was sent more than five minutes from now.
    TimestampTooNew,
    /// No signature is good: another secret, a changed body, or a forgery.
    SignatureInvalid,
    /// The signature is good, but the body is no event.
    PayloadInvalid,
}

impl Reason {
    /// Its code, such as `signature-invalid`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BodyTooLarge => "body-too-large",
            Self::HeaderAmbiguous => "header-ambiguous",
            Self::HeaderMissing(_) => "header-missing",
            Self::TimestampInvalid => "timestamp-invalid",
            Self::TimestampTooOld => "timestamp-too-old",
            Self::TimestampTooNew => "timestamp-too-new",
            Self::SignatureInvalid => "signature-invalid",
            Self::PayloadInvalid => "payload-invalid",
        }
    }

    /// One sentence on what to look at, for whoever runs the program.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::BodyTooLarge => "the body is larger than `max_body`: is it a webhook at all?",
            Self::HeaderAmbiguous => {
                "one of the headers came with two values: does something in front of this server add them?"
            }
            Self::HeaderMissing(_) => {
                "a header is missing: it is no webhook, or something in front of this server drops it"
            }
            Self::TimestampInvalid => "the timestamp is not a plain number of seconds",
            Self::TimestampTooOld => {
                "it is more than five minutes old: a replay, or is this machine's clock fast?"
            }
            Self::TimestampTooNew => {
                "it is more than five minutes ahead: is this machine's clock slow?"
            }
            Self::SignatureInvalid => {
                "compare the signing secret with that of the endpoint, and see that the body is verified as it came, byte for byte"
            }
            Self::PayloadInvalid => {
                "the signature is good, but the body is no event: a JSON object with `type` and `data`"
            }
        }
    }
}

/// A webhook that was judged and refused.
///
/// `Display` is one text for all of them: whoever probes a server learns nothing from it. The
/// [`reason`](Self::reason) is for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// Why.
    pub reason: Reason,
}

impl Rejection {
    /// What to answer: 400, the same for every reason.
    pub fn response(&self) -> Response<()> {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self { reason }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a verified webhook")
    }
}

impl StdError for Rejection {}

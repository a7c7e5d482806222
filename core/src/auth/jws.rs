//! A token in its three parts, taken apart strictly (RFC 7515, compact serialization).
use base64::{DecodeSliceError, Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    claims::Slice,
    members::{Json, Members},
    reason::{Reason, TokenType},
};

/// How long a token may be, in bytes.
pub(super) const MAX_TOKEN: usize = 16 << 10;
/// How long the id of a key may be, in bytes.
const MAX_KID: usize = 256;
/// What the ids of machines begin with.
const MACHINE: &str = "mch_";

/// What a token is for: the kinds of JWT that Clerk signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Session,
    Template,
    M2m,
    Oauth,
    /// What a browser brings from the handshake. Clerk marks it as it marks sessions.
    Handshake,
}

impl Kind {
    /// The type of token, as requests know it.
    pub(super) fn token_type(self) -> Option<TokenType> {
        match self {
            Self::Session => Some(TokenType::Session),
            Self::Template | Self::Handshake => None,
            Self::M2m => Some(TokenType::M2m),
            Self::Oauth => Some(TokenType::Oauth),
        }
    }
}

/// A token in its parts. Nothing of it is verified yet.
pub(super) struct Jws {
    /// How much of the token is signed: header, dot, payload.
    signed: usize,
    algorithm: Algorithm,
    /// Whether the header has a member that changes what the rest means: `crit` or `zip`.
    has_extensions: bool,
    typ: Typ,
    category: Category,
    kid: Kid,
    header: String,
    payload: Vec<u8>,
    signature: Signature,
}

/// Room for the signature of the largest key that counts, and for what base64 wants beside it.
const SIGNATURE_ROOM: usize = 576;

struct Signature {
    bytes: [u8; SIGNATURE_ROOM],
    /// Nothing for one that is too long to be any.
    length: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Other,
    Unreadable,
}

/// The member `typ` of the header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Typ {
    Absent,
    Jwt,
    AccessToken,
    Other,
}

/// The member `cat` of the header: Clerk's category.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Category {
    Absent,
    Session,
    Template,
    M2m,
    Ignore,
    Other,
}

enum Kid {
    Absent,
    /// Where in the header it is.
    At(std::ops::Range<usize>),
    Escaped(Box<str>),
    Unusable,
}

impl Jws {
    /// Checks 1 and 2: size, three parts, strict base64url, a header that is one JSON object.
    pub(super) fn parse(token: &str) -> Result<Self, Reason> {
        if token.len() > MAX_TOKEN {
            return Err(Reason::TokenTooLong);
        }
        Self::split(token).ok_or(Reason::TokenInvalid)
    }

    fn split(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let signed = header.len() + 1 + payload.len();
        let decode = |part| URL_SAFE_NO_PAD.decode(part).ok();
        let (text, payload) = (String::from_utf8(decode(header)?).ok()?, decode(payload)?);
        let signature = Signature::read(signature)?;
        let header = Members::read(&text)?;
        let member = |name| header.get(name).map(Json::text);
        let algorithm = match member("alg").flatten().as_deref() {
            Some("RS256") => Algorithm::Rs256,
            Some(_) => Algorithm::Other,
            None => Algorithm::Unreadable,
        };
        let typ = match member("typ").as_ref().map(Option::as_deref) {
            None => Typ::Absent,
            Some(Some("JWT")) => Typ::Jwt,
            Some(Some("at+jwt" | "application/at+jwt")) => Typ::AccessToken,
            Some(_) => Typ::Other,
        };
        let category = match member("cat").as_ref().map(Option::as_deref) {
            None => Category::Absent,
            Some(Some("cl_B7d4PD111AAA")) => Category::Session,
            Some(Some("cl_B7d4PD222AAA")) => Category::Template,
            Some(Some("cl_B7d4PD333AAA")) => Category::M2m,
            Some(Some("cl_I7d4PD111III")) => Category::Ignore,
            Some(_) => Category::Other,
        };
        let kid = match member("kid") {
            None => Kid::Absent,
            Some(Some(kid)) if is_kid(&kid) => match Slice::new(&text, kid) {
                Slice::At(range) => Kid::At(range),
                Slice::Copy(kid) => Kid::Escaped(kid),
            },
            Some(_) => Kid::Unusable,
        };
        let has_extensions = header.get("crit").is_some() || header.get("zip").is_some();
        drop(header);
        Some(Self {
            signed,
            algorithm,
            has_extensions,
            typ,
            category,
            kid,
            header: text,
            payload,
            signature,
        })
    }

    /// What the token says that it is: which kind is worth trying.
    pub(super) fn kind(&self) -> Kind {
        if self.typ == Typ::AccessToken {
            Kind::Oauth
        } else if self.category == Category::M2m || self.is_of_machine() {
            Kind::M2m
        } else {
            Kind::Session
        }
    }

    fn is_of_machine(&self) -> bool {
        // Nearly no token has these letters at all, and then its claims need not be read twice.
        let may_be = memchr::memmem::find(&self.payload, MACHINE.as_bytes()).is_some()
            || memchr::memchr(b'\\', &self.payload).is_some();
        may_be
            && self.peek().and_then(|claims| claims.text("sub")).is_some_and(|sub| is_machine(&sub))
    }

    /// The claims before the signature is verified: to choose what to try, never to trust.
    pub(super) fn peek(&self) -> Option<Members<'_>> {
        Members::read(std::str::from_utf8(&self.payload).ok()?)
    }

    /// Checks 3 to 7: algorithm, extensions, class, id of the key.
    pub(super) fn check(&self, kind: Kind) -> Result<(), Reason> {
        match self.algorithm {
            Algorithm::Rs256 => {}
            Algorithm::Other => return Err(Reason::TokenInvalidAlgorithm),
            Algorithm::Unreadable => return Err(Reason::TokenInvalid),
        }
        if self.has_extensions || self.typ == Typ::Other {
            return Err(Reason::TokenInvalid);
        }
        let fits = match kind {
            Kind::Oauth => self.typ == Typ::AccessToken,
            _ if self.typ == Typ::AccessToken => false,
            Kind::Session | Kind::Handshake => {
                matches!(self.category, Category::Absent | Category::Session | Category::Ignore)
            }
            Kind::Template => {
                matches!(self.category, Category::Absent | Category::Template | Category::Ignore)
            }
            Kind::M2m => matches!(self.category, Category::Absent | Category::M2m),
        };
        if !fits {
            return Err(Reason::TokenTypeMismatch);
        }
        match self.kid {
            Kid::Unusable => Err(Reason::TokenInvalid),
            _ => Ok(()),
        }
    }

    /// The id of the key that it names.
    pub(super) fn kid(&self) -> Option<&str> {
        match &self.kid {
            Kid::At(range) => self.header.get(range.clone()),
            Kid::Escaped(kid) => Some(kid),
            Kid::Absent | Kid::Unusable => None,
        }
    }

    /// The signature; nothing if it is too long to be one.
    pub(super) fn signature(&self) -> &[u8] {
        self.signature.bytes.get(..self.signature.length).unwrap_or_default()
    }

    /// What is signed of the token that this was parsed from.
    pub(super) fn message<'t>(&self, token: &'t str) -> &'t [u8] {
        token.as_bytes().get(..self.signed).unwrap_or_default()
    }

    /// The payload by value, if it is text.
    pub(super) fn into_payload(self) -> Option<String> {
        String::from_utf8(self.payload).ok()
    }
}

impl Signature {
    fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; SIGNATURE_ROOM];
        let length = match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(length) => length,
            Err(DecodeSliceError::OutputSliceTooSmall) => {
                URL_SAFE_NO_PAD.decode(text).ok()?;
                0
            }
            Err(DecodeSliceError::DecodeError(_)) => return None,
        };
        Some(Self { bytes, length })
    }
}

/// Whether a text can be the id of a key.
pub(super) fn is_kid(text: &str) -> bool {
    (1..=MAX_KID).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Whether a subject is a machine.
pub(super) fn is_machine(subject: &str) -> bool {
    subject.starts_with(MACHINE)
}

/// One part of a token, or a number of a key, in strict base64url.
pub(super) fn base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

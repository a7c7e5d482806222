//! What an error of the HTTP library means.
use std::{borrow::Cow, error::Error as StdError, fmt, io};

use clerk_core::{Failure, FailureKind, Phase, Reach};
use hyper_util::client::legacy;

use crate::BoxError;

/// Tells a failure's kind from the causes of `error`, and its reach from `written`: whether a byte
/// of the request may have left, if that is known. If it is not, only a short list is proof that
/// none has.
pub(crate) fn classify(error: BoxError, written: Option<bool>) -> Failure {
    let mut found = Found::default();
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&*error);
    while let Some(error) = cause {
        found.look(error);
        // `source` of an `io::Error` skips the error that is in it.
        cause = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    let unsent = written.map_or(found.connect || found.canceled, |written| !written);
    let reach = if unsent { Reach::NotSent } else { Reach::MaybeSent };
    let (kind, detail) = found.kind();
    let failure = Failure::new(kind, reach, error);
    match detail {
        Some(detail) => failure.with_detail(detail),
        None => failure,
    }
}

/// What our connections themselves find wrong, on its way through the library.
#[derive(Clone, Debug)]
pub(crate) struct Ours(FailureKind, Cow<'static, str>);

impl Ours {
    pub(crate) fn new(kind: FailureKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(kind, detail.into())
    }
}

impl fmt::Display for Ours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1)
    }
}

impl StdError for Ours {}

/// What was seen among the causes of an error.
#[derive(Default)]
struct Found {
    /// The pool got no connection.
    connect: bool,
    /// hyper gave the request back.
    canceled: bool,
    late: bool,
    /// What we found wrong ourselves, or rustls did.
    told: Option<(FailureKind, String)>,
    protocol: bool,
    too_large: bool,
}

impl Found {
    fn look(&mut self, error: &(dyn StdError + 'static)) {
        if let Some(error) = error.downcast_ref::<legacy::Error>() {
            self.connect |= error.is_connect();
        } else if let Some(error) = error.downcast_ref::<hyper::Error>() {
            self.canceled |= error.is_canceled();
            // hyper has no predicates for these two, only texts.
            let text = error.to_string();
            self.too_large |= error.is_parse() && text.contains("too large");
            self.protocol |= error.is_parse() || text.contains("unexpected message");
        } else if let Some(error) = error.downcast_ref::<io::Error>() {
            self.late |= self.connect && error.kind() == io::ErrorKind::TimedOut;
            self.protocol |=
                matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput);
        } else if let Some(error) = error.downcast_ref::<rustls::Error>() {
            self.told = Some((FailureKind::Tls, error.to_string()));
        } else if let Some(Ours(kind, detail)) = error.downcast_ref() {
            self.told = Some((*kind, detail.to_string()));
        }
    }

    fn kind(self) -> (FailureKind, Option<String>) {
        if let Some((kind, detail)) = self.told {
            return (kind, Some(detail));
        }
        let kind = if self.late {
            FailureKind::Timeout(Phase::Connect)
        } else if self.connect {
            FailureKind::Connect
        } else if self.too_large {
            FailureKind::TooLarge
        } else if self.protocol {
            FailureKind::Protocol
        } else {
            FailureKind::Closed
        };
        (kind, None)
    }
}

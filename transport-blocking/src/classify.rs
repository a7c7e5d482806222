//! What an error of ureq says about the exchange.
use std::{error::Error as StdError, fmt, io};

use clerk_core::{Failure, FailureKind, Phase, Reach};
use http::StatusCode;
use ureq::{Error, Timeout};

/// How far an exchange got.
#[derive(Clone, Copy)]
pub(crate) enum Progress {
    /// Proven: not one byte of the request left.
    NotSent,
    /// Something left.
    Sent,
    /// Nobody watched: the agent is the caller's.
    Unwatched,
    /// The head of the answer is there.
    Answered(StatusCode),
}

pub(crate) fn classify(error: Error, progress: Progress) -> Failure {
    let reach = match progress {
        Progress::NotSent => Reach::NotSent,
        Progress::Unwatched if proves_not_sent(&error) => Reach::NotSent,
        _ => Reach::MaybeSent,
    };
    let (kind, detail) = kind(&error, reach, progress);
    let mut failure = Failure::new(kind, reach, error);
    if let Progress::Answered(status) = progress {
        failure = failure.with_status(status);
    }
    match detail {
        Some(detail) => failure.with_detail(detail),
        None => failure,
    }
}

fn kind(error: &Error, reach: Reach, progress: Progress) -> (FailureKind, Option<String>) {
    let answered = matches!(progress, Progress::Answered(_));
    let kind = match error {
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => FailureKind::Timeout(Phase::Connect),
        Error::Timeout(_) if answered => FailureKind::Timeout(Phase::Body),
        Error::Timeout(_) if reach == Reach::NotSent => FailureKind::Timeout(Phase::Connect),
        Error::Timeout(_) => FailureKind::Timeout(Phase::Headers),
        Error::HostNotFound | Error::ConnectionFailed => FailureKind::Connect,
        Error::ConnectProxyFailed(reason) => return (FailureKind::Connect, Some(reason.clone())),
        Error::Tls(reason) => return (FailureKind::Tls, Some((*reason).to_owned())),
        Error::TlsRequired => FailureKind::Tls,
        // In a body, it is the line before a chunk that has no end.
        Error::LargeResponseHeader(..) if !answered => FailureKind::TooLarge,
        // While an answer is read, the limit is ours.
        Error::BodyExceedsLimit(limit) if answered => {
            let detail = format!("more than {limit} bytes, which is max_response_body");
            return (FailureKind::TooLarge, Some(detail));
        }
        Error::BodyExceedsLimit(_) => FailureKind::TooLarge,
        // ureq does not give us this type's name, so all that tells this error from others is its text.
        Error::Protocol(error)
            if error.to_string() == "http parse resulted in too many headers" =>
        {
            FailureKind::TooLarge
        }
        Error::LargeResponseHeader(..) | Error::Protocol(_) | Error::Http(_) | Error::BadUri(_) => {
            FailureKind::Protocol
        }
        Error::Io(_) | Error::Other(_) => {
            if let Some(error) = find::<rustls::Error>(error) {
                return (FailureKind::Tls, Some(error.to_string()));
            }
            if let Some(Ours(kind, detail)) = find(error) {
                return (*kind, Some(detail.clone()));
            }
            unspecific(reach)
        }
        _ => unspecific(reach),
    };
    (kind, None)
}

fn unspecific(reach: Reach) -> FailureKind {
    if reach == Reach::NotSent { FailureKind::Connect } else { FailureKind::Closed }
}

/// The errors that by themselves prove that nothing was sent. All others may come before the request
/// or after it.
fn proves_not_sent(error: &Error) -> bool {
    match error {
        Error::HostNotFound
        | Error::BadUri(_)
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => true,
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => true,
        Error::Io(error) => matches!(find(error), Some(rustls::Error::InvalidCertificate(_))),
        _ => false,
    }
}

/// The first error of a type in a chain of causes.
fn find<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = match (error.downcast_ref(), error.downcast_ref::<io::Error>()) {
            // Neither of the two shows as its source what it wraps.
            (Some(Error::Io(error)), _) => Some(error),
            (Some(Error::Other(error)), _) => Some(&**error),
            (_, Some(error)) => error.get_ref().map(|error| error as _),
            _ => error.source(),
        };
    }
    None
}

/// What our connections themselves find wrong, on its way through ureq.
#[derive(Debug)]
struct Ours(FailureKind, String);

pub(crate) fn ours(kind: FailureKind, detail: &str) -> Error {
    Error::Other(Box::new(Ours(kind, detail.to_owned())))
}

impl fmt::Display for Ours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.1)
    }
}

impl StdError for Ours {}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(error: Error, progress: Progress) -> (FailureKind, Reach) {
        let failure = classify(error, progress);
        (failure.kind, failure.reach)
    }

    fn io_error(kind: io::ErrorKind) -> Error {
        Error::Io(kind.into())
    }

    fn of_rustls(error: rustls::Error) -> Error {
        // As it arrives: what rustls said, in what the stream said, in what ureq says.
        Error::Io(io::Error::other(io::Error::new(io::ErrorKind::InvalidData, error)))
    }

    #[test]
    fn what_was_watched_is_known() {
        use FailureKind::{Closed, Connect, Protocol, Timeout as TimedOut, Tls, TooLarge};
        use Progress::{Answered, NotSent, Sent};
        let ok = Answered(StatusCode::OK);
        let unknown_issuer = || {
            of_rustls(rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer))
        };
        for (error, progress, kind) in [
            (Error::HostNotFound, NotSent, Connect),
            (io_error(io::ErrorKind::ConnectionRefused), NotSent, Connect),
            (io_error(io::ErrorKind::ConnectionReset), NotSent, Connect),
            (io_error(io::ErrorKind::ConnectionReset), Sent, Closed),
            (io_error(io::ErrorKind::BrokenPipe), ok, Closed),
            (Error::ConnectProxyFailed("407".to_owned()), NotSent, Connect),
            (Error::Timeout(Timeout::Connect), NotSent, TimedOut(Phase::Connect)),
            (Error::Timeout(Timeout::Global), NotSent, TimedOut(Phase::Connect)),
            (Error::Timeout(Timeout::Global), Sent, TimedOut(Phase::Headers)),
            (Error::Timeout(Timeout::Global), ok, TimedOut(Phase::Body)),
            (unknown_issuer(), NotSent, Tls),
            (unknown_issuer(), Sent, Tls),
            (ours(Tls, "no roots"), NotSent, Tls),
            (ours(Protocol, "no end"), Sent, Protocol),
            (Error::LargeResponseHeader(1, 1), Sent, TooLarge),
            (Error::LargeResponseHeader(1, 1), ok, Protocol),
            (Error::BodyExceedsLimit(1), ok, TooLarge),
        ] {
            let text = error.to_string();
            let reach = if matches!(progress, NotSent) { Reach::NotSent } else { Reach::MaybeSent };
            assert_eq!(outcome(error, progress), (kind, reach), "{text}");
        }
    }

    #[test]
    fn of_a_callers_agent_only_the_provable_is_believed() {
        let reach = |error| classify(error, Progress::Unwatched).reach;
        for error in [
            Error::HostNotFound,
            Error::BadUri("x".to_owned()),
            Error::Timeout(Timeout::Resolve),
            Error::Timeout(Timeout::Connect),
            io_error(io::ErrorKind::ConnectionRefused),
            of_rustls(rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer)),
        ] {
            let text = error.to_string();
            assert_eq!(reach(error), Reach::NotSent, "{text}");
        }
        for error in [
            Error::Timeout(Timeout::Global),
            Error::Timeout(Timeout::SendRequest),
            Error::ConnectionFailed,
            io_error(io::ErrorKind::ConnectionReset),
            of_rustls(rustls::Error::DecryptError),
            Error::Other("?".into()),
        ] {
            let text = error.to_string();
            assert_eq!(reach(error), Reach::MaybeSent, "{text}");
        }
    }

    #[test]
    fn a_certificate_is_named_in_the_first_line() {
        let expired =
            of_rustls(rustls::Error::InvalidCertificate(rustls::CertificateError::Expired));
        let text = classify(expired, Progress::NotSent).to_string();
        assert_eq!(text, "no TLS session: invalid peer certificate: Expired (nothing was sent)");
    }
}

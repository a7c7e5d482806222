//! Just enough HTTP/1.1 for the custom runtimes: one request per connection, plain http.
//!
//! Bytes in, bytes out: the sockets are the runtimes'.
use std::{error::Error, net::SocketAddr};

use bytes::Bytes;
use clerk_core::{Failure, FailureKind, Reach};
use http::{Request, Response};

/// The largest answer that is read.
const MAX_ANSWER: usize = 1 << 20;

/// Where a request goes.
///
/// # Errors
///
/// If it is not plain http to an address: these examples look up no names and speak no TLS.
pub fn address(request: &Request<Bytes>) -> Result<SocketAddr, Failure> {
    let uri = request.uri();
    let host = uri.host().unwrap_or_default();
    let address = match (uri.scheme_str(), host.trim_matches(['[', ']']).parse()) {
        (Some("http"), Ok(ip)) => Some(SocketAddr::new(ip, uri.port_u16().unwrap_or(80))),
        _ => None,
    };
    address.ok_or_else(|| {
        Failure::new(
            FailureKind::Connect,
            Reach::NotSent,
            "this example speaks plain http to an address only",
        )
    })
}

/// The bytes of a request.
pub fn encode(request: &Request<Bytes>) -> Vec<u8> {
    let uri = request.uri();
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let mut bytes =
        format!("{} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n", request.method())
            .into_bytes();
    for (name, value) in request.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", request.body().len()).as_bytes());
    bytes.extend_from_slice(request.body());
    bytes
}

/// Collects the bytes of an answer until it is whole.
#[derive(Debug, Default)]
pub struct Answer(Vec<u8>);

impl Answer {
    /// Takes what was read; nothing for the end of the connection. Gives the answer once it is
    /// whole.
    ///
    /// # Errors
    ///
    /// If it is not HTTP, is too large, or ends early.
    pub fn push(&mut self, read: &[u8]) -> Result<Option<Response<Bytes>>, Failure> {
        self.0.extend_from_slice(read);
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Response::new(&mut headers);
        let parsed = head.parse(&self.0).map_err(|error| failed(FailureKind::Protocol, error))?;
        if let httparse::Status::Complete(length) = parsed {
            let mut response = Response::builder().status(head.code.unwrap_or_default());
            let mut announced = None;
            for header in head.headers.iter() {
                if header.name.eq_ignore_ascii_case("content-length") {
                    announced = std::str::from_utf8(header.value)
                        .ok()
                        .and_then(|text| text.parse::<usize>().ok());
                }
                if header.name.eq_ignore_ascii_case("transfer-encoding") {
                    return Err(failed(FailureKind::Protocol, "this example reads no chunks"));
                }
                response = response.header(header.name, header.value);
            }
            let body = self.0.get(length..).unwrap_or_default();
            let whole = match announced {
                Some(announced) => body.get(..announced),
                // Without a length, the end of the connection is the end of the answer.
                None => read.is_empty().then_some(body),
            };
            if let Some(body) = whole {
                let response = response.body(Bytes::copy_from_slice(body));
                return response.map(Some).map_err(|error| failed(FailureKind::Protocol, error));
            }
        }
        if read.is_empty() {
            return Err(failed(FailureKind::Closed, "the connection ended before the answer did"));
        }
        if self.0.len() > MAX_ANSWER {
            return Err(failed(FailureKind::TooLarge, "the answer is too large for an example"));
        }
        Ok(None)
    }
}

/// A failure after the request left: it may have been processed.
pub fn failed(kind: FailureKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Failure {
    Failure::new(kind, Reach::MaybeSent, source)
}

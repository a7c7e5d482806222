//! What is not passed on.
use std::{error::Error as StdError, fmt};

use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{ALLOW, CACHE_CONTROL},
};

/// Why a request or an answer is not passed on. `Display` is a sentence that may be shown to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProxyRefusal {
    /// The path is not the proxy's: 404.
    PathNotProxied,
    /// The path may mean different things to different readers: 400.
    PathMalformed,
    /// The method is none that the Frontend API has: 405.
    MethodNotAllowed,
    /// The answer is none, but changes the protocol of its connection: 502.
    ProtocolSwitched,
}

impl ProxyRefusal {
    pub(super) const METHODS: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];

    /// The status to answer with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::PathNotProxied => StatusCode::NOT_FOUND,
            Self::PathMalformed => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::ProtocolSwitched => StatusCode::BAD_GATEWAY,
        }
    }

    /// The code for the JSON of an error, as Clerk's frontend libraries know it: `proxy_path_mismatch` or
    /// `proxy_request_failed`.
    pub fn code(self) -> &'static str {
        match self {
            Self::PathNotProxied => "proxy_path_mismatch",
            _ => "proxy_request_failed",
        }
    }

    /// The answer, without a body, and not to be cached.
    pub fn response(self) -> Response<()> {
        let mut response = Response::new(());
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self == Self::MethodNotAllowed {
            let allowed = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
            headers.insert(ALLOW, HeaderValue::from_static(allowed));
        }
        response
    }
}

impl fmt::Display for ProxyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PathNotProxied => "nothing of the Frontend API is at this path",
            Self::PathMalformed => "this path cannot be passed on to the Frontend API",
            Self::MethodNotAllowed => "the Frontend API has no such method",
            Self::ProtocolSwitched => "the Frontend API gave an answer that cannot be passed on",
        })
    }
}

impl StdError for ProxyRefusal {}

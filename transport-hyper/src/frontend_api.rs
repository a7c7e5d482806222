//! A proxy for the Frontend API, as a tower service: browsers reach Clerk through the application's own host.
//!
//! [`FrontendApiProxy`] says what is passed on, and where the key goes; [`FrontendApiService`] does it. Bodies are
//! streamed both ways, piece by piece, and of any length.
//!
//! ```
//! use std::net::SocketAddr;
//! use axum::{Router, extract::ConnectInfo};
//! use clerk_hyper::frontend_api::{FrontendApiProxy, FrontendApiService};
//!
//! # fn app(secret_key: &str) -> Result<Router, clerk_hyper::Error> {
//! let proxy = FrontendApiProxy::builder("https://app.example.com/__clerk", secret_key).build()?;
//! let clerk = FrontendApiService::builder(&proxy)
//!     // The address of the connection; behind a load balancer, what that one says.
//!     .client_ip(|parts| Some(parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip()))
//!     .build()?;
//!
//! let app = Router::new().route_service("/__clerk/{*rest}", clerk);
//! # Ok(app)
//! # }
//! ```
//!
//! (Serve it with `app.into_make_service_with_connect_info::<SocketAddr>()`, or there is no address.)
//!
//! It sees whole paths, and answers 404 to those that are not the proxy's: use `route_service` or `fallback_service`,
//! and not `nest_service`, which takes the beginning of the path away. It is for browsers that are not signed in yet:
//! an [`AuthLayer`](crate::AuthLayer) does not belong in front of it.
//!
//! # Answers of its own
//!
//! | | |
//! |---|---|
//! | 404, 400, 405 | the request is [not passed on](ProxyRefusal) |
//! | 502 | the Frontend API cannot be reached, breaks off, or gives no answer that is one |
//! | 504 | it does not let itself be connected to, or does not answer, within the time |
//!
//! Their bodies are small JSON (`{"errors":[{"code":…,"message":…}]}`), the same for every cause. The cause is for
//! your log, in a layer outside of the service: the answer has an `Arc<Failure>` among its extensions, of the type
//! [`Failure`], or a [`ProxyRefusal`].
//!
//! An answer that breaks off in the middle of its body breaks off for the browser, too.
//!
//! # Limits
//!
//! | what | unless set | |
//! |---|---|---|
//! | connecting, TLS included | 3 s | [`connect_timeout`](FrontendApiServiceBuilder::connect_timeout) |
//! | the head of an answer, from the last piece of the request on | 10 s | [`response_timeout`](FrontendApiServiceBuilder::response_timeout) |
//! | head of an answer | 64 KiB, 100 fields | |
//! | all bytes of an answer between two pieces of its body | 1 MiB | |
//!
//! There is no limit on the length of bodies, nor on the time that they take: that is for the server in front. Dropping
//! the future of an answer, or its body, ends the exchange with the Frontend API. HTTP/1.1 only; redirects go back to
//! the browser, and nothing is decompressed.
use std::{
    convert::Infallible,
    fmt,
    net::IpAddr,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use clerk_core::{
    Error, Failure, FailureKind, Phase, Reach,
    connection::{ConnectionSettings, Connections, readable},
};
use http::{
    HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE},
    request::Parts,
};
use http_body::{Frame, SizeHint};
use hyper::{
    body::Incoming,
    rt::{Read, Write},
};
use hyper_util::{
    client::legacy::{
        self,
        connect::{Connection, capture_connection},
    },
    rt::{TokioExecutor, TokioTimer},
};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};
use tower_service::Service;

pub use clerk_core::frontend_api::{FrontendApiProxy, FrontendApiProxyBuilder, ProxyRefusal};

use crate::{
    BoxError, BoxFuture,
    builder::LONGEST_IDLE,
    classify::classify,
    connector::{self, Connect, Guard, Guarded},
    pool::has_two_lengths,
    proxy::Tcp,
    tls::Tls,
};

/// How much may come in while nothing of a body is handed on: a head, interim answers, chunk sizes.
const INGRESS: u64 = 1 << 20;
/// How much is read at a time.
const READ_BUFFER: usize = 64 << 10;
/// How long the head of an answer may be, in bytes.
const MAX_HEAD: usize = 64 << 10;
/// Longer than anybody waits, and short enough to be added to any clock.
const LONGEST_WAIT: Duration = LONGEST_IDLE;

type ClientIp = Box<dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync>;

/// Passes requests on to the Frontend API: see the [module](self).
///
/// A [`tower_service::Service`] of every `http::Request` whose body is made of [`Bytes`]. It is always ready, and never
/// gives an error. Clones are cheap, and share connections, which belong to the runtime that opened them.
#[derive(Clone)]
pub struct FrontendApiService(Arc<Inner>);

struct Inner {
    proxy: FrontendApiProxy,
    pool: legacy::Client<Guard, Upload>,
    response_timeout: Duration,
    client_ip: Option<ClientIp>,
}

impl FrontendApiService {
    /// A service with everything as it is unless set: it does not tell Clerk the addresses of clients.
    ///
    /// # Errors
    ///
    /// If the machine has no certificates that could be trusted.
    pub fn new(proxy: &FrontendApiProxy) -> Result<Self, Error> {
        Self::builder(proxy).build()
    }

    /// A service to be adjusted.
    pub fn builder(proxy: &FrontendApiProxy) -> FrontendApiServiceBuilder {
        FrontendApiServiceBuilder {
            proxy: proxy.clone(),
            connections: ConnectionSettings::default(),
            tls: Tls::Platform,
            connector: None,
            response_timeout: Duration::from_secs(10),
            client_ip: None,
        }
    }

    /// The request as it is passed on, and what of its time is noted; or why it is not.
    fn prepare<B>(&self, request: Request<B>) -> Result<(Request<Upload>, LastPiece), ProxyRefusal>
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let Inner { proxy, client_ip, .. } = &*self.0;
        let (parts, body) = request.into_parts();
        let client = client_ip.as_ref().and_then(|client_ip| client_ip(&parts));
        let mut parts = proxy.request(&parts, client)?;
        let length = if body.is_end_stream() { Some(0) } else { body.size_hint().exact() };
        // What is said of a body's length is to be its length: layers in front may have read or changed it, and what
        // is missing would be taken from the next request. And some servers insist on a length where a body is usual.
        let usual = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH);
        if let Some(length) = length
            && (usual || length > 0 || parts.headers.contains_key(CONTENT_LENGTH))
        {
            parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let last = LastPiece::new(body.is_end_stream());
        let body = Upload { body: Box::pin(body), last: last.clone() };
        Ok((Request::from_parts(parts, body), last))
    }

    /// The answer of the Frontend API.
    async fn pass_on(
        &self,
        mut request: Request<Upload>,
        last: LastPiece,
    ) -> Response<FrontendApiBody> {
        let connection = capture_connection(&mut request);
        let is_head = request.method() == Method::HEAD;
        let limit = self.0.response_timeout;
        let mut answer = pin!(self.0.pool.request(request));
        let response = loop {
            let until = last.time() + limit;
            match timeout_at(until, answer.as_mut()).await {
                Ok(Ok(response)) => break response,
                Ok(Err(error)) => return failed(classify(error.into(), None)),
                // Another piece of the request was sent meanwhile.
                Err(_) if last.time() + limit > until => {}
                Err(late) => {
                    let kind = FailureKind::Timeout(Phase::Headers);
                    return failed(Failure::new(kind, Reach::MaybeSent, late));
                }
            }
        };
        if (!last.is_over() || has_two_lengths(response.headers()))
            && let Some(connection) = &*connection.connection_metadata()
        {
            // Whoever answers before the whole of a request has come may not read the rest of it, and would take that
            // for the next one, which is somebody else's. And who knows where an answer of two lengths ends.
            connection.poison();
        }
        let (mut parts, body) = response.into_parts();
        // What hyper limits is its buffer, and that may grow beyond.
        let length = parts.headers.iter().fold(0, |length: usize, (name, value)| {
            length.saturating_add(name.as_str().len() + value.len() + 4)
        });
        if length > MAX_HEAD {
            let detail = "the head of the answer is too large";
            return failed(Failure::new(FailureKind::TooLarge, Reach::MaybeSent, detail));
        }
        let meter = parts.extensions.remove::<Meter>();
        if let Err(refusal) = self.0.proxy.response(&mut parts) {
            return refused(refusal);
        }
        let is_bare =
            is_head || matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let body = if is_bare { Kind::None } else { Kind::Streamed { body, meter } };
        Response::from_parts(parts, FrontendApiBody(body))
    }
}

impl<B> Service<Request<B>> for FrontendApiService
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<FrontendApiBody>;
    type Error = Infallible;
    type Future = BoxFuture<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        match service.prepare(request) {
            Ok((request, last)) => {
                Box::pin(async move { Ok(service.pass_on(request, last).await) })
            }
            Err(refusal) => Box::pin(std::future::ready(Ok(refused(refusal)))),
        }
    }
}

impl fmt::Debug for FrontendApiService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrontendApiService")
            .field("proxy", &self.0.proxy)
            .field("response_timeout", &self.0.response_timeout)
            .finish_non_exhaustive()
    }
}

/// What is answered where the Frontend API does not. The cause goes no further than to the log.
fn failed(failure: Failure) -> Response<FrontendApiBody> {
    let (status, message) = match failure.kind {
        FailureKind::Timeout(_) => {
            (StatusCode::GATEWAY_TIMEOUT, "the Frontend API took too long to answer")
        }
        _ => (StatusCode::BAD_GATEWAY, "the Frontend API could not be reached"),
    };
    let mut response = Response::new(());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.extensions_mut().insert(Arc::new(failure));
    told(response, "proxy_request_failed", message)
}

fn refused(refusal: ProxyRefusal) -> Response<FrontendApiBody> {
    let mut response = refusal.response();
    response.extensions_mut().insert(refusal);
    told(response, refusal.code(), &refusal.to_string())
}

fn told(mut response: Response<()>, code: &str, message: &str) -> Response<FrontendApiBody> {
    // Both are ours, and need no escapes.
    let json = format!(r#"{{"errors":[{{"code":"{code}","message":"{message}"}}]}}"#);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.map(|()| FrontendApiBody(Kind::Own(json.into())))
}

/// Collects the settings of a [`FrontendApiService`].
#[must_use]
pub struct FrontendApiServiceBuilder {
    proxy: FrontendApiProxy,
    connections: ConnectionSettings,
    tls: Tls,
    connector: Option<Box<dyn Connect>>,
    response_timeout: Duration,
    client_ip: Option<ClientIp>,
}

impl FrontendApiServiceBuilder {
    /// Tells Clerk the address of the client, as this function finds it in a request; nothing is told unless set.
    ///
    /// Take it from the connection, or from a header that your own load balancer sets on every request: what
    /// strangers can set is what strangers will say.
    pub fn client_ip<F>(mut self, client_ip: F) -> Self
    where
        F: Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static,
    {
        self.client_ip = Some(Box::new(client_ip));
        self
    }

    /// Limits the time from the last piece of a request, or from its beginning, to the head of the answer, connecting
    /// included; 10 s unless set.
    pub fn response_timeout(mut self, time: Duration) -> Self {
        self.response_timeout = time;
        self
    }

    clerk_core::connection_setters! {
        /// Limits connecting, from looking up the host to the end of the TLS handshake; 3 s unless set.
        connect_timeout(time: Duration);
        /// Limits how many connections are kept open while nothing is sent; 32 unless set.
        max_idle_connections(connections: usize);
        /// Sets how long an idle connection is kept open; 15 s unless set.
        idle_timeout(time: Duration);
        /// Goes through this proxy, as with [`ClerkBuilder::proxy`](crate::ClerkBuilder::proxy).
        proxy(url: &str);
    }

    /// Goes through the proxy that the environment names, if it does, as with
    /// [`ClerkBuilder::proxy_from_env`](crate::ClerkBuilder::proxy_from_env).
    pub fn proxy_from_env(mut self) -> Self {
        let variable = readable(|name| std::env::var_os(name));
        self.connections = self.connections.proxy_from_variables(variable);
        self
    }

    /// Uses this TLS configuration, as with [`ClerkBuilder::tls_config`](crate::ClerkBuilder::tls_config).
    pub fn tls_config(mut self, config: ClientConfig) -> Self {
        self.tls = Tls::Own(Box::new(config));
        self
    }

    /// Trusts the roots that Mozilla trusts, as they were when this crate was built, instead of what the machine
    /// trusts.
    #[cfg(feature = "webpki-roots")]
    pub fn webpki_roots(mut self) -> Self {
        self.tls = Tls::WebpkiRoots;
        self
    }

    /// Connects with this connector, as with [`ClerkBuilder::connector`](crate::ClerkBuilder::connector). The key goes
    /// wherever it connects to.
    pub fn connector<C>(mut self, connector: C) -> Self
    where
        C: Service<Uri, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
        C::Response: Read + Write + Connection + Send + Unpin + 'static,
    {
        self.connector = Some(Box::new(connector::Own::new(connector)));
        self
    }

    /// Checks everything and makes the service. Nothing is sent, and no runtime is needed yet.
    ///
    /// # Errors
    ///
    /// If a setting cannot be used, which the message names, or TLS cannot be had.
    pub fn build(self) -> Result<FrontendApiService, Error> {
        let Self { proxy, connections, tls, connector, response_timeout, client_ip } = self;
        if response_timeout.is_zero() {
            let problem = "no time at all: give more than zero";
            return Err(Error::invalid_configuration("response_timeout", problem));
        }
        let connections = connections.check()?;
        let is_https = proxy.frontend_api_url().starts_with("https:");
        let connector = connect(connector, tls, &connections, is_https)?;
        let guard = Guarded {
            connector,
            limit: connections.connect_timeout,
            ingress: INGRESS,
            streams: true,
        };
        let pool = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(connections.idle_timeout.min(LONGEST_IDLE))
            .pool_max_idle_per_host(connections.max_idle_connections)
            // Only what came back whole from a connection that was closed meanwhile: nothing of it was sent.
            .retry_canceled_requests(true)
            .http1_max_buf_size(READ_BUFFER)
            .build(Guard(Arc::new(guard)));
        let response_timeout = response_timeout.min(LONGEST_WAIT);
        Ok(FrontendApiService(Arc::new(Inner { proxy, pool, response_timeout, client_ip })))
    }
}

impl fmt::Debug for FrontendApiServiceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrontendApiServiceBuilder")
            .field("proxy", &self.proxy)
            .field("connections", &self.connections)
            .field("response_timeout", &self.response_timeout)
            .finish_non_exhaustive()
    }
}

/// What connects: the caller's connector, or ours. Where https is wanted, it can be had.
fn connect(
    connector: Option<Box<dyn Connect>>,
    tls: Tls,
    connections: &Connections,
    is_https: bool,
) -> Result<Box<dyn Connect>, Error> {
    let own_tls = !matches!(tls, Tls::Platform);
    match connector {
        Some(_) if own_tls || connections.proxy.is_some() => {
            let problem = "it does TLS and proxies by itself: leave out their settings";
            Err(Error::invalid_configuration("connector", problem))
        }
        Some(connector) => Ok(connector),
        None => {
            let tcp = Tcp::new(connections.proxy.clone(), connections.connect_timeout);
            let tls = connector::Tls::new(tcp, tls);
            if is_https && let Err(problem) = tls.https() {
                return Err(Error::invalid_configuration("tls_config", problem.to_string()));
            }
            Ok(Box::new(tls))
        }
    }
}

/// For bodies of any length: each piece that is handed on starts the count of what comes in again. The pool puts it
/// among the extensions of the answer.
#[derive(Clone, Default)]
pub(crate) struct Meter(Arc<AtomicBool>);

impl Meter {
    fn reset(&self) {
        self.0.store(true, Relaxed);
    }

    /// Whether it was since it was last asked.
    pub(crate) fn was_reset(&self) -> bool {
        self.0.swap(false, Relaxed)
    }
}

/// When the last piece of a request was handed on, and whether there are no more.
#[derive(Clone)]
struct LastPiece(Arc<Mutex<(Instant, bool)>>);

impl LastPiece {
    fn new(is_over: bool) -> Self {
        Self(Arc::new(Mutex::new((Instant::now(), is_over))))
    }

    fn time(&self) -> Instant {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn is_over(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    fn note(&self, is_over: bool) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (Instant::now(), is_over);
    }
}

/// The body of a request, on its way.
struct Upload {
    body: Pin<Box<dyn Pieces>>,
    last: LastPiece,
}

/// A body without its type, and without trailers, which would be fields that nobody has looked at.
trait Pieces: Send {
    fn poll_piece(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BoxError>>>;
    fn is_over(&self) -> bool;
    fn size(&self) -> SizeHint;
}

impl<B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send> Pieces for B {
    fn poll_piece(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BoxError>>> {
        loop {
            match ready!(self.as_mut().poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(piece) = frame.into_data() {
                        return Poll::Ready(Some(Ok(piece)));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn is_over(&self) -> bool {
        self.is_end_stream()
    }

    fn size(&self) -> SizeHint {
        self.size_hint()
    }
}

impl http_body::Body for Upload {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let piece = ready!(self.body.as_mut().poll_piece(cx));
        self.last.note(piece.is_none() || self.body.is_over());
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_over()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size()
    }
}

/// The body of an answer of [`FrontendApiService`]: as it comes from the Frontend API, or a few bytes of our own.
pub struct FrontendApiBody(Kind);

enum Kind {
    /// There is none, whatever the head says of its length.
    None,
    Own(Bytes),
    Streamed {
        body: Incoming,
        meter: Option<Meter>,
    },
}

impl http_body::Body for FrontendApiBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let piece = match &mut self.0 {
            Kind::None => None,
            Kind::Own(own) => {
                let own = std::mem::take(own);
                (!own.is_empty()).then_some(Ok(own))
            }
            Kind::Streamed { body, meter } => {
                let piece = ready!(Pin::new(body).poll_piece(cx));
                if let Some(meter) = meter {
                    meter.reset();
                }
                piece
            }
        };
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::None => true,
            Kind::Own(own) => own.is_empty(),
            Kind::Streamed { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            // Not zero, which a server might write down: the body that is not sent may have another length.
            Kind::None => SizeHint::default(),
            Kind::Own(own) => SizeHint::with_exact(own.len() as u64),
            Kind::Streamed { body, .. } => body.size_hint(),
        }
    }
}

impl fmt::Debug for FrontendApiBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrontendApiBody").finish_non_exhaustive()
    }
}

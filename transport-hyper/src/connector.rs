//! Where connections come from: ours, with TLS and perhaps a proxy, or the caller's.
use std::{
    future::poll_fn,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use clerk_core::{FailureKind, Phase};
use http::{Uri, uri::Scheme};
use hyper::rt::{Read, Write};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::Connection;
use tower_service::Service;

use crate::{
    BoxError, BoxFuture,
    classify::Ours,
    ingress::{Metered, metered},
    proxy::Tcp,
    tls,
};

/// The connector that the pool gets: one type, whatever is behind it.
#[derive(Clone)]
pub(crate) struct Guard(pub(crate) Arc<Guarded>);

pub(crate) struct Guarded {
    pub(crate) connector: Box<dyn Connect>,
    /// The time for a connection, TLS included.
    pub(crate) limit: Duration,
    /// What may be read for one answer, or for one piece of it where it is a stream.
    pub(crate) ingress: u64,
    pub(crate) streams: bool,
}

impl Service<Uri> for Guard {
    type Response = Metered;
    type Error = BoxError;
    type Future = BoxFuture<Result<Metered, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        // Waiting for the connector is part of connecting, which has a limit.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let guarded = Arc::clone(&self.0);
        Box::pin(async move {
            let connecting = guarded.connector.connect(uri);
            let io =
                tokio::time::timeout(guarded.limit, connecting).await.map_err(|_| late())??;
            if io.connected().is_negotiated_h2() {
                // hyper would panic, or speak what none of the limits here was made for.
                return Err(
                    "the connector negotiated HTTP/2, and this client speaks HTTP/1.1 only".into(),
                );
            }
            Ok(metered(io, guarded.ingress, guarded.streams.then(Default::default)))
        })
    }
}

fn late() -> Ours {
    Ours::new(FailureKind::Timeout(Phase::Connect), "the time for a connection is over")
}

/// Makes connections. Boxes are for connections, which are few, and not for calls.
pub(crate) trait Connect: Send + Sync {
    fn connect(&self, uri: Uri) -> BoxFuture<Result<Box<dyn Io>, BoxError>>;
}

pub(crate) trait Io: Read + Write + Connection + Send + Unpin {}
impl<T: Read + Write + Connection + Send + Unpin> Io for T {}

/// Connections of this crate: TLS, but for loopback.
pub(crate) struct Tls {
    tcp: Tcp,
    trust: tls::Tls,
    https: OnceLock<Result<HttpsConnector<Tcp>, Ours>>,
}

impl Tls {
    pub(crate) fn new(tcp: Tcp, trust: tls::Tls) -> Self {
        Self { tcp, trust, https: OnceLock::new() }
    }

    /// Made when it is first wanted: reading whom the machine trusts takes a while, and loopback
    /// goes well without.
    pub(crate) fn https(&self) -> Result<HttpsConnector<Tcp>, Ours> {
        let make = || {
            let config = self.trust.config();
            let mut config = config.map_err(|problem| Ours::new(FailureKind::Tls, problem))?;
            // The answer would be in a protocol that nobody here speaks.
            config.alpn_protocols.clear();
            Ok(HttpsConnector::from((self.tcp.clone(), config)))
        };
        self.https.get_or_init(make).clone()
    }
}

impl Connect for Tls {
    fn connect(&self, uri: Uri) -> BoxFuture<Result<Box<dyn Io>, BoxError>> {
        if uri.scheme() == Some(&Scheme::HTTP) {
            let tcp = self.tcp.clone();
            return Box::pin(async { Ok(Box::new(oneshot(tcp, uri).await?) as Box<dyn Io>) });
        }
        let https = self.https();
        Box::pin(async { Ok(Box::new(oneshot(https?, uri).await?) as Box<dyn Io>) })
    }
}

/// Connections of the caller's. Behind a lock only so that the connector need not be `Sync`: it is
/// cloned for each connection.
pub(crate) struct Own<C>(Mutex<C>);

impl<C> Own<C> {
    pub(crate) fn new(connector: C) -> Self {
        Self(Mutex::new(connector))
    }
}

impl<C> Connect for Own<C>
where
    C: Service<Uri, Response: Io + 'static, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
{
    fn connect(&self, uri: Uri) -> BoxFuture<Result<Box<dyn Io>, BoxError>> {
        let connector = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move { Ok(Box::new(oneshot(connector, uri).await?) as Box<dyn Io>) })
    }
}

/// Calls a service once, when it is ready.
pub(crate) async fn oneshot<S: Service<R, Error: Into<BoxError>>, R>(
    mut service: S,
    request: R,
) -> Result<S::Response, BoxError> {
    poll_fn(|cx| service.poll_ready(cx)).await.map_err(Into::into)?;
    service.call(request).await.map_err(Into::into)
}

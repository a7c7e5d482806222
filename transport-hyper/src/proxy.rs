//! TCP, directly or through a proxy.
use std::{
    task::{Context, Poll},
    time::Duration,
};

use clerk_core::connection::Proxy;
use http::Uri;
use hyper_util::{
    client::{
        legacy::connect::{HttpConnector, proxy::Tunnel},
        proxy::matcher::{Intercept, Matcher},
    },
    rt::TokioIo,
};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::{BoxError, BoxFuture, connector::oneshot};

/// Connects to a host, or to a proxy that connects to it.
#[derive(Clone)]
pub(crate) struct Tcp {
    http: HttpConnector,
    /// The proxy, and its address and credentials.
    proxy: Option<(Proxy, Intercept)>,
}

impl Tcp {
    pub(crate) fn new(proxy: Option<Proxy>, limit: Duration) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        // Divided among the addresses of a host, so that a dead one does not take all the time.
        http.set_connect_timeout(Some(limit));
        // The library takes the URL apart; when to use it is the core's to say, for both transports.
        let proxy = proxy.and_then(|proxy| {
            let matcher = Matcher::builder().https(proxy.url().to_owned()).build();
            let intercept = matcher.intercept(&Uri::from_static("https://api.clerk.com"))?;
            Some((proxy, intercept))
        });
        Self { http, proxy }
    }
}

impl Service<Uri> for Tcp {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = BoxFuture<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.http.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let http = self.http.clone();
        match &self.proxy {
            Some((proxy, intercept)) if proxy.covers(&uri) => {
                let mut tunnel = Tunnel::new(intercept.uri().clone(), http);
                if let Some(auth) = intercept.basic_auth() {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                Box::pin(oneshot(tunnel, uri))
            }
            _ => Box::pin(oneshot(http, uri)),
        }
    }
}

//! Collects the settings of a client.
use std::{
    fmt,
    hash::{BuildHasher as _, RandomState},
    time::{Duration, Instant, SystemTime},
};

use clerk_core::{
    Client, ConfigBuilder, Error,
    connection::{ConnectionSettings, readable},
};
use http::Uri;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use rustls::ClientConfig;

use crate::{
    BoxError, Clerk, Hyper,
    connector::{self, Connect},
    driver::{Inner, Service},
    pool::Pool,
    proxy::Tcp,
    service::{self, HttpService, Own},
    tls::Tls,
};

/// What an answer may bring in beside its body: head, interim answers, chunk sizes. With the last read, which is of
/// half a MiB at the most, that is 1 MiB.
pub(crate) const INGRESS_BESIDE_BODY: u64 = 512 << 10;
/// How much is read at a time, at the most: a page of users in one piece, which then need not be
/// copied together. It also is how long a head without an end may grow; `receive` has the limit on
/// those that end.
pub(crate) const READ_BUFFER: usize = 400 << 10;
/// Longer than any connection stays open, and short enough to be added to any clock.
pub(crate) const LONGEST_IDLE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Collects the settings of a [`Clerk`].
///
/// ```
/// use std::time::Duration;
/// use clerk_hyper::Clerk;
///
/// let clerk = Clerk::builder("sk_test_abc")
///     .base_url("http://127.0.0.1:4010") // a stand-in; https://api.clerk.com/v1 unless set
///     .connect_timeout(Duration::from_secs(1))
///     .build()?;
///
/// let error = Clerk::builder("sk_test_abc").connect_timeout(Duration::ZERO).build().unwrap_err();
/// assert_eq!(error.to_string(), "invalid `connect_timeout`: no time at all: give more than zero");
/// # Ok::<(), clerk_hyper::Error>(())
/// ```
#[must_use]
pub struct ClerkBuilder {
    config: ConfigBuilder,
    connections: ConnectionSettings,
    tls: Tls,
    connector: Option<Box<dyn Connect>>,
    service: Option<Box<dyn Own>>,
}

impl fmt::Debug for ClerkBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClerkBuilder")
            .field("config", &self.config)
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

impl ClerkBuilder {
    pub(crate) fn new(config: ConfigBuilder) -> Self {
        let connections = ConnectionSettings::default();
        Self { config, connections, tls: Tls::Platform, connector: None, service: None }
    }

    /// Settings out of the environment: `CLERK_SECRET_KEY`, else `CLERK_BEARER_AUTH`;
    /// `CLERK_API_URL`; `CLERK_MACHINE_SECRET_KEY`.
    ///
    /// A proxy is not among them: see [`proxy_from_env`](Self::proxy_from_env).
    #[doc(alias = "bearerAuth")]
    pub fn from_env() -> Self {
        Self::new(ConfigBuilder::from_variables(readable(|name| std::env::var_os(name))))
    }

    clerk_core::config_setters!();
    clerk_core::connection_setters!();

    /// Uses this TLS configuration: other roots, client certificates, another provider. Its ALPN
    /// protocols are ignored; this client speaks HTTP/1.1.
    ///
    /// Unless set, what the machine trusts is trusted.
    pub fn tls_config(mut self, config: ClientConfig) -> Self {
        self.tls = Tls::Own(Box::new(config));
        self
    }

    /// Trusts the roots that Mozilla trusts, as they were when this crate was built, instead of
    /// what the machine trusts.
    #[cfg(feature = "webpki-roots")]
    pub fn webpki_roots(mut self) -> Self {
        self.tls = Tls::WebpkiRoots;
        self
    }

    /// Connects with this connector: any that hyper-util's pool takes, such as a
    /// `hyper_rustls::HttpsConnector`. The pool with all its limits stays.
    ///
    /// For an https URL it is the connector that makes the TLS session, or the key travels in the
    /// clear. TLS and proxy settings do not go together with it.
    pub fn connector<C>(mut self, connector: C) -> Self
    where
        C: tower_service::Service<Uri, Error: Into<BoxError>, Future: Send>
            + Clone
            + Send
            + 'static,
        C::Response: Read + Write + Connection + Send + Unpin + 'static,
    {
        self.connector = Some(Box::new(connector::Own::new(connector)));
        self
    }

    /// Sends requests with this service: any `tower_service::Service<http::Request<Body>>`, such as
    /// a stack of tower layers, or one that answers from memory.
    ///
    /// It gets absolute URIs and the key in a header. Connections, TLS, proxy and redirects are its
    /// own business; retries, time limits and the limit on bodies stay. What it says of an error
    /// is proof that nothing was sent only where hyper and hyper-util say so.
    pub fn service<S: HttpService>(mut self, service: S) -> Self {
        self.service = Some(Box::new(service::Erased::new(service)));
        self
    }

    /// Asks this stand-in instead of the API: for tests of applications that store a [`Clerk`].
    ///
    /// ```
    /// use clerk_hyper::{Clerk, testing::{StandIn, StandInTransport}};
    ///
    /// # async fn test() -> Result<(), clerk_hyper::Error> {
    /// let stand_in = StandInTransport::new(StandIn::new("sk_test_abc"));
    /// let ann = stand_in.with(|stand_in| stand_in.add_user("ann@example.com"));
    /// let clerk = Clerk::builder("sk_test_abc").stand_in(&stand_in).build()?;
    /// assert_eq!(clerk.users().get(&ann).send().await?.id, ann);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test()).unwrap();
    /// ```
    #[cfg(feature = "testing")]
    pub fn stand_in(mut self, stand_in: &clerk_core::testing::StandInTransport) -> Self {
        self.service = Some(Box::new(stand_in.clone()));
        self
    }

    /// Checks everything and makes the client. Nothing is sent, and no runtime is needed yet.
    ///
    /// # Errors
    ///
    /// If a key is missing or cannot be one, or a setting cannot be used. The message names the
    /// setting and never shows a key.
    pub fn build(self) -> Result<Clerk, Error> {
        let Self { config, connections, tls, connector, service } = self;
        let config = config.build()?;
        let connects = connections.about_connecting();
        let connections = connections.check()?;
        let max_body = connections.max_response_body;
        let own_tls = !matches!(tls, Tls::Platform);
        let refuse =
            |field, problem: &'static str| Err(Error::invalid_configuration(field, problem));
        let service = match (service, connector) {
            (Some(service), None) if connects.is_none() && !own_tls => Service::Own(service),
            (Some(_), _) => {
                let problem =
                    "it connects by itself: leave out connector, TLS, proxy and their limits";
                return refuse("service", problem);
            }
            (None, Some(_)) if own_tls || connections.proxy.is_some() => {
                let problem = "it does TLS and proxies by itself: leave out their settings";
                return refuse("connector", problem);
            }
            (None, Some(connector)) => Service::Pool(Box::new(Pool::new(connector, connections))),
            (None, None) => {
                let tcp = Tcp::new(connections.proxy.clone(), connections.connect_timeout);
                let tls = connector::Tls::new(tcp, tls);
                if config.base_url().starts_with("https:")
                    && let Err(problem) = tls.https()
                {
                    return Err(Error::invalid_configuration("tls_config", problem.to_string()));
                }
                Service::Pool(Box::new(Pool::new(Box::new(tls), connections)))
            }
        };
        let start = (SystemTime::now(), Instant::now());
        let inner = Inner { service, max_body, start };
        // Differs from client to client, and needs no generator of random numbers.
        let seed = RandomState::new().hash_one(0);
        Ok(Clerk(Client::new(config, Hyper::new(inner), seed)))
    }
}

//! How a client is made.
use std::{
    fmt,
    hash::{BuildHasher as _, RandomState},
};

#[cfg(feature = "testing")]
use clerk_core::testing::StandInTransport;
use clerk_core::{
    Client, ConfigBuilder, Error,
    connection::{ConnectionSettings, Connections, readable},
};
use rustls::ClientConfig;
use ureq::{
    Agent,
    unversioned::transport::{ConnectProxyConnector, Connector as _},
};

use crate::{
    Blocking, Clerk,
    dial::{Dial, Later},
    exchange::Exchange,
    tls::{Tls, Trust},
    wire::{self, Watch},
};

/// Collects the settings of a [`Clerk`].
///
/// ```
/// use std::time::Duration;
/// use clerk_blocking::Clerk;
///
/// let clerk = Clerk::builder("sk_test_abc")
///     .base_url("http://127.0.0.1:4010") // a stand-in; https://api.clerk.com/v1 unless set
///     .connect_timeout(Duration::from_secs(1))
///     .build()?;
///
/// let error = Clerk::builder("sk_test_abc").connect_timeout(Duration::ZERO).build().unwrap_err();
/// assert_eq!(error.to_string(), "invalid `connect_timeout`: no time at all: give more than zero");
/// # Ok::<(), clerk_blocking::Error>(())
/// ```
#[derive(Clone)]
pub struct ClerkBuilder {
    config: ConfigBuilder,
    connections: ConnectionSettings,
    trust: Option<Trust>,
    agent: Option<Agent>,
    #[cfg(feature = "testing")]
    stand_in: Option<StandInTransport>,
}

impl ClerkBuilder {
    pub(crate) fn new(config: ConfigBuilder) -> Self {
        Self {
            config,
            connections: ConnectionSettings::default(),
            trust: None,
            agent: None,
            #[cfg(feature = "testing")]
            stand_in: None,
        }
    }

    /// Settings out of the environment: `CLERK_SECRET_KEY`, else `CLERK_BEARER_AUTH`;
    /// `CLERK_API_URL`; `CLERK_MACHINE_SECRET_KEY`. What is missing or wrong is reported by
    /// [`build`](Self::build).
    #[must_use]
    pub fn from_env() -> Self {
        Self::new(ConfigBuilder::from_variables(readable(|name| std::env::var_os(name))))
    }

    clerk_core::config_setters!();

    clerk_core::connection_setters!();

    /// Uses this configuration for TLS: other roots, a certificate of your own, another provider of
    /// cryptography. Its ALPN protocols are cleared, as HTTP/1.1 is what is spoken.
    ///
    /// Unless set, whom the machine trusts is trusted.
    #[must_use]
    pub fn tls_config(mut self, config: ClientConfig) -> Self {
        self.trust = Some(Trust::Own(Box::new(config)));
        self
    }

    /// Trusts Mozilla's roots, as they were when the program was built, instead of those of the
    /// machine: for containers that have none.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub fn webpki_roots(mut self) -> Self {
        self.trust = Some(Trust::Mozilla);
        self
    }

    /// Sends with an agent of your own, which brings its connections, TLS, proxy and limits on
    /// connecting: none of these can be set here beside it. Its redirects and its errors for statuses
    /// are turned off for these calls.
    ///
    /// What happens on its connections is not seen. So of a call that failed, less can be said to be
    /// [not sent](crate::Reach::NotSent) and repeated: what could not be looked up, what was refused,
    /// a certificate that was not good, the agent's own limit on connecting.
    #[must_use]
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Asks this stand-in instead of the API: for tests of applications that store a [`Clerk`].
    ///
    /// ```
    /// use clerk_blocking::{Clerk, testing::{StandIn, StandInTransport}};
    ///
    /// let stand_in = StandInTransport::new(StandIn::new("sk_test_abc"));
    /// let ann = stand_in.with(|stand_in| stand_in.add_user("ann@example.com"));
    /// let clerk = Clerk::builder("sk_test_abc").stand_in(&stand_in).build()?;
    /// assert_eq!(clerk.users().get(&ann).send()?.id, ann);
    /// # Ok::<(), clerk_blocking::Error>(())
    /// ```
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn stand_in(mut self, stand_in: &StandInTransport) -> Self {
        self.stand_in = Some(stand_in.clone());
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// If a key is missing or cannot be one, a setting cannot be used, or the base URL is https and
    /// the machine has no trusted roots. The message names the setting and what to do, and never
    /// shows a key.
    pub fn build(self) -> Result<Clerk, Error> {
        let elsewhere = self.connections.about_connecting();
        let elsewhere = elsewhere.or(self.trust.as_ref().map(|_| "tls_config"));
        #[cfg(feature = "testing")]
        let needs_tls = self.stand_in.is_none();
        #[cfg(not(feature = "testing"))]
        let needs_tls = true;
        let config = self.config.build()?;
        let connections = self.connections.check()?;
        let exchange = match (self.agent, elsewhere) {
            (None, _) => {
                let tls = Tls::new(self.trust.unwrap_or_default());
                if needs_tls
                    && config.base_url().starts_with("https:")
                    && let Err(problem) = tls.config()
                {
                    return Err(Error::invalid_configuration("tls_config", problem.to_owned()));
                }
                own(connections, tls)?
            }
            (Some(agent), None) => {
                let max_body = connections.max_response_body;
                Exchange {
                    agent,
                    watched: false,
                    max_body,
                    proxy: None,
                    #[cfg(feature = "testing")]
                    stand_in: None,
                }
            }
            (Some(_), Some(field)) => {
                let problem = "it has no effect on an agent of your own: set it there";
                return Err(Error::invalid_configuration(field, problem));
            }
        };
        #[cfg(feature = "testing")]
        let exchange = Exchange { stand_in: self.stand_in, ..exchange };
        let seed = RandomState::new().hash_one(0);
        Ok(Clerk(Client::new(config, Blocking::new(exchange), seed)))
    }
}

/// What sends over connections of ours.
fn own(connections: Connections, tls: Tls) -> Result<Exchange, Error> {
    let Connections { max_response_body: max_body, max_idle_connections: max_idle, proxy, .. } =
        connections;
    let through = proxy.as_ref().map(|proxy| ureq::Proxy::new(proxy.url())).transpose();
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .accept_encoding("")
        // Requests have their own; this would tell proxies of ureq.
        .user_agent("")
        .max_response_header_size(wire::MAX_HEAD)
        .input_buffer_size(wire::MAX_HEAD)
        .max_idle_connections(max_idle)
        .max_idle_connections_per_host(max_idle)
        .max_idle_age(connections.idle_timeout.min(wire::LONGEST))
        .timeout_connect(Some(connections.connect_timeout.min(wire::LONGEST)))
        // The text says nothing of the URL, which may hold a password.
        .proxy(through.map_err(|_| Error::invalid_configuration("proxy", "it cannot be used"))?)
        .build();
    let connector = ().chain(ConnectProxyConnector::default()).chain(Dial::default()).chain(tls);
    let agent = Agent::with_parts(config, Watch { connector, max_body }, Later);
    Ok(Exchange {
        agent,
        watched: true,
        max_body,
        proxy,
        #[cfg(feature = "testing")]
        stand_in: None,
    })
}

impl fmt::Debug for ClerkBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClerkBuilder")
            .field("config", &self.config)
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

//! The transports behind one face, so that a test is written once and run on each.
use std::time::Duration;

use clerk_hyper::{
    CallOptions, Error, Operation, RetryPolicy,
    auth::{AuthenticateOptions, RequestState, Verifier, VerifierBuilder},
    http::request::Parts,
    rustls::ClientConfig,
};
use tokio::runtime::{Builder, Runtime};

use crate::Driver;

/// What the calls of a test are made with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The secret key.
    pub key: String,
    /// The machine secret key, if there is one.
    pub machine_key: Option<String>,
    /// Where the server is.
    pub base_url: String,
    /// The largest body of an answer, in bytes.
    pub max_body: usize,
    /// The limit of an attempt and of a call.
    pub deadline: Duration,
    /// When to try again: never, unless set.
    pub retry: RetryPolicy,
    /// A header of the caller's own, for every request.
    pub header: Option<(String, String)>,
    /// A proxy.
    pub proxy: Option<String>,
    /// Whom to trust, if not whom the machine trusts.
    pub tls: Option<ClientConfig>,
}

impl Settings {
    /// Bodies up to 16 MiB, ten seconds, one attempt, no proxy.
    pub fn new(key: &str, base_url: String) -> Self {
        Self {
            key: key.to_owned(),
            machine_key: None,
            base_url,
            max_body: 16 << 20,
            deadline: Duration::from_secs(10),
            retry: RetryPolicy::none(),
            header: None,
            proxy: None,
            tls: None,
        }
    }

    /// The same with another largest body.
    #[must_use]
    pub fn max_body(self, max_body: usize) -> Self {
        Self { max_body, ..self }
    }

    /// The same with another limit of a call.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }
}

/// A client, with what it runs on.
#[derive(Debug)]
pub enum Transport {
    /// clerk-hyper.
    Hyper(Runtime, clerk_hyper::Clerk),
    /// clerk-blocking.
    Blocking(clerk_blocking::Clerk),
}

macro_rules! configured {
    ($builder:expr, $settings:ident) => {{
        let mut builder = $builder
            .base_url(&$settings.base_url)
            .max_response_body($settings.max_body)
            .attempt_timeout($settings.deadline)
            .deadline($settings.deadline)
            .retry($settings.retry.clone());
        if let Some(key) = &$settings.machine_key {
            builder = builder.machine_secret_key(key);
        }
        if let Some((name, value)) = &$settings.header {
            builder = builder.header(name, value);
        }
        if let Some(proxy) = &$settings.proxy {
            builder = builder.proxy(proxy);
        }
        if let Some(tls) = &$settings.tls {
            builder = builder.tls_config(tls.clone());
        }
        builder
    }};
}

impl Transport {
    /// A client for this driver.
    ///
    /// # Errors
    ///
    /// If the settings cannot be used.
    pub fn new(driver: Driver, settings: &Settings) -> Result<Self, Error> {
        let runtime = match driver {
            Driver::OneThread => Builder::new_current_thread().enable_all().build(),
            Driver::Threads => Builder::new_multi_thread().worker_threads(2).enable_all().build(),
            Driver::Blocking => {
                let clerk = configured!(Self::blocking_builder(settings), settings).build()?;
                return Ok(Self::Blocking(clerk));
            }
        };
        let runtime =
            runtime.map_err(|error| Error::invalid_configuration("runtime", error.to_string()))?;
        let clerk = configured!(Self::hyper_builder(settings), settings).build()?;
        Ok(Self::Hyper(runtime, clerk))
    }

    /// The builder behind clerk-hyper's client, for a look at it.
    pub fn hyper_builder(settings: &Settings) -> clerk_hyper::ClerkBuilder {
        configured!(clerk_hyper::Clerk::builder(&settings.key), settings)
    }

    /// The builder behind clerk-blocking's client, for a look at it.
    pub fn blocking_builder(settings: &Settings) -> clerk_blocking::ClerkBuilder {
        configured!(clerk_blocking::Clerk::builder(&settings.key), settings)
    }

    /// One call, to its end.
    ///
    /// # Errors
    ///
    /// As the call's.
    pub fn call<O: Operation>(
        &self,
        operation: O,
        options: CallOptions,
    ) -> Result<O::Output, Error> {
        match self {
            Self::Hyper(runtime, clerk) => runtime.block_on(clerk.call_with(operation, options)),
            Self::Blocking(clerk) => clerk.call_with(operation, options),
        }
    }

    /// Tells who sent a request.
    pub fn authenticate(&self, verifier: &Verifier, parts: &Parts) -> RequestState {
        let options = AuthenticateOptions::new();
        match self {
            Self::Hyper(runtime, clerk) => {
                runtime.block_on(clerk.authenticate(verifier, parts, &options))
            }
            Self::Blocking(clerk) => clerk.authenticate(verifier, parts, &options),
        }
    }

    /// A verifier that asks the client's server.
    pub fn verifier(&self) -> VerifierBuilder {
        match self {
            Self::Hyper(_, clerk) => clerk.verifier(),
            Self::Blocking(clerk) => clerk.verifier(),
        }
    }

    /// So many calls at the same time, each on a task or thread of its own.
    pub fn calls<O>(&self, count: usize, operation: impl Fn() -> O) -> Vec<Result<O::Output, Error>>
    where
        O: Operation,
        O::Output: Send,
    {
        match self {
            Self::Hyper(runtime, clerk) => runtime.block_on(async {
                let calls: Vec<_> =
                    (0..count).map(|_| tokio::spawn(clerk.call(operation()))).collect();
                let mut results = Vec::new();
                for call in calls {
                    results.extend(call.await);
                }
                results
            }),
            Self::Blocking(clerk) => std::thread::scope(|scope| {
                let calls: Vec<_> = (0..count)
                    .map(|_| {
                        let operation = operation();
                        scope.spawn(move || clerk.call(operation))
                    })
                    .collect();
                calls.into_iter().filter_map(|call| call.join().ok()).collect()
            }),
        }
    }
}

//! Where the API is and how to talk to it.
use std::{fmt, sync::Arc, time::Duration};

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
};

use crate::{
    Error, MachineSecretKey, RetryPolicy, SecretKey,
    base_url::{Base, Hosts},
    flow::retry::Budget,
    operation::draft::set_all,
    options::header,
};

/// The version of the API that the models of this crate came from.
pub const API_VERSION: &str = "2026-05-12";
const API_VERSION_HEADER: HeaderName = HeaderName::from_static("clerk-api-version");
const PRODUCT: &str = concat!("clerk-rust-unofficial/", env!("CARGO_PKG_VERSION"));
/// How large the JSON of a request may be, unless set.
const MAX_REQUEST_BODY: usize = 1 << 20;
/// How large a multipart form may be, unless set.
const MAX_UPLOAD: usize = 16 << 20;

/// Where the API is and how to talk to it. Cheap to clone; clones share the retry budget.
///
/// ```
/// use std::time::Duration;
/// use clerk_core::Config;
///
/// let config = Config::builder("sk_test_abc")
///     .base_url("http://127.0.0.1:4010") // a stand-in; https://api.clerk.com/v1 unless set
///     .deadline(Duration::from_secs(5))
///     .build()?;
/// assert_eq!(config.base_url(), "http://127.0.0.1:4010/v1");
///
/// let error = Config::builder("sk_test_abc").base_url("http://example.com").build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid `base_url`: plain http is only for loopback (127.0.0.0/8, ::1, localhost): use https"
/// );
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Config(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) base: Base,
    /// All headers of a request without a body.
    pub(crate) headers: HeaderMap,
    /// The same with `content-type: application/json`.
    pub(crate) json_headers: HeaderMap,
    pub(crate) machine_secret_key: Option<HeaderValue>,
    /// Whether the key in the headers is that of the instance, and not of a machine.
    pub(crate) has_secret_key: bool,
    /// Where the key may go.
    pub(crate) hosts: Hosts,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Budget,
    pub(crate) attempt_timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) max_request_body: usize,
    pub(crate) max_upload: usize,
}

impl Config {
    /// The production API with everything else as it is unless set.
    ///
    /// # Errors
    ///
    /// If the key cannot be a secret key.
    pub fn new(secret_key: &str) -> Result<Self, Error> {
        Self::builder(secret_key).build()
    }

    /// A configuration to be adjusted. The key is checked by [`build`](ConfigBuilder::build).
    pub fn builder(secret_key: impl Into<String>) -> ConfigBuilder {
        ConfigBuilder::new(Some(secret_key.into()))
    }

    /// A configuration for one machine, which has no secret key of the instance but one of its own: for
    /// the operations on M2M tokens, and for nothing else. The key is checked by
    /// [`build`](ConfigBuilder::build).
    pub fn for_machine(machine_secret_key: impl Into<String>) -> ConfigBuilder {
        let builder = ConfigBuilder::new(None).machine_secret_key(machine_secret_key);
        ConfigBuilder { for_machine: true, ..builder }
    }

    /// The base URL, as it is used.
    pub fn base_url(&self) -> String {
        self.0.base.to_string()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn has_secret_key(&self) -> bool {
        self.0.has_secret_key
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("base_url", &self.0.base.to_string())
            .field("headers", &self.0.headers)
            .field("retry", &self.0.retry)
            .field("attempt_timeout", &self.0.attempt_timeout)
            .field("deadline", &self.0.deadline)
            .finish_non_exhaustive()
    }
}

/// Collects the settings of a [`Config`].
#[derive(Clone)]
#[must_use]
pub struct ConfigBuilder {
    secret_key: Option<zeroize::Zeroizing<String>>,
    machine_secret_key: Option<zeroize::Zeroizing<String>>,
    /// Whether the key of a machine is all that there is to be.
    for_machine: bool,
    base_url: String,
    api_version: String,
    user_agent: Option<String>,
    headers: Vec<(String, String)>,
    allow_live_key_anywhere: bool,
    retry: RetryPolicy,
    attempt_timeout: Duration,
    deadline: Duration,
    max_request_body: usize,
    max_upload: usize,
}

impl fmt::Debug for ConfigBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL may still hold user info here, and headers anything.
        f.debug_struct("ConfigBuilder").field("retry", &self.retry).finish_non_exhaustive()
    }
}

impl ConfigBuilder {
    fn new(secret_key: Option<String>) -> Self {
        Self {
            secret_key: secret_key.map(Into::into),
            machine_secret_key: None,
            for_machine: false,
            base_url: "https://api.clerk.com/v1".to_owned(),
            api_version: API_VERSION.to_owned(),
            user_agent: None,
            headers: Vec::new(),
            allow_live_key_anywhere: false,
            retry: RetryPolicy::default(),
            attempt_timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(30),
            max_request_body: MAX_REQUEST_BODY,
            max_upload: MAX_UPLOAD,
        }
    }

    /// Settings out of the environment, which `variable` reads: the core does not.
    ///
    /// `CLERK_SECRET_KEY`, else `CLERK_BEARER_AUTH`; `CLERK_API_URL`; `CLERK_MACHINE_SECRET_KEY`.
    /// The transport crates call this from their `from_env()`.
    #[doc(alias = "bearerAuth")]
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut builder =
            Self::new(variable("CLERK_SECRET_KEY").or_else(|| variable("CLERK_BEARER_AUTH")));
        if let Some(url) = variable("CLERK_API_URL") {
            builder.base_url = url;
        }
        builder.machine_secret_key = variable("CLERK_MACHINE_SECRET_KEY").map(Into::into);
        builder
    }

    /// Sets the base URL; `https://api.clerk.com/v1` unless set. Without a path, `/v1` is meant.
    ///
    /// User info, query and fragment are refused, and so is plain http to anything but loopback.
    #[doc(alias = "serverURL")]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Sets the version of the API that is asked for; [`API_VERSION`] unless set. The models are
    /// those of that version: another one may not fit them.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = version.into();
        self
    }

    /// Names the application in the `User-Agent`, after this project, such as `shop/1.2`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Adds a header to every request, with the same limits as
    /// [`CallOptions::header`](crate::CallOptions::header).
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the machine secret key, which is sent instead of the secret key by the operations that
    /// go with one (`create` of M2M tokens).
    pub fn machine_secret_key(mut self, key: impl Into<String>) -> Self {
        self.machine_secret_key = Some(key.into().into());
        self
    }

    /// Lets a live key (`sk_live_…`) go to hosts that are not Clerk's, such as a proxy of your own.
    /// Refused unless set.
    pub fn allow_live_key_anywhere(mut self) -> Self {
        self.allow_live_key_anywhere = true;
        self
    }

    /// Sets when to try again; see [`RetryPolicy`] for what holds unless set.
    #[doc(alias = "retryConfig")]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Limits one attempt, from connecting to the last byte of the answer; 10 s unless set.
    #[doc(alias = "timeoutMs")]
    pub fn attempt_timeout(mut self, time: Duration) -> Self {
        self.attempt_timeout = time;
        self
    }

    /// Limits a whole call, waits between attempts included; 30 s unless set.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.deadline = time;
        self
    }

    /// Limits the JSON of a request, in bytes; 1 MiB unless set.
    pub fn max_request_body(mut self, bytes: usize) -> Self {
        self.max_request_body = bytes;
        self
    }

    /// Limits the multipart form of an upload, in bytes; 16 MiB unless set.
    pub fn max_upload(mut self, bytes: usize) -> Self {
        self.max_upload = bytes;
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    ///
    /// If a key is missing or cannot be one, or a setting cannot be used. The message names the
    /// setting and never shows a key.
    pub fn build(self) -> Result<Config, Error> {
        let secret_key = self.secret_key.as_deref().map(|key| SecretKey::new(key)).transpose()?;
        let machine_secret_key = self
            .machine_secret_key
            .as_deref()
            .map(|key| MachineSecretKey::new(key)?.header())
            .transpose()?;
        let authorization = match (&secret_key, &machine_secret_key) {
            (Some(key), _) => key.header()?,
            (None, Some(key)) if self.for_machine => key.clone(),
            (None, _) => {
                return Err(Error::config(
                    "secret_key",
                    "there is none: set CLERK_SECRET_KEY, or give it to the builder",
                ));
            }
        };
        let base =
            Base::parse(&self.base_url).map_err(|problem| Error::config("base_url", problem))?;
        let hosts = match &secret_key {
            _ if self.allow_live_key_anywhere => Hosts::Any,
            Some(key) if key.is_live() => Hosts::Clerks,
            Some(_) => Hosts::Any,
            None => Hosts::ClerksAndLoopback,
        };
        base.check_key(hosts)?;
        for (field, time) in
            [("attempt_timeout", self.attempt_timeout), ("deadline", self.deadline)]
        {
            if time.is_zero() {
                return Err(Error::config(field, "no time at all: give more than zero"));
            }
        }

        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(AUTHORIZATION, authorization);
        headers.insert(API_VERSION_HEADER, text("api_version", &self.api_version)?);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let user_agent = match &self.user_agent {
            Some(product) => text("user_agent", &format!("{PRODUCT} {product}"))?,
            None => HeaderValue::from_static(PRODUCT),
        };
        headers.insert(USER_AGENT, user_agent);
        let own = self.headers.iter().map(|(name, value)| header(name, value));
        let own: Vec<_> =
            own.collect::<Result<_, _>>().map_err(|problem| Error::config("header", problem))?;
        set_all(&mut headers, &own);
        let mut json_headers = headers.clone();
        json_headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Config(Arc::new(Inner {
            base,
            headers,
            json_headers,
            machine_secret_key,
            has_secret_key: secret_key.is_some(),
            hosts,
            retry: self.retry,
            budget: Budget::default(),
            attempt_timeout: self.attempt_timeout,
            deadline: self.deadline,
            max_request_body: self.max_request_body,
            max_upload: self.max_upload,
        })))
    }
}

/// For the builders of transport crates: the setters of [`ConfigBuilder`], on a type with a field
/// `config: ConfigBuilder`.
#[doc(hidden)]
#[macro_export]
macro_rules! config_setters {
    () => {
        $crate::config_setters! {
            /// Sets the base URL; `https://api.clerk.com/v1` unless set. Without a path, `/v1` is
            /// meant.
            #[doc(alias = "serverURL")]
            base_url(url: impl Into<String>);
            /// Sets the version of the API that is asked for, instead of the one that the models
            /// came from.
            api_version(version: impl Into<String>);
            /// Names the application in the `User-Agent`, after this project, such as `shop/1.2`.
            user_agent(product: impl Into<String>);
            /// Adds a header to every request.
            header(name: impl Into<String>, value: impl Into<String>);
            /// Sets the machine secret key, for the operations that go with one.
            machine_secret_key(key: impl Into<String>);
            /// Lets a live key (`sk_live_…`) go to hosts that are not Clerk's. Refused unless set.
            allow_live_key_anywhere();
            /// Sets when to try again.
            #[doc(alias = "retryConfig")]
            retry(policy: $crate::RetryPolicy);
            /// Limits one attempt, from connecting to the last byte of the answer; 10 s unless set.
            #[doc(alias = "timeoutMs")]
            attempt_timeout(time: std::time::Duration);
            /// Limits a whole call, waits between attempts included; 30 s unless set.
            deadline(time: std::time::Duration);
            /// Limits the JSON of a request, in bytes; 1 MiB unless set.
            max_request_body(bytes: usize);
            /// Limits the multipart form of an upload, in bytes; 16 MiB unless set.
            max_upload(bytes: usize);
        }
    };
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $Arg:ty),*);)+) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $($arg: $Arg),*) -> Self {
            self.config = self.config.$name($($arg),*);
            self
        }
    )+};
}

fn text(field: &'static str, text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(text)
        .map_err(|_| Error::config(field, "it has a character that no header can have"))
}

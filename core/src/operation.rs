//! One thing the API can do, as a value that becomes a request and reads the answer.
use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::de::DeserializeOwned;

use crate::{
    ApiResponse, CallOptions, CancelFlag, Client, Config, Error, Items, MachineSecretKey, Paged,
    Pages, RetryPolicy, Transport, decode, error::Unreadable, flow::retry::retry_after, response,
};

pub(crate) mod draft;
pub(crate) mod macros;
pub(crate) mod multipart;
pub(crate) mod raw;

pub use self::{
    draft::Draft,
    multipart::{IntoPart, Part},
};

/// One thing the API can do.
///
/// The structs in [`api`](crate::api) implement it: each is a plain value that becomes a request
/// and reads the answer. With a client they are called (`client.users().get(id).send()`, or
/// [`client.call(operation)`](Client::call)); without one they are used as they are:
///
/// ```
/// use clerk_core::{Config, Operation, api::users::GetUser};
///
/// let config = Config::new("sk_test_abc")?;
/// let request = GetUser::new("user_1").to_request(&config)?;
/// assert_eq!(request.method(), "GET");
/// assert_eq!(request.uri(), "https://api.clerk.com/v1/users/user_1");
///
/// // … sent by whatever you like …
/// let response = http::Response::builder().status(404).body(bytes::Bytes::new()).unwrap();
/// assert!(GetUser::read(response).unwrap_err().is_not_found());
/// # Ok::<(), clerk_core::Error>(())
/// ```
///
/// It is open to you: an operation of your own goes through the same keys, retries and errors. For
/// one that this crate does not know yet there is [`RawOperation`](crate::RawOperation).
pub trait Operation: Send + 'static {
    /// What Clerk's specification says about it.
    const META: &'static Meta;

    /// What a successful answer carries.
    type Output: Send + 'static;

    /// Writes the arguments where they belong.
    ///
    /// # Errors
    ///
    /// If an argument cannot be sent.
    fn encode(&self, draft: &mut Draft<'_>) -> Result<(), Error>;

    /// Reads the body of a successful answer; [`decode_json`] for JSON.
    ///
    /// # Errors
    ///
    /// If the body is not of the documented shape.
    fn decode(body: &Bytes) -> Result<Self::Output, Unreadable>;

    /// The name that errors show: Clerk's name for the operation.
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::META.operation_id)
    }

    /// The method.
    fn method(&self) -> Method {
        Self::META.method.clone()
    }

    /// Whether sending it twice does no harm.
    fn retry_safety(&self) -> RetrySafety {
        Self::META.retry
    }

    /// The request, without options for this call.
    ///
    /// # Errors
    ///
    /// If an argument cannot be sent: the error names it.
    fn to_request(&self, config: &Config) -> Result<Request<Bytes>, Error> {
        self.draft(config, None).map_err(|error| error.during(self.name(), 0))
    }

    /// The request, with options for this call; those about time and retries are for a driver.
    ///
    /// # Errors
    ///
    /// If an argument or an option cannot be sent: the error names it.
    fn to_request_with(
        &self,
        config: &Config,
        options: &CallOptions,
    ) -> Result<Request<Bytes>, Error> {
        self.draft(config, Some(options)).map_err(|error| error.during(self.name(), 0))
    }

    #[doc(hidden)]
    fn draft(
        &self,
        config: &Config,
        options: Option<&CallOptions>,
    ) -> Result<Request<Bytes>, Error> {
        let mut draft = Draft::new(Self::META, self.method(), config.inner(), options)?;
        self.encode(&mut draft)?;
        draft.finish()
    }

    /// The output, out of whatever the server answered.
    ///
    /// # Errors
    ///
    /// If the answer does not say yes, or not in the documented shape.
    fn read(response: Response<Bytes>) -> Result<Self::Output, Error> {
        let hint = retry_after(response.headers(), None);
        response::accept(response, hint)
            .and_then(|response| {
                let (head, body) = response.into_parts();
                Self::decode(&body).map_err(|problem| response::unreadable(&head, body, problem))
            })
            .map_err(|error| error.during(Self::META.operation_id, 1))
    }
}

/// Reads JSON; to be used in [`Operation::decode`].
///
/// One byte order mark in front is skipped. On failure the body is read a second time, to find out
/// where it is wrong.
///
/// # Errors
///
/// If it is not JSON of the shape of `T`: with the place, and without quoting anything.
pub fn decode_json<T: DeserializeOwned>(body: &Bytes) -> Result<T, Unreadable> {
    decode::from_json(body)
}

/// Reads nothing, whatever is there; to be used in [`Operation::decode`].
///
/// # Errors
///
/// None.
pub fn decode_nothing(_: &Bytes) -> Result<(), Unreadable> {
    Ok(())
}

/// Reads text; to be used in [`Operation::decode`].
///
/// # Errors
///
/// If it is not UTF-8.
pub fn decode_text(body: &Bytes) -> Result<String, Unreadable> {
    match std::str::from_utf8(body) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Unreadable::new("it is not UTF-8")),
    }
}

/// What Clerk's specification says about an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// Its `operationId`.
    pub operation_id: &'static str,
    /// Its tag.
    pub tag: &'static str,
    /// Its group in the client, such as `actor_tokens`.
    pub group: &'static str,
    /// Its method in that group, such as `create`.
    pub name: &'static str,
    /// Its HTTP method.
    pub method: Method,
    /// Its path, with parameters in braces.
    pub path: &'static str,
    /// Its parameters, required ones first.
    pub params: &'static [Param],
    /// The documented statuses below 400.
    pub success: &'static [u16],
    /// The documented statuses from 400 on.
    pub errors: &'static [u16],
    /// What a successful answer carries.
    pub content: Content,
    /// Which key it goes with.
    pub auth: Auth,
    /// Whether sending it twice does no harm.
    pub retry: RetrySafety,
    /// The largest page, if it answers with a page of a longer list.
    pub max_limit: Option<u64>,
    /// Whether Clerk advises against using it.
    pub deprecated: bool,
    /// Whether the body is a JSON object of fields, which is sent even without any.
    pub has_fields: bool,
}

impl Meta {
    /// For operations of your own: one that answers with JSON, goes with the secret key and is not
    /// known to be harmless when it is sent twice.
    pub const fn new(operation_id: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            operation_id,
            tag: "",
            group: "",
            name: "",
            method,
            path,
            params: &[],
            success: &[200],
            errors: &[],
            content: Content::Json,
            auth: Auth::SecretKey,
            retry: RetrySafety::Unsafe,
            max_limit: None,
            deprecated: false,
            has_fields: false,
        }
    }

    /// With a declaration of whether sending it twice does no harm; [`RetrySafety::Unsafe`] else.
    #[must_use]
    pub const fn with_retry(mut self, retry: RetrySafety) -> Self {
        self.retry = retry;
        self
    }

    /// With a declaration that the body is a JSON object of fields.
    #[must_use]
    pub const fn with_fields(mut self) -> Self {
        self.has_fields = true;
        self
    }
}

/// One parameter of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Param {
    /// Its name in the API.
    pub name: &'static str,
    /// Its name in this crate.
    pub field: &'static str,
    /// Where it goes.
    pub place: Place,
    /// Whether the operation makes sense without it.
    pub required: bool,
    /// Its Rust type.
    pub ty: &'static str,
}

impl Param {
    /// Describes a parameter; both names may be raw identifiers.
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        field: &'static str,
        place: Place,
        required: bool,
        ty: &'static str,
    ) -> Self {
        Self { name: macros::unraw(name), field: macros::unraw(field), place, required, ty }
    }
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// Into the path, as one segment.
    Path,
    /// Into the query string; lists repeat the name.
    Query,
    /// Into the query string; lists are joined with commas.
    Joined,
    /// Into the JSON object that is the body.
    Body,
    /// It is the body, as JSON.
    WholeBody,
    /// Into the multipart form that is the body.
    Form,
}

/// Whether sending an operation twice does no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // It does or it does not.
pub enum RetrySafety {
    /// It does none: repeat it after any passing trouble.
    Safe,
    /// It might: repeat it only if the server cannot have acted.
    Unsafe,
}

/// Which key an operation goes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// The secret key of the instance.
    SecretKey,
    /// The secret key of a machine, if one is set; else that of the instance, and the server
    /// decides.
    MachineSecretKey,
    /// None: no key is sent.
    None,
}

/// What a successful answer carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// JSON.
    Json,
    /// Text, such as HTML, that the specification does not describe.
    Text,
    /// Nothing.
    Nothing,
}

/// What marks an operation that was not made by a [`Client`]: a plain value.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs)] // There is nothing in it.
pub struct Detached;

/// What marks an operation that was made by a [`Client`], and can be sent.
#[must_use]
pub struct Attached<T> {
    pub(crate) client: Client<T>,
    pub(crate) options: Option<Box<CallOptions>>,
}

impl<T> Attached<T> {
    pub(crate) fn new(client: &Client<T>) -> Self {
        Self { client: client.clone(), options: None }
    }
}

/// What operations of a client do, once for all of them.
impl<T: Transport> Attached<T> {
    pub(crate) fn start<O: Operation>(self, operation: O) -> T::Outcome<Result<O::Output, Error>> {
        self.client.start(operation, self.options)
    }

    pub(crate) fn start_with_response<O: Operation>(
        self,
        operation: O,
    ) -> T::Outcome<Result<ApiResponse<O::Output>, Error>> {
        self.client.start_with_response(operation, self.options)
    }

    pub(crate) fn pages<O: Paged>(self, operation: O) -> T::Items<Pages<O>> {
        self.client.walk(self.client.pages(operation, self.options))
    }

    pub(crate) fn items<O: Paged>(self, operation: O) -> T::Items<Items<O>> {
        self.client.walk(Items::new(self.client.pages(operation, self.options)))
    }
}

/// The options of a call, once for all operations.
macro_rules! options {
    ($($name:ident($($arg:ident: $Arg:ty),+);)+) => {
        impl<T> Attached<T> {
            $(
                pub(crate) fn $name(&mut self, $($arg: $Arg),+) {
                    let options = self.options.take().unwrap_or_default();
                    self.options = Some(Box::new(options.$name($($arg),+)));
                }
            )+
        }
    };
}

options! {
    retry(policy: RetryPolicy);
    deadline(time: Duration);
    attempt_timeout(time: Duration);
    header(name: &str, value: &str);
    query(name: &str, value: &str);
    base_url(url: &str);
    machine_secret_key(key: &MachineSecretKey);
    cancel_with(flag: &CancelFlag);
}

impl<T> Clone for Attached<T> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), options: self.options.clone() }
    }
}

impl<T> std::fmt::Debug for Attached<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attached").field("options", &self.options).finish_non_exhaustive()
    }
}

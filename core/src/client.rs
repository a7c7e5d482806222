//! The API over some transport.
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use crate::{
    ApiResponse, Call, CallOptions, Config, Error, Flow, Operation, Paged, Pages, Transport,
    auth::{Verifier, VerifierBuilder},
};

/// The API over some transport.
///
/// `clerk_hyper::Clerk` and `clerk_blocking::Clerk` are this with a transport inside; both
/// dereference to it. It is one pointer: clones are cheap, and share connections and the retry
/// budget. Groups and operations own a clone, so that a call can move to another task or thread.
pub struct Client<T> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    config: Config,
    transport: T,
    seed: AtomicU64,
}

impl<T> Clone for Client<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.shared.config).finish_non_exhaustive()
    }
}

impl<T> Client<T> {
    /// Joins a configuration and a transport. `seed` feeds the jitter of retries: anything that
    /// differs from process to process.
    pub fn new(config: Config, transport: T, seed: u64) -> Self {
        Self { shared: Arc::new(Shared { config, transport, seed: AtomicU64::new(seed) }) }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// The transport.
    pub fn transport(&self) -> &T {
        &self.shared.transport
    }

    /// A verifier of tokens that asks over this configuration for what it does not have, to be adjusted.
    ///
    /// Build it once and clone it: the keys that it fetched belong to it.
    pub fn verifier(&self) -> VerifierBuilder {
        Verifier::builder().config(self.config()).seed(self.seed())
    }

    fn seed(&self) -> u64 {
        self.shared.seed.fetch_add(0x9E37_79B9_7F4A_7C15, Relaxed)
    }

    pub(crate) fn pages<O: Paged>(
        &self,
        operation: O,
        options: Option<Box<CallOptions>>,
    ) -> Pages<O> {
        Pages::boxed(operation, self.config(), self.seed(), options)
    }
}

impl<T: Transport> Client<T> {
    /// Sends any operation: what `clerk.users().get(id).send()` does, with the operation as a value.
    pub fn call<O: Operation>(&self, operation: O) -> T::Outcome<Result<O::Output, Error>> {
        self.start(operation, None)
    }

    /// Sends any operation, with options for this call.
    pub fn call_with<O: Operation>(
        &self,
        operation: O,
        options: CallOptions,
    ) -> T::Outcome<Result<O::Output, Error>> {
        self.start(operation, Some(Box::new(options)))
    }

    /// Sends any operation, with options for this call, and gives the value together with status,
    /// headers, trace id, attempts and raw body.
    pub fn call_with_response<O: Operation>(
        &self,
        operation: O,
        options: CallOptions,
    ) -> T::Outcome<Result<ApiResponse<O::Output>, Error>> {
        self.start_with_response(operation, Some(Box::new(options)))
    }

    /// Runs any flow.
    pub fn run<F: Flow + 'static>(&self, flow: F) -> T::Outcome<F::Output> {
        self.shared.transport.run(flow)
    }

    /// Walks any flow that can be started again until it gives `None`.
    pub fn walk<W: Flow + 'static>(&self, flow: W) -> T::Items<W> {
        self.shared.transport.walk(flow)
    }

    pub(crate) fn start<O: Operation>(
        &self,
        operation: O,
        options: Option<Box<CallOptions>>,
    ) -> T::Outcome<Result<O::Output, Error>> {
        self.run(Call::boxed(operation, self.config(), self.seed(), options))
    }

    pub(crate) fn start_with_response<O: Operation>(
        &self,
        operation: O,
        options: Option<Box<CallOptions>>,
    ) -> T::Outcome<Result<ApiResponse<O::Output>, Error>> {
        self.run(Call::boxed(operation, self.config(), self.seed(), options).with_response())
    }
}

//! Services of the caller's, in the place of our pool.
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes};
use clerk_core::Failure;
use http::{Request, Response};
use tower_service::Service;

use crate::{
    BoxError, BoxFuture,
    body::{Body, Progress, receive},
    classify::classify,
    connector::oneshot,
};

/// Anything that answers HTTP requests: every [`tower_service::Service`] over [`Body`] does, if it
/// can be cloned and its futures are `Send`.
///
/// A short bound for code that is generic over services. There is nothing to implement: write a
/// `tower_service::Service`.
pub trait HttpService: Clone + Send + 'static {
    /// Waits until the service is ready, and gives the answer as far as its head.
    fn exchange(
        self,
        request: Request<Body>,
    ) -> impl Future<
        Output = Result<
            Response<
                impl http_body::Body<Data: Buf + Send, Error: Into<BoxError>> + Send + 'static,
            >,
            BoxError,
        >,
    > + Send;
}

impl<S, B> HttpService for S
where
    S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data: Buf + Send, Error: Into<BoxError>> + Send + 'static,
{
    #[allow(refining_impl_trait)] // The blanket implementation is the only one.
    async fn exchange(self, request: Request<Body>) -> Result<Response<B>, BoxError> {
        oneshot(self, request).await
    }
}

/// A service without its type.
pub(crate) trait Own: Send + Sync {
    fn send(
        &self,
        request: Request<Body>,
        progress: Arc<Progress>,
        max_body: usize,
    ) -> BoxFuture<Result<Response<Bytes>, Failure>>;
}

/// Behind a lock only so that the service need not be `Sync`: it is cloned for each request.
pub(crate) struct Erased<S>(Mutex<S>);

impl<S> Erased<S> {
    pub(crate) fn new(service: S) -> Self {
        Self(Mutex::new(service))
    }
}

impl<S: HttpService> Own for Erased<S> {
    fn send(
        &self,
        request: Request<Body>,
        progress: Arc<Progress>,
        max_body: usize,
    ) -> BoxFuture<Result<Response<Bytes>, Failure>> {
        let service = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let response =
                service.exchange(request).await.map_err(|error| classify(error, None))?;
            receive(response, &progress, max_body).await
        })
    }
}

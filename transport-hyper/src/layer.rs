//! Authenticates requests in front of a service.
use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use clerk_core::{
    Event, Flow as _, Step,
    auth::{Auth, AuthenticateOptions, Rejection, RequestState, SetHeaders, Verifier},
};
use http::{Request, Response, StatusCode, header::SET_COOKIE, request::Parts};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{BoxFuture, Clerk};

/// A tower layer that tells who sent a request, and lets nobody through who is not signed in: in front of axum,
/// tonic, or anything else that is a [`tower_service::Service`] of [`http::Request`].
///
/// | | [`new`](Self::new) | [`optional`](Self::optional) |
/// |---|---|---|
/// | signed in | passes | passes |
/// | signed out, whatever the reason | 401 | passes |
/// | nobody can say | 503 with `Retry-After` | 503 with `Retry-After` |
/// | a page that needs the [handshake](clerk_core::auth::Handshake), if there is one | 307 | 307 |
///
/// A request that passes has an [`Auth`] among its extensions, or, where signed-out requests pass, the
/// [`Rejection`] that says why. What was there before of these two is gone. It knows no paths: what it is in front of
/// is protected, all of it. (In axum, routes that are added after `.layer(…)` are not behind it.)
///
/// A request is judged once, when it begins: a WebSocket or a stream goes on when the session is over. A cookie
/// counts for every method: where others can make a browser send requests, compare the header `Origin` as well.
///
/// Browsers send no token with a preflight for another origin (CORS): the layer that answers these belongs outside of
/// this one.
///
/// With a [handshake](clerk_core::auth::Handshake) it belongs outside of axum's `nest`, inside of which the path is cut:
/// browsers would come back to another page.
///
/// Each layer that a request passes authenticates it, and spends what a browser brings from a handshake: behind `optional`, require somebody in the handler, and not by
/// a second layer.
///
/// A request whose key is at hand never waits: keys are refreshed beside it. Those that have to wait for keys wait for
/// one fetch together, and [only so many](clerk_core::auth::VerifierBuilder::max_waiting) of them.
///
/// ```
/// use clerk_hyper::{AuthLayer, Clerk, auth::Verifier};
///
/// # fn example(clerk: &Clerk) -> Result<(), clerk_hyper::Error> {
/// let verifier = clerk
///     .verifier()
///     .publishable_key("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")
///     .authorized_party("https://app.example.com")
///     .build()?; // once, at the start
///
/// let signed_in = AuthLayer::new(clerk, &verifier); // axum: Router::new().route(…).layer(signed_in)
/// let anybody = AuthLayer::new(clerk, &verifier).optional();
/// # _ = (signed_in, anybody);
/// # Ok(())
/// # }
/// ```
///
/// In a test, without any network, a stand-in has the keys, and signs:
///
/// ```
/// # #[cfg(feature = "testing")] {
/// use std::time::SystemTime;
/// use clerk_hyper::{AuthLayer, Clerk, testing::{StandIn, StandInTransport, TestKey}};
/// use http::{Request, Response};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # async fn test() -> Result<(), Box<dyn std::error::Error>> {
/// let stand_in = StandInTransport::new(StandIn::new("sk_test_abc"));
/// let clerk = Clerk::builder("sk_test_abc").stand_in(&stand_in).build()?;
/// let verifier = clerk.verifier().issuer("https://clerk.test").build()?;
/// let handler = service_fn(async |_: Request<String>| Ok::<_, clerk_hyper::Error>(Response::new(String::new())));
/// let service = AuthLayer::new(&clerk, &verifier).layer(handler);
///
/// let token = TestKey::first().session("user_1").issuer("https://clerk.test").mint_at(SystemTime::now());
/// let request = Request::get("/").header("authorization", format!("Bearer {token}")).body(String::new())?;
/// assert_eq!(service.clone().oneshot(request).await?.status(), 200);
/// assert_eq!(service.oneshot(Request::new(String::new())).await?.status(), 401);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(test())?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// In a handler, without any framework:
///
/// ```
/// use clerk_hyper::auth::Auth;
///
/// fn hello<B>(request: &http::Request<B>) -> String {
///     match request.extensions().get::<Auth>() {
///         Some(auth) => format!("hello, {:?}", auth.user_id()),
///         None => "hello, whoever you are".to_owned(), // behind `optional()` only
///     }
/// }
/// ```
#[derive(Clone)]
#[must_use]
#[doc(alias = "clerkMiddleware")]
#[doc(alias = "requireAuth")]
pub struct AuthLayer<R = EmptyBody> {
    clerk: Clerk,
    verifier: Verifier,
    options: AuthenticateOptions,
    optional: bool,
    responder: R,
}

impl AuthLayer {
    /// A layer that lets through who is signed in with a session, and answers all others by itself, with empty
    /// bodies.
    pub fn new(clerk: &Clerk, verifier: &Verifier) -> Self {
        Self {
            clerk: clerk.clone(),
            verifier: verifier.clone(),
            options: AuthenticateOptions::new(),
            optional: false,
            responder: EmptyBody,
        }
    }
}

impl<R> AuthLayer<R> {
    /// Lets signed-out requests through as well. Where nobody can say who it is, the answer still is 503: a request
    /// with a good token is not to be taken for somebody else's.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Sets what is accepted; session tokens in a header or a cookie unless set.
    pub fn accept(mut self, options: AuthenticateOptions) -> Self {
        self.options = options;
        self
    }

    /// Answers with this in place of empty bodies: a function from a [`Refusal`] to a `Response<B>`, or any
    /// [`Responder`]. `B` is the body of the service behind the layer, such as `axum::body::Body`. What extractors and
    /// handlers refuse is theirs, and does not come here. For tonic, `Status::into_http` makes an answer with a gRPC
    /// status.
    ///
    /// The type of a layer with a function can be written down as `AuthLayer<fn(Refusal<'_>) -> Response<B>>`.
    ///
    /// ```
    /// use clerk_hyper::{AuthLayer, Refusal};
    ///
    /// # fn example(layer: AuthLayer) {
    /// let layer = layer.respond_with(|refusal: Refusal<'_>| {
    ///     if let Some(reason) = refusal.state.reason() {
    ///         eprintln!("{} {}: {}", refusal.request.method, refusal.response.status(), reason.code());
    ///     }
    ///     refusal.response.map(|()| "sign in first".to_owned())
    /// });
    /// # _ = layer;
    /// # }
    /// ```
    pub fn respond_with<R2>(self, responder: R2) -> AuthLayer<R2> {
        let Self { clerk, verifier, options, optional, .. } = self;
        AuthLayer { clerk, verifier, options, optional, responder }
    }
}

impl<R> fmt::Debug for AuthLayer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthLayer")
            .field("options", &self.options)
            .field("optional", &self.optional)
            .finish_non_exhaustive()
    }
}

impl<S, R: Clone> Layer<S> for AuthLayer<R> {
    type Service = AuthService<S, R>;

    fn layer(&self, inner: S) -> AuthService<S, R> {
        AuthService { inner, layer: Arc::new(self.clone()) }
    }
}

/// A request that is not let through. `Debug` shows none of its headers, as they hold its token, and no query.
#[non_exhaustive]
pub struct Refusal<'a> {
    /// The request, without its body. Its headers hold a token, which may be a good one: keep them out of logs.
    pub request: &'a Parts,
    /// Why: for logs.
    pub state: &'a RequestState,
    /// What is answered unless something else is: 401 or 503, with the headers that belong to it. Give it a body,
    /// and keep the headers. A browser that has to go to the handshake gets there, with its cookies, whatever is
    /// made of this.
    pub response: Response<()>,
}

impl fmt::Debug for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("method", &self.request.method)
            .field("path", &self.request.uri.path())
            .field("state", &self.state)
            .field("status", &self.response.status())
            .finish_non_exhaustive()
    }
}

/// Answers requests that are not let through. Every `Fn(Refusal) -> Response<B>` does.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not answer with a body of type `{B}`",
    note = "the body is that of the service behind the layer; without `respond_with` its type must have a default",
    note = "where a layer between them changes the body, put that one outside"
)]
pub trait Responder<B> {
    /// The answer.
    fn respond(&self, refusal: Refusal<'_>) -> Response<B>;
}

impl<B, F: Fn(Refusal<'_>) -> Response<B>> Responder<B> for F {
    fn respond(&self, refusal: Refusal<'_>) -> Response<B> {
        self(refusal)
    }
}

/// Answers with the body that is the default of its type: an empty one, in axum, tonic and `http_body_util`.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyBody;

impl<B: Default> Responder<B> for EmptyBody {
    fn respond(&self, refusal: Refusal<'_>) -> Response<B> {
        refusal.response.map(|()| B::default())
    }
}

/// A service behind an [`AuthLayer`].
pub struct AuthService<S, R = EmptyBody> {
    inner: S,
    layer: Arc<AuthLayer<R>>,
}

impl<S: Clone, R> Clone for AuthService<S, R> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), layer: Arc::clone(&self.layer) }
    }
}

impl<S: fmt::Debug, R> fmt::Debug for AuthService<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthService")
            .field("inner", &self.inner)
            .field("layer", &self.layer)
            .finish()
    }
}

impl<S, R, B, B2> Service<Request<B>> for AuthService<S, R>
where
    S: Service<Request<B>, Response = Response<B2>> + Clone,
    R: Responder<B2>,
{
    type Response = Response<B2>;
    type Error = S::Error;
    type Future = AuthFuture<S, B, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> AuthFuture<S, B, R> {
        let (parts, body) = request.into_parts();
        let layer = &self.layer;
        let mut flow = layer.verifier.authenticate(&parts, &layer.options);
        let hyper = layer.clerk.transport();
        // With the key at hand this is all there is, and nothing of it waits.
        let state = match flow.advance(Event::Start, hyper.now()) {
            Step::Done(state) => match layer.decide(state, parts, body) {
                Ok((request, headers)) => {
                    State::Passed { future: self.inner.call(request), headers }
                }
                Err(response) => State::Refused { response: Some(response) },
            },
            step => {
                let hyper = hyper.clone();
                let verdict: BoxFuture<_> =
                    Box::pin(async move { hyper.drive(&mut flow, step).await });
                // The one that is ready stays here for others: what it has reserved for a request, such as a
                // place under a limit, is not to wait together with one that nobody knows yet.
                let inner = self.inner.clone();
                let waiting = Waiting { inner, parts, body, layer: Arc::clone(layer) };
                State::Waits { verdict, waiting: Some(waiting) }
            }
        };
        layer.clerk.refresh(&layer.verifier);
        AuthFuture { state }
    }
}

impl<R> AuthLayer<R> {
    /// The request as it passes on, with what the answer to it has to carry, or what is answered in its place.
    #[allow(clippy::result_large_err)] // It is the other outcome, and as likely.
    fn decide<B, B2>(
        &self,
        state: RequestState,
        mut parts: Parts,
        body: B,
    ) -> Result<(Request<B>, SetHeaders), Response<B2>>
    where
        R: Responder<B2>,
    {
        // Nothing that others left there may be taken for what is said here.
        parts.extensions.remove::<Auth>();
        parts.extensions.remove::<Rejection>();
        let headers = match state {
            RequestState::SignedIn { auth, headers, .. } => {
                parts.extensions.insert(auth);
                headers
            }
            RequestState::SignedOut { rejection, headers, .. } if self.optional => {
                parts.extensions.insert(rejection);
                headers
            }
            state => return Err(self.refuse(&parts, &state)),
        };
        Ok((Request::from_parts(parts, body), headers))
    }

    fn refuse<B2>(&self, request: &Parts, state: &RequestState) -> Response<B2>
    where
        R: Responder<B2>,
    {
        let mut response = refusal(state);
        // Whatever the responder makes of it, the browser gets its cookies, and gets to the handshake.
        response.headers_mut().remove(SET_COOKIE);
        let mut response = self.responder.respond(Refusal { request, state, response });
        state.complete(&mut response);
        response
    }
}

/// What is answered to somebody who is not signed in.
pub(crate) fn refusal(state: &RequestState) -> Response<()> {
    state.refusal().unwrap_or_else(|| {
        // Every such state has one. If that changes, nobody gets in by it.
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        response
    })
}

/// A request that waits until it is known who sent it.
struct Waiting<S, B, R> {
    inner: S,
    parts: Parts,
    body: B,
    layer: Arc<AuthLayer<R>>,
}

pin_project! {
    /// What [`AuthService`] gives.
    pub struct AuthFuture<S, B, R>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        state: State<S, B, R>,
    }
}

pin_project! {
    #[project = Projected]
    enum State<S, B, R>
    where
        S: Service<Request<B>>,
    {
        Waits { verdict: BoxFuture<RequestState>, waiting: Option<Waiting<S, B, R>> },
        Admitted { inner: S, request: Option<(Request<B>, SetHeaders)> },
        Passed { #[pin] future: S::Future, headers: SetHeaders },
        Refused { response: Option<S::Response> },
    }
}

impl<S, B, R, B2> Future for AuthFuture<S, B, R>
where
    S: Service<Request<B>, Response = Response<B2>>,
    R: Responder<B2>,
{
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let next = match this.state.as_mut().project() {
                Projected::Passed { future, headers } => {
                    let mut response = ready!(future.poll(context))?;
                    headers.apply(response.headers_mut());
                    return Poll::Ready(Ok(response));
                }
                Projected::Refused { response } => match response.take() {
                    Some(response) => return Poll::Ready(Ok(response)),
                    // It gave its answer before, and is not to be polled any more.
                    None => return Poll::Pending,
                },
                Projected::Waits { verdict, waiting } => {
                    let verdict = ready!(verdict.as_mut().poll(context));
                    let Some(Waiting { inner, parts, body, layer }) = waiting.take() else {
                        return Poll::Pending;
                    };
                    layer.clerk.refresh(&layer.verifier);
                    match layer.decide(verdict, parts, body) {
                        Ok(request) => State::Admitted { inner, request: Some(request) },
                        Err(response) => State::Refused { response: Some(response) },
                    }
                }
                Projected::Admitted { inner, request } => {
                    ready!(inner.poll_ready(context))?;
                    let Some((request, headers)) = request.take() else { return Poll::Pending };
                    State::Passed { future: inner.call(request), headers }
                }
            };
            this.state.set(next);
        }
    }
}

impl<S: Service<Request<B>>, B, R> fmt::Debug for AuthFuture<S, B, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthFuture").finish_non_exhaustive()
    }
}

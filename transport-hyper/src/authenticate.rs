//! Requests of others: who sent them.
use clerk_core::auth::{AuthenticateOptions, RequestState, TokenKind, Verifier, VerifyError};
use http::request::Parts;
use tokio::runtime::Handle;

use crate::{BoxFuture, Clerk};

impl Clerk {
    /// Tells who sent a request: [`Verifier::authenticate`], run here. In front of a whole service there is
    /// [`AuthLayer`](crate::AuthLayer).
    ///
    /// When the keys are due to be refreshed, a task of its own does that, and this request does not wait.
    ///
    /// ```
    /// use clerk_hyper::{Clerk, auth::{AuthenticateOptions, RequestState, Verifier}};
    ///
    /// # async fn example(clerk: Clerk, request: http::Request<()>) -> Result<(), clerk_hyper::Error> {
    /// // Once, at the start:
    /// let verifier = clerk
    ///     .verifier()
    ///     .publishable_key("pk_test_Y2xlcmsuY2xlcmsuZGV2JA")
    ///     .authorized_party("https://example.com")
    ///     .build()?;
    ///
    /// let (parts, body) = request.into_parts();
    /// match clerk.authenticate(&verifier, &parts, &AuthenticateOptions::new()).await {
    ///     RequestState::SignedIn { auth, .. } => println!("{:?}", auth.user_id()),
    ///     state => println!("{:?}", state.refusal()), // 401 or 503
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "authenticateRequest")]
    pub fn authenticate(
        &self,
        verifier: &Verifier,
        parts: &Parts,
        options: &AuthenticateOptions,
    ) -> impl Future<Output = RequestState> + Send + use<> {
        self.beside(verifier, self.run(verifier.authenticate(parts, options)))
    }

    /// Verifies one token: [`Verifier::verify_as`], run here. For sessions `K` is
    /// [`SessionAuth`](clerk_core::auth::SessionAuth). Keys are refreshed as by
    /// [`authenticate`](Self::authenticate).
    #[doc(alias = "verifyToken")]
    pub fn verify<K: TokenKind>(
        &self,
        verifier: &Verifier,
        token: &str,
    ) -> impl Future<Output = Result<K, VerifyError>> + Send + use<K> {
        self.beside(verifier, self.run(verifier.verify_as(token)))
    }

    /// Refreshes the keys beside what comes after `verdict`, if that is due then.
    fn beside<R: Send + 'static>(
        &self,
        verifier: &Verifier,
        verdict: BoxFuture<R>,
    ) -> impl Future<Output = R> + Send + use<R> {
        let (clerk, verifier) = (self.clone(), verifier.clone());
        async move {
            let verdict = verdict.await;
            clerk.refresh(&verifier);
            verdict
        }
    }

    /// Refreshes the keys on a task of its own, if that is due.
    pub(crate) fn refresh(&self, verifier: &Verifier) {
        // With keys at hand all of this works on any executor, and is not to panic on one.
        if let Ok(runtime) = Handle::try_current()
            && let Some(refresh) = verifier.due_refresh()
        {
            runtime.spawn(self.run(refresh));
        }
    }
}

//! Requests of others: who sent them.
use clerk_core::auth::{AuthenticateOptions, RequestState, TokenKind, Verifier, VerifyError};
use http::request::Parts;

use crate::Clerk;

impl Clerk {
    /// Tells who sent a request: [`Verifier::authenticate`], run here.
    ///
    /// When the keys are due to be refreshed, a thread of its own does that, and this request does not
    /// wait; where no thread can be started, the next request tries again.
    ///
    /// ```
    /// use clerk_blocking::{Clerk, auth::{AuthenticateOptions, Verifier}};
    ///
    /// # fn example(clerk: Clerk) -> Result<(), clerk_blocking::Error> {
    /// // Once, at the start:
    /// let verifier = clerk
    ///     .verifier()
    ///     .publishable_key("pk_test_Y2xlcmsuY2xlcmsuZGV2JA")
    ///     .authorized_party("https://example.com")
    ///     .build()?;
    ///
    /// fn handle(clerk: &Clerk, verifier: &Verifier, request: http::Request<()>) -> http::Response<String> {
    ///     let (parts, body) = request.into_parts();
    ///     let state = clerk.authenticate(verifier, &parts, &AuthenticateOptions::new());
    ///     match state.require() { // or `optional()`, which lets in who is signed out, too
    ///         Ok((auth, headers)) => {
    ///             let mut response = http::Response::new(format!("hello, {:?}", auth.user_id()));
    ///             headers.apply(response.headers_mut()); // fresh cookies, if there is a handshake
    ///             response
    ///         }
    ///         // 401, 503 with Retry-After, or 307 to the handshake
    ///         Err(refusal) => refusal.map(|()| String::new()),
    ///     }
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
    ) -> RequestState {
        let state = self.run(verifier.authenticate(parts, options));
        self.refresh(verifier);
        state
    }

    /// Verifies one token: [`Verifier::verify_as`], run here. For sessions `K` is
    /// [`SessionAuth`](clerk_core::auth::SessionAuth). Keys are refreshed as by
    /// [`authenticate`](Self::authenticate).
    ///
    /// # Errors
    ///
    /// If the token is not to be accepted, or cannot be judged.
    #[doc(alias = "verifyToken")]
    pub fn verify<K: TokenKind>(&self, verifier: &Verifier, token: &str) -> Result<K, VerifyError> {
        let verdict = self.run(verifier.verify_as(token));
        self.refresh(verifier);
        verdict
    }

    /// Refreshes the keys on a thread of its own, if that is due.
    fn refresh(&self, verifier: &Verifier) {
        if let Some(refresh) = verifier.due_refresh() {
            let clerk = self.clone();
            let thread = std::thread::Builder::new().name("clerk-refresh".to_owned());
            drop(thread.spawn(move || clerk.run(refresh)));
        }
    }
}

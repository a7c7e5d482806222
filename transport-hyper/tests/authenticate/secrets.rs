//! Tokens that must not be shown.
use std::{
    error::Error as _,
    fmt::{Debug, Write as _},
};

use clerk_fault_server::answer;
use clerk_hyper::{
    Clerk, Event, Flow as _, Moment, RetryPolicy,
    auth::{AuthenticateOptions, Reason, RequestState, TokenType, VerifyError},
};

use crate::{
    SECRET_KEY, bearer, in_time, key_set,
    opaque::{GOOD, answers, verdict},
    session, unix_time, verifier,
};

/// Everything that `Debug` and `Display` say of an error and its sources.
fn texts(error: &VerifyError) -> String {
    let mut text = format!("{error:?} {error}");
    let mut source = error.source();
    while let Some(error) = source {
        write!(text, " {error:?} {error}").unwrap();
        source = error.source();
    }
    text
}

#[tokio::test]
async fn no_token_is_shown() {
    in_time(async {
        let session = session();
        let other = format!("{}.{}", session.rsplit_once('.').unwrap().0, "CANARY00");
        let (opaque, no_token) = ("ak_CANARYcanary", "CANARY.CANARY.CANARY");
        let good = verdict(TokenType::ApiKey, GOOD);
        let echo = format!(r#"{{"object":"{opaque}","secret":"{opaque}"}}"#);
        let server =
            answers([answer(200, &key_set()), answer(500, &echo), answer(200, &echo), good]);
        let clerk = Clerk::builder(SECRET_KEY)
            .base_url(server.base_url())
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let (by_hand, verifier) = (verifier(&clerk), verifier(&clerk));
        let any = AuthenticateOptions::new().accept_any();
        let mut shown = String::new();
        let mut show = |what: &dyn Debug| write!(shown, "{what:?} {what:#?} ").unwrap();
        let mut reasons = Vec::new();
        for token in [&*session, &other, no_token, opaque, opaque, opaque] {
            let parts = bearer(token);
            let now = Moment::at(unix_time());
            // The flow by hand, at each of its steps, and then to its end.
            let mut flow = by_hand.authenticate(&parts, &any);
            show(&flow);
            show(&flow.advance(Event::Start, now));
            show(&flow);
            show(&flow.advance(Event::Elapsed, now));
            show(&flow);
            drop(flow);
            let state = clerk.authenticate(&verifier, &parts, &any).await;
            show(&state);
            show(&state.refusal());
            reasons.push(state.reason());
            match state {
                RequestState::SignedOut { rejection, .. } => show(&texts(&rejection.into())),
                RequestState::Unavailable(unavailable) => show(&texts(&unavailable.into())),
                _ => {}
            }
            let mut flow = by_hand.verify(token);
            show(&flow);
            show(&flow.advance(Event::Start, now));
            show(&flow);
        }
        show(&verifier);
        show(&verifier.refresh());
        show(&clerk);
        let parts = session.split('.').chain(["CANARY", "canary", "sk_test", SECRET_KEY]);
        for part in parts {
            assert!(!shown.contains(part), "{part}: {shown}");
        }
        assert_eq!(server.finish().requests().count(), 4);
        let (unclear, signed_in) = (Some(Reason::UnexpectedError), None);
        let (forged, none) = (Some(Reason::TokenInvalidSignature), Some(Reason::TokenInvalid));
        assert_eq!(reasons, [signed_in, forged, none, unclear, unclear, signed_in]);
    })
    .await;
}

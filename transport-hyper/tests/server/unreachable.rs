//! Nobody can say who it is, as Clerk cannot be reached.
use std::time::Duration;

use clerk_fault_server::{
    ClosedPort, Plan, Server,
    Step::{ReadRequest, Reset, Stall},
    answer, answer_with,
};
use clerk_hyper::Clerk;

use crate::{
    REACHED, SECRET_KEY, UNAUTHORIZED, UNAVAILABLE, any, clerk, in_time, modes, session_token,
    unix_time, verifier,
    wire::{Seen, ask, bearer, both, get},
};

/// What comes of a client that cannot reach Clerk.
async fn nobody_can_say(clerk: &Clerk, name: &str) {
    let seen = Seen::default();
    let (session, uat) = (session_token(), unix_time() - 60);
    let cookie = get(&format!("cookie: __session={session}; __client_uat={uat}\r\n"));
    for (request, what, can_tell) in [
        (bearer(&session), "a session", false),
        (cookie, "a cookie", false),
        (bearer("ak_0123"), "an API key", false),
        (get(""), "nothing", true),
        (bearer("garbage"), "garbage", true),
        (bearer("a.b.c"), "no JWT", true),
    ] {
        // A verifier that has not failed before says to come back in a second.
        for (mode, server) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let layer = modes(clerk, &verifier(clerk))[mode].clone().accept(any());
            let answer = ask(both(&layer, &seen).await[server], &request).await;
            let expected = match (can_tell, mode) {
                (false, _) => UNAVAILABLE,
                (true, 0) => UNAUTHORIZED,
                (true, _) => REACHED,
            };
            let place = format!("{name}: {what}, mode {mode}, server {server}");
            assert_eq!(answer, expected, "{place}");
            assert_eq!(seen.take().len(), usize::from(can_tell && mode == 1), "{place}");
        }
    }
}

#[tokio::test]
async fn a_closed_port() {
    in_time(async {
        let port = ClosedPort::open().unwrap();
        nobody_can_say(&clerk(&format!("http://{}", port.address())), "closed").await;
    })
    .await;
}

#[tokio::test]
async fn a_reset() {
    in_time(async {
        let server = Server::start(Plan::always(vec![Reset])).unwrap();
        nobody_can_say(&clerk(&server.base_url()), "reset").await;
    })
    .await;
}

#[tokio::test]
async fn an_error() {
    in_time(async {
        for (name, answer) in [
            ("500", answer(500, "{}")),
            ("not the secret key", answer(401, "{}")),
            ("a page", answer_with(200, "content-type: text/html\r\n", b"<p>")),
        ] {
            let server = Server::start(Plan::answering(answer)).unwrap();
            nobody_can_say(&clerk(&server.base_url()), name).await;
        }
    })
    .await;
}

#[tokio::test]
async fn no_answer() {
    in_time(async {
        let server = Server::start(Plan::always(vec![ReadRequest, Stall])).unwrap();
        let builder = Clerk::builder(SECRET_KEY).base_url(server.base_url());
        let clerk = builder.deadline(Duration::from_millis(200)).build().unwrap();
        nobody_can_say(&clerk, "silent").await;
    })
    .await;
}

#[tokio::test]
async fn the_time_that_clerk_names_is_passed_on() {
    in_time(async {
        let busy = answer_with(503, "retry-after: 40\r\n", b"{}");
        let server = Server::start(Plan::answering(busy)).unwrap();
        let (clerk, seen) = (clerk(&server.base_url()), Seen::default());
        for mode in [0, 1] {
            for token in [session_token(), "ak_0123".to_owned()] {
                let layer = modes(&clerk, &verifier(&clerk))[mode].clone().accept(any());
                for (address, again) in both(&layer, &seen).await.into_iter().zip([false, true]) {
                    let answer = ask(address, &bearer(&token)).await;
                    if again && token != "ak_0123" {
                        // The second one is told what is left of the time, and otherwise the same.
                        let left = (1..=40).map(|left| format!("retry-after: {left}"));
                        let mut answers =
                            left.map(|left| UNAVAILABLE.replace("retry-after: 1", &left));
                        assert!(answers.any(|expected| expected == answer), "{answer}");
                        continue;
                    }
                    assert_eq!(answer, UNAVAILABLE.replace("retry-after: 1", "retry-after: 40"));
                }
            }
        }
        assert_eq!(seen.count(), 0);
    })
    .await;
}

//! An agent of the caller's.
use std::{net::TcpListener, time::Duration};

use clerk_blocking::{Clerk, FailureKind, Phase, RawOperation, Reach, RetryPolicy, ureq::Agent};
use serde_json::json;

use crate::server::{Server, answer, ok};

fn plain() -> Agent {
    Agent::config_builder().proxy(None).build().new_agent()
}

fn call(clerk: &Clerk) -> Result<serde_json::Value, clerk_blocking::Error> {
    clerk.call(RawOperation::new(http::Method::GET, "/things"))
}

#[test]
fn an_agent_is_used_and_its_connections_are_shared() {
    let server = Server::answering(|_| ok("{}"));
    let agent = plain();
    for _ in 0..2 {
        let clerk = server.builder().agent(agent.clone()).build().unwrap();
        assert_eq!(call(&clerk).unwrap(), json!({}));
        assert_eq!(call(&clerk).unwrap(), json!({}));
    }
    let seen = server.seen();
    assert!(
        seen.iter()
            .all(|request| request.connection == 0 && request.header("accept-encoding").is_none()),
        "{seen:?}"
    );
}

#[test]
fn what_an_agent_does_with_answers_is_turned_off() {
    let target = Server::answering(|_| ok("{}"));
    let location = format!("302 Found\r\nlocation: {}", target.url());
    let server = Server::answering(move |request| {
        if request.number == 0 { answer("404 Not Found", "") } else { answer(&location, "") }
    });
    let clerk = server.builder().agent(plain()).build().unwrap();
    assert!(call(&clerk).unwrap_err().is_not_found());
    assert_eq!(call(&clerk).unwrap_err().status().unwrap().as_u16(), 302);
    assert!(target.seen().is_empty());
}

#[test]
fn answers_to_an_agent_are_limited_too() {
    let server = Server::answering(|_| ok(r#""0123456789""#));
    let clerk = server.builder().agent(plain()).max_response_body(11).build().unwrap();
    assert_eq!(call(&clerk).unwrap_err().failure().unwrap().kind, FailureKind::TooLarge);
}

#[test]
fn of_an_agent_only_the_provable_is_believed() {
    let once = |server: String| {
        Clerk::builder("sk_test_abc").base_url(server).retry(RetryPolicy::none()).agent(plain())
    };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = call(&once(format!("http://127.0.0.1:{port}")).build().unwrap()).unwrap_err();
    let failure = error.failure().unwrap();
    assert_eq!((failure.kind, failure.reach), (FailureKind::Connect, Reach::NotSent));

    let server = Server::writing(|_, stream| stream.shutdown(std::net::Shutdown::Both));
    let error = call(&once(server.url()).build().unwrap()).unwrap_err();
    let failure = error.failure().unwrap();
    assert_eq!((failure.kind, failure.reach), (FailureKind::Closed, Reach::MaybeSent));

    let server = Server::writing(|_, _| Ok(()));
    let error =
        call(&once(server.url()).attempt_timeout(Duration::from_millis(50)).build().unwrap())
            .unwrap_err();
    assert_eq!(error.timeout(), Some(Phase::Headers));
    assert!(error.may_have_been_sent());
}

#[test]
fn what_belongs_to_the_agent_is_not_set_beside_it() {
    let builder = || Clerk::builder("sk_test_abc").agent(plain());
    for (builder, field) in [
        (builder().connect_timeout(Duration::from_secs(1)), "connect_timeout"),
        (builder().max_idle_connections(1), "max_idle_connections"),
        (builder().idle_timeout(Duration::from_secs(1)), "idle_timeout"),
        (builder().tls_config(crate::proxy::trusting_nobody()), "tls_config"),
        (builder().proxy("http://proxy.test:3128"), "proxy"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("invalid `{field}`: it has no effect on an agent of your own: set it there")
        );
    }
}

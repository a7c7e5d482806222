//! Through a proxy, if asked.
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use clerk_blocking::{
    Clerk, FailureKind, Phase, RawOperation, Reach, RetryPolicy,
    rustls::{ClientConfig, RootCertStore, crypto},
};

use crate::server::{Server, ok};

/// A configuration under which no certificate is good.
pub(crate) fn trusting_nobody() -> ClientConfig {
    let provider: Arc<crypto::CryptoProvider> = Arc::new(crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
}

/// A proxy that writes `answer` to whatever it is asked, and tells what that was.
fn proxy(answer: &'static str) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url =
        format!("http://name:pass%20word@127.0.0.1:{}", listener.local_addr().unwrap().port());
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
            sender.send(head).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            // Held until the client ends it.
            let _ = reader.read_line(&mut String::new());
        }
    });
    (url, receiver)
}

fn through(proxy: &str) -> clerk_blocking::ClerkBuilder {
    let builder =
        Clerk::builder("sk_test_abc").base_url("https://api.invalid").tls_config(trusting_nobody());
    builder.proxy(proxy).retry(RetryPolicy::none())
}

fn failure(clerk: &Clerk) -> (FailureKind, Reach, String) {
    let error = clerk.call(RawOperation::new(http::Method::GET, "/things")).unwrap_err();
    let failure = error.failure().unwrap();
    (failure.kind, failure.reach, error.to_string())
}

#[test]
fn a_proxy_passes_on_and_learns_nothing() {
    // Then something that is no TLS.
    let (url, asked) = proxy("HTTP/1.1 200 OK\r\n\r\nno TLS, but enough of it");
    let (kind, reach, _) = failure(&through(&url).build().unwrap());
    assert_eq!((kind, reach), (FailureKind::Tls, Reach::NotSent));
    assert_eq!(
        asked.recv().unwrap(),
        "CONNECT api.invalid:443 HTTP/1.1\r\n\
         Host: api.invalid:443\r\n\
         Proxy-Connection: Keep-Alive\r\n\
         Proxy-Authorization: Basic bmFtZTpwYXNzIHdvcmQ=\r\n\r\n"
    );
}

#[test]
fn a_proxy_that_refuses_is_named() {
    let (url, _asked) = proxy("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let (kind, reach, text) = failure(&through(&url).build().unwrap());
    assert_eq!((kind, reach), (FailureKind::Connect, Reach::NotSent));
    assert_eq!(
        text,
        "GET /things: could not connect: proxy server responded 407/407 (nothing was sent)"
    );
}

#[test]
fn a_silent_proxy_shares_the_limit_of_connecting() {
    let (url, _asked) = proxy("HTTP/1.1 200");
    let (kind, reach, _) =
        failure(&through(&url).connect_timeout(Duration::from_millis(50)).build().unwrap());
    assert_eq!((kind, reach), (FailureKind::Timeout(Phase::Connect), Reach::NotSent));
}

#[test]
fn loopback_goes_without_it() {
    let (url, asked) = proxy("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    let server = Server::answering(|_| ok("{}"));
    let clerk = server.builder().proxy(&url).build().unwrap();
    for _ in 0..2 {
        clerk.call(RawOperation::new(http::Method::GET, "/things")).unwrap();
    }
    assert!(asked.try_recv().is_err());
    assert!(server.seen().iter().all(|request| request.connection == 0));
}

//! Proxies, and what they get to see.
use clerk_hyper::{Clerk, FailureKind, RawOperation, Reach, RetryPolicy, rustls};
use http::Method;

use crate::{calls::echo, server::Server};

fn no_roots() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

#[tokio::test]
async fn a_proxy_sees_the_host_and_no_key() {
    // It says no, or it says yes and then is nobody that TLS is spoken with.
    let refusing = Server::start(|_| vec![b"HTTP/1.1 407 X\r\n\r\n".to_vec()]).await;
    let lying = Server::start(|_| {
        vec![b"HTTP/1.1 200 X\r\n\r\n".to_vec(), b"this is no TLS at all".to_vec()]
    })
    .await;
    for (proxy, kind) in [(refusing, FailureKind::Connect), (lying, FailureKind::Tls)] {
        let url = proxy.url.replace("//", "//user:word@");
        let mut config = no_roots();
        // Would make the connector panic, or the server speak HTTP/2.
        config.alpn_protocols = vec![b"h2".to_vec()];
        let clerk = Clerk::builder("sk_test_secret")
            .tls_config(config)
            .proxy(&url)
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let error = clerk.call(RawOperation::new(Method::GET, "/x")).await.unwrap_err();
        let failure = error.failure().unwrap();
        assert_eq!((failure.kind, failure.reach), (kind, Reach::NotSent), "{error:?}");
        let seen = proxy.seen();
        assert_eq!(
            seen[0].text,
            "CONNECT api.clerk.com:443 HTTP/1.1\r\nHost: api.clerk.com:443\r\nProxy-Authorization: Basic dXNlcjp3b3Jk\r\n\r\n"
        );
        assert!(!format!("{seen:?} {error:?}").contains("sk_test_secret"));
    }
}

#[tokio::test]
async fn loopback_without_tls_goes_past_the_proxy() {
    let proxy = Server::start(|_| vec![b"HTTP/1.1 407 X\r\n\r\n".to_vec()]).await;
    let server = Server::start(echo).await;
    let clerk = server.builder().proxy(&proxy.url).build().unwrap();
    clerk.call(RawOperation::new(Method::GET, "/echo/1")).await.unwrap();
    assert_eq!((proxy.connections(), server.connections()), (0, 1));
}

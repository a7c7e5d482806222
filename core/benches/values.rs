//! Requests and answers as values, without a network, against the same by hand.
//!
//! `bash .ci/bench` runs it with all others; docs/benchmarks.md says what is measured and what was
//! seen.
#![allow(clippy::unwrap_used, clippy::panic)] // A benchmark that fails stops.
use std::{hint::black_box, process::ExitCode};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use clerk_bench_support::{
    ACTOR_ID, SECRET_KEY, USER_ID, answers,
    limit::{self, NEW_TOKEN, RequestByHand},
    values::{Bars, Case, Group, MostAllocations, main as run},
};
use clerk_core::{
    Config, Error, Event, Flow as _, Moment, Operation, Step, Timestamp,
    api::{
        actor_tokens::{Actor, CreateActorToken},
        users::GetUserList,
    },
    auth::{AuthenticateOptions, Ring, Rs256, RsaPublicKey, Verifier},
    testing::TestKey,
};

const BASE_URL: &str = "https://api.example.test/v1";

fn main() -> Result<ExitCode, Error> {
    let config = Config::builder(SECRET_KEY).base_url(BASE_URL).build()?;
    Ok(run(vec![
        build(&config),
        token(),
        users(),
        with_ring(),
        #[cfg(feature = "aws-lc-rs")]
        with_aws_lc_rs(),
    ]))
}

fn create() -> CreateActorToken {
    CreateActorToken::new(USER_ID, Actor::new(ACTOR_ID)).expires_in_seconds(600)
}

fn build(config: &Config) -> Group {
    let by_hand = RequestByHand::new(BASE_URL);
    let operation = create();
    let (ready, fresh) = (config.clone(), config.clone());
    Group {
        title: "build: the request for an actor token",
        limit: Case::new("build/limit: URI and headers ready", move || {
            by_hand.make(black_box(&NEW_TOKEN))
        }),
        ours: vec![
            (
                Case::new("build/ours: operation at hand", move || {
                    black_box(&operation).to_request(&ready).unwrap()
                }),
                Bars {
                    cost: Some(1.2),
                    allocations: Some(MostAllocations::Times(7.0)),
                    ..Bars::default()
                },
            ),
            (
                Case::new("build/ours: from strings", move || create().to_request(&fresh).unwrap()),
                Bars::default(),
            ),
        ],
        repetitions: 2000,
    }
}

fn token() -> Group {
    let body = Bytes::from(answers::actor_token());
    let (limit, ours) = (body.clone(), body);
    Group {
        title: "token: reading an actor token",
        limit: Case::new("token/limit: structs, from_str", move || {
            limit::read_token(black_box(&limit))
        }),
        ours: vec![(
            Case::new("token/ours", move || CreateActorToken::decode(black_box(&ours)).unwrap()),
            reading(),
        )],
        repetitions: 2000,
    }
}

fn users() -> Group {
    let body = Bytes::from(answers::users());
    let (limit, ours) = (body.clone(), body);
    Group {
        title: "users: reading a page of 100 users",
        limit: Case::new("users/limit: structs, from_str", move || {
            limit::read_users(black_box(&limit))
        }),
        ours: vec![(
            Case::new("users/ours", move || GetUserList::decode(black_box(&ours)).unwrap()),
            reading(),
        )],
        repetitions: 10,
    }
}

fn reading() -> Bars {
    Bars { cost: Some(1.05), allocations: Some(MostAllocations::Ratio(1.05)), ..Bars::default() }
}

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

/// A session token as they are: claims of version 2 with an organization, 2048 bits.
fn session_token() -> String {
    let builder = TestKey::first()
        .session(USER_ID)
        .claim("sid", "sess_2yB3nKf8RsXq5WjTd0VhCz7MgEu")
        .claim("jti", "5b0f7b2a1c9d4e6f8a3b")
        .claim("fva", vec![3, -1])
        .claim("pla", "o:pro")
        .issuer("https://clerk.example.com")
        .authorized_party("https://app.example.com")
        .organization("org_2yB3nKf8RsXq5WjTd0VhCz7MgEu", "org:admin")
        .permissions(&[("dashboard", "read"), ("dashboard", "manage"), ("teams", "manage")]);
    builder.mint(NOW.as_secs())
}

/// What a verification is held against: the backend's own, with the key as ready as it can be.
type Rsa = Box<dyn Fn(&[u8], &[u8])>;

fn with_ring() -> Group {
    let key = test_key();
    let (n, e) = (key.modulus().to_vec(), key.exponent().to_vec());
    let rsa: Rsa = Box::new(move |message, signature| {
        let key = ring::signature::RsaPublicKeyComponents { n: &n, e: &e };
        key.verify(&ring::signature::RSA_PKCS1_2048_8192_SHA256, message, signature).unwrap();
    });
    let names = [
        "ring/limit: RSA, claims by serde",
        "ring/verify_local",
        "ring/the flow",
        "ring/a request",
    ];
    session("session: verifying a session token, with ring", names, rsa, Ring)
}

#[cfg(feature = "aws-lc-rs")]
fn with_aws_lc_rs() -> Group {
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
    let key = test_key();
    let numbers = RsaPublicKeyComponents { n: key.modulus(), e: key.exponent() };
    let key = numbers.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).unwrap();
    let rsa: Rsa = Box::new(move |message, signature| key.verify_sig(message, signature).unwrap());
    let names = [
        "aws-lc-rs/limit: RSA, claims by serde",
        "aws-lc-rs/verify_local",
        "aws-lc-rs/the flow",
        "aws-lc-rs/a request",
    ];
    let backend = clerk_core::auth::AwsLcRs;
    session("session: verifying a session token, with aws-lc-rs", names, rsa, backend)
}

fn test_key() -> RsaPublicKey {
    RsaPublicKey::from_pem(&TestKey::first().pem()).unwrap()
}

fn session(
    title: &'static str,
    [limit, local, flow, request]: [&'static str; 4],
    rsa: Rsa,
    backend: impl Rs256 + Copy,
) -> Group {
    let token = session_token();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (signed, signature) = (signed.to_owned(), URL_SAFE_NO_PAD.decode(signature).unwrap());
    let payload = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
    let payload = String::from_utf8(payload).unwrap();
    let verifier = Verifier::builder()
        .key_set(TestKey::first().key_set())
        .issuer("https://clerk.example.com")
        .authorized_party("https://app.example.com")
        .backend(backend)
        .build()
        .unwrap();
    let (of_flow, of_request) = (verifier.clone(), verifier.clone());
    let (token_of_flow, moment) = (token.clone(), Moment::from(NOW));
    let (parts, ()) = http::Request::get("/")
        .header("authorization", format!("Bearer {token}"))
        .body(())
        .unwrap()
        .into_parts();
    let options = AuthenticateOptions::new();
    Group {
        title,
        limit: Case::new(limit, move || {
            rsa(black_box(signed.as_bytes()), &signature);
            limit::read_claims(black_box(&payload))
        }),
        ours: vec![
            (
                Case::new(local, move || verifier.verify_local(black_box(&token), NOW).unwrap()),
                verifying(),
            ),
            (
                Case::new(flow, move || {
                    let mut flow = of_flow.verify(black_box(&*token_of_flow));
                    let Step::Done(session) = flow.advance(Event::Start, moment) else {
                        panic!("it asks")
                    };
                    session.unwrap()
                }),
                verifying(),
            ),
            (
                Case::new(request, move || {
                    let mut flow = of_request.authenticate(black_box(&parts), &options);
                    let Step::Done(state) = flow.advance(Event::Start, moment) else {
                        panic!("it asks")
                    };
                    state.into_auth().unwrap()
                }),
                verifying(),
            ),
        ],
        repetitions: 200,
    }
}

fn verifying() -> Bars {
    Bars { cost: Some(1.10), allocations: Some(MostAllocations::Times(20.0)), ..Bars::default() }
}

//! Requests and answers as values, without a network, against the same by hand.
//!
//! `bash .ci/bench` runs it with all others; docs/benchmarks.md says what is measured and what was
//! seen.
#![allow(clippy::unwrap_used)] // A benchmark that fails stops.
use std::{hint::black_box, process::ExitCode};

use bytes::Bytes;
use clerk_bench_support::{
    ACTOR_ID, SECRET_KEY, USER_ID, answers,
    limit::{self, NEW_TOKEN, RequestByHand},
    values::{Bars, Case, Group, MostAllocations, main as run},
};
use clerk_core::{
    Config, Error, Operation,
    api::{
        actor_tokens::{Actor, CreateActorToken},
        users::GetUserList,
    },
};

const BASE_URL: &str = "https://api.example.test/v1";

fn main() -> Result<ExitCode, Error> {
    let config = Config::builder(SECRET_KEY).base_url(BASE_URL).build()?;
    Ok(run(vec![build(&config), token(), users()]))
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
                Bars { cost: Some(1.2), allocations: Some(MostAllocations::Times(7.0)) },
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
    Bars { cost: Some(1.05), allocations: Some(MostAllocations::Ratio(1.05)) }
}

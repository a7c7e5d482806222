//! Calls over loopback, against one ureq agent with requests from strings and answers read into
//! hand-written structs.
//!
//! `bash .ci/bench` runs it with all others; core/docs/benchmarks.md says what is measured and what
//! was seen.
#![allow(clippy::unwrap_used)] // A benchmark that fails stops.
use std::process::ExitCode;

use clerk_bench_support::{
    ACTOR_ID, API_VERSION, SECRET_KEY, USER_ID,
    limit::{self, NEW_TOKEN},
    wire::{Driver, Job, POOL, Workload, main as run},
};
use clerk_blocking::{Clerk, api::actor_tokens::Actor, ureq::Agent};

fn main() -> ExitCode {
    run(
        Driver { name: "limit: ureq", run: raw },
        Driver { name: "ours: clerk-blocking", run: ours },
    )
}

/// The limit: nothing but an agent, a request, and an answer.
fn raw(job: &Job) {
    let agent = Agent::from(
        Agent::config_builder()
            .max_idle_connections(POOL)
            .max_idle_connections_per_host(POOL)
            .build(),
    );
    let authorization = format!("Bearer {SECRET_KEY}");
    let (tokens, users) =
        (format!("{}/actor_tokens", job.base_url), format!("{}/users?limit=100", job.base_url));
    job.measure_blocking(|| match job.workload {
        Workload::ActorToken => {
            let body = serde_json::to_vec(&NEW_TOKEN).unwrap();
            let request = agent
                .post(&tokens)
                .header("authorization", &authorization)
                .header("clerk-api-version", API_VERSION);
            let mut response = request.content_type("application/json").send(&body[..]).unwrap();
            let token = limit::read_token(&response.body_mut().read_to_vec().unwrap());
            assert!(token.id.starts_with("act_"));
        }
        Workload::ListUsers => {
            let request = agent
                .get(&users)
                .header("authorization", &authorization)
                .header("clerk-api-version", API_VERSION);
            let mut response = request.call().unwrap();
            assert_eq!(limit::read_users(&response.body_mut().read_to_vec().unwrap()).len(), 100);
        }
    });
}

fn ours(job: &Job) {
    let clerk = Clerk::builder(SECRET_KEY)
        .base_url(&job.base_url)
        .max_idle_connections(POOL)
        .build()
        .unwrap();
    job.measure_blocking(|| match job.workload {
        Workload::ActorToken => {
            let token = clerk
                .actor_tokens()
                .create(USER_ID, Actor::new(ACTOR_ID))
                .expires_in_seconds(600)
                .send()
                .unwrap();
            assert!(token.id.as_str().starts_with("act_"));
        }
        Workload::ListUsers => {
            assert_eq!(clerk.users().list().limit(100).send().unwrap().len(), 100)
        }
    });
}

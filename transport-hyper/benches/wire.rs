//! Calls over loopback, against hyper-util's pooled client with requests from strings and answers
//! read into hand-written structs.
//!
//! `bash .ci/bench` runs it with all others; core/docs/benchmarks.md says what is measured and what
//! was seen.
#![allow(clippy::unwrap_used)] // A benchmark that fails stops.
use std::{process::ExitCode, rc::Rc};

use bytes::Bytes;
use clerk_bench_support::{
    ACTOR_ID, API_VERSION, SECRET_KEY, USER_ID,
    limit::{self, NEW_TOKEN},
    wire::{Countdown, Driver, Job, POOL, Workload, main as run},
};
use clerk_hyper::{Clerk, api::actor_tokens::Actor};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::{runtime, task::LocalSet};

fn main() -> ExitCode {
    run(
        Driver { name: "limit: hyper-util", run: raw },
        Driver { name: "ours: clerk-hyper", run: ours },
    )
}

/// The limit: nothing but a pool, a request, and an answer.
fn raw(job: &Job) {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Full<Bytes>> =
        Client::builder(TokioExecutor::new()).pool_max_idle_per_host(POOL).build(connector);
    let (workload, base_url) = (job.workload, job.base_url.clone());
    let authorization = format!("Bearer {SECRET_KEY}");
    drive(job, async move || {
        let request = Request::builder()
            .header("authorization", authorization.as_str())
            .header("clerk-api-version", API_VERSION);
        let request = match workload {
            Workload::ActorToken => request
                .method("POST")
                .uri(format!("{base_url}/actor_tokens"))
                .header("content-type", "application/json")
                .body(Full::from(serde_json::to_vec(&NEW_TOKEN).unwrap())),
            Workload::ListUsers => {
                request.uri(format!("{base_url}/users?limit=100")).body(Full::default())
            }
        };
        let response = client.request(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        match workload {
            Workload::ActorToken => assert!(limit::read_token(&body).id.starts_with("act_")),
            Workload::ListUsers => assert_eq!(limit::read_users(&body).len(), 100),
        }
    });
}

fn ours(job: &Job) {
    let clerk = Clerk::builder(SECRET_KEY)
        .base_url(&job.base_url)
        .max_idle_connections(POOL)
        .build()
        .unwrap();
    let workload = job.workload;
    drive(job, async move || match workload {
        Workload::ActorToken => {
            let token = clerk
                .actor_tokens()
                .create(USER_ID, Actor::new(ACTOR_ID))
                .expires_in_seconds(600)
                .send()
                .await
                .unwrap();
            assert!(token.id.as_str().starts_with("act_"));
        }
        Workload::ListUsers => {
            assert_eq!(clerk.users().list().limit(100).send().await.unwrap().len(), 100)
        }
    });
}

/// Runs all workers on one thread, as tasks.
fn drive(job: &Job, call: impl AsyncFn() + 'static) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (call, workers) = (Rc::new(call), job.workers);
    job.measure(|calls| {
        let (tasks, left) = (LocalSet::new(), Rc::new(Countdown::new(calls)));
        for _ in 0..workers {
            let (call, left) = (Rc::clone(&call), Rc::clone(&left));
            tasks.spawn_local(async move {
                while left.take() {
                    call().await;
                }
            });
        }
        runtime.block_on(tasks);
        assert!(!left.take());
    });
}

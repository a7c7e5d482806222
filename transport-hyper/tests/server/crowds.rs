//! Many requests while Clerk takes its time.
use std::time::Duration;

use clerk_hyper::{
    Clerk, Event, Flow as _, Moment, Step,
    auth::{RequestState, Verifier},
    bytes::Bytes,
};
use http::Response;
use serde_json::json;
use tokio::{sync::mpsc, task::JoinSet};
use tower::Layer as _;

use crate::{
    REACHED, UNAVAILABLE, adjusted, any,
    api::Api,
    clerk, in_time, modes, session_token, unix_time, verifier,
    wire::{Raw, Seen, bearer, pipe, serve},
};

/// Gives a verifier its keys as if they had been fetched six minutes ago: they are to be refreshed.
fn with_old_keys(clerk: &Clerk) -> Verifier {
    let verifier = verifier(clerk);
    let seconds = u64::try_from(unix_time()).unwrap() - 360;
    let then = Moment::at(Duration::from_secs(seconds));
    let mut refresh = verifier.refresh();
    assert!(matches!(refresh.advance(Event::Start, then), Step::Send(_)));
    let keys = json!({ "keys": [clerk_core::testing::TestKey::first().jwk()] }).to_string();
    let answer = Response::new(Bytes::from(keys));
    assert!(matches!(refresh.advance(Event::Reply(Ok(answer)), then), Step::Done(Ok(()))));
    verifier
}

async fn nobody_waits_for_a_refresh() {
    let api = Api::held().await;
    let clerk = clerk(&api.url);
    let verifier = with_old_keys(&clerk);
    let seen = Seen::default();
    let served = serve(modes(&clerk, &verifier)[0].layer(seen.handler())).await;
    let good = bearer(&session_token());
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let (address, good) = (served.address, good.clone());
        tasks.spawn(async move {
            let mut raw = Raw::connect(address).await;
            for _ in 0..100 {
                assert_eq!(raw.ask(&good).await, REACHED);
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(seen.count(), 1000);
    // All the time one refresh hung, and it still does.
    api.asked(1).await;
    assert_eq!(Raw::connect(served.address).await.ask(&good).await, REACHED);
    assert_eq!((api.count(), api.connections()), (1, 1));
    assert_eq!(api.log(), [""; 0], "nothing was answered");
    assert_eq!(seen.take(), vec!["session_token of user_1"; 1001]);
}

#[tokio::test]
async fn nobody_waits_for_a_refresh_on_one_thread() {
    in_time(nobody_waits_for_a_refresh()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_a_refresh_on_many_threads() {
    in_time(nobody_waits_for_a_refresh()).await;
}

/// Of 500 requests that have to wait, fifty may, and the one that fetches if there is one.
async fn a_crowd(api: Api, token: String, fetches: usize, asks: usize) {
    const CROWD: usize = 500;
    const PLACES: usize = 50;
    let clerk = clerk(&api.url);
    let verifier = adjusted(&clerk).max_waiting(PLACES).build().unwrap();
    let layer = modes(&clerk, &verifier)[0].clone().accept(any());
    let seen = Seen::default();
    let service = layer.layer(seen.handler());
    let (answers, mut answered) = mpsc::channel(CROWD);
    let good = bearer(&token);
    for _ in 0..CROWD {
        let (mut raw, good, answers) = (pipe(service.clone()), good.clone(), answers.clone());
        tokio::spawn(async move { answers.send(raw.ask(&good).await).await });
    }
    let lucky = PLACES + fetches;
    for _ in lucky..CROWD {
        assert_eq!(answered.recv().await.unwrap(), UNAVAILABLE);
    }
    // The others wait, and nothing is answered to them.
    api.asked(asks).await;
    assert!(answered.try_recv().is_err());
    assert_eq!((seen.count(), api.log()), (0, Vec::new()));
    // Who needs nothing is served meanwhile.
    let nobody =
        Raw::connect(serve(modes(&clerk, &verifier)[1].layer(seen.handler())).await.address);
    assert_eq!(nobody.await.ask(&bearer("garbage")).await, REACHED);
    assert_eq!(seen.take(), ["token-invalid"]);
    api.release();
    for _ in 0..lucky {
        assert_eq!(answered.recv().await.unwrap(), REACHED);
    }
    assert_eq!((seen.count(), api.count()), (lucky, asks));
    // There is room again.
    assert_eq!(pipe(service).ask(&good).await, REACHED);
}

async fn a_crowd_without_keys() {
    a_crowd(Api::held().await, session_token(), 1, 1).await;
}

async fn a_crowd_with_api_keys() {
    let api = Api::held().await;
    let (_, key) = api.stand_in.with(|stand_in| stand_in.add_api_key("org_1", "robot"));
    a_crowd(api, key, 0, 50).await;
}

#[tokio::test]
async fn a_crowd_without_keys_on_one_thread() {
    in_time(a_crowd_without_keys()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_without_keys_on_many_threads() {
    in_time(a_crowd_without_keys()).await;
}

#[tokio::test]
async fn a_crowd_with_api_keys_on_one_thread() {
    in_time(a_crowd_with_api_keys()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_with_api_keys_on_many_threads() {
    in_time(a_crowd_with_api_keys()).await;
}

#[tokio::test]
async fn who_is_refused_for_want_of_a_place_is_told_apart() {
    in_time(async {
        let clerk = clerk("http://127.0.0.1:9"); // Nobody connects.
        let verifier = adjusted(&clerk).max_waiting(0).build().unwrap();
        let request = http::Request::get("/").header("authorization", "Bearer ak_0123");
        let parts = request.body(()).unwrap().into_parts().0;
        let state = clerk.authenticate(&verifier, &parts, &any()).await;
        let RequestState::Unavailable(unavailable) = &state else { panic!("{state:?}") };
        assert_eq!(unavailable.reason.code(), "too-many-waiting");
        assert!(unavailable.error().is_none(), "nobody was asked");
        assert_eq!(state.refusal().unwrap().headers()["retry-after"], "1");
    })
    .await;
}

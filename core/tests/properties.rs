//! What holds for every input, and inputs that nobody thought of.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use clerk_core::{
    Call, Config, Event, Flow, Moment, Operation, RawOperation, Rfc3339, Step, Timestamp,
    api::{
        actor_tokens::RevokeActorToken,
        users::{GetUser, GetUserList},
    },
};
use http::{Method, Response};
use percent_encoding::percent_decode_str;
use proptest::prelude::{ProptestConfig, any, prop, prop_assert, prop_assert_eq, proptest};

fn config() -> Config {
    Config::new("sk_test_abc").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn query_values_survive(values in prop::collection::vec(any::<String>(), 0..4), extra in any::<String>()) {
        let request = GetUserList::new().email_address(&values).search(&extra).to_request(&config()).unwrap();
        let query = request.uri().query().unwrap();
        prop_assert!(query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%=&".contains(&byte)));
        let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
        for value in &values {
            let (name, seen) = pairs.next().unwrap();
            prop_assert_eq!(name, "email_address");
            prop_assert_eq!(&percent_decode_str(seen).decode_utf8().unwrap(), value);
        }
        let (name, seen) = pairs.next().unwrap();
        prop_assert_eq!(name, "query");
        prop_assert_eq!(&percent_decode_str(seen).decode_utf8().unwrap(), &extra);
    }

    /// An id stays one segment of the path, or is refused.
    #[test]
    fn ids_stay_in_their_segment(id in any::<String>()) {
        if let Ok(request) = RevokeActorToken::new(&id).to_request(&config()) {
            prop_assert_eq!(request.uri().authority().unwrap(), "api.clerk.com");
            prop_assert!(request.uri().query().is_none());
            let segments: Vec<_> = request.uri().path().split('/').collect();
            prop_assert_eq!(segments.len(), 5);
            prop_assert_eq!(&percent_decode_str(segments[3]).decode_utf8().unwrap(), &id);
            prop_assert!(!matches!(id.as_str(), "" | "." | ".."));
        }
    }

    #[test]
    fn raw_paths_stay_on_their_host(path in any::<String>()) {
        if let Ok(request) = RawOperation::new(Method::GET, path).to_request(&config()) {
            prop_assert_eq!(request.uri().authority().unwrap(), "api.clerk.com");
            prop_assert!(request.uri().path().starts_with("/v1/"));
        }
    }

    /// No answer makes reading panic, and no error shows the body.
    #[test]
    fn answers_never_panic(status in 100_u16..1000, body in prop::collection::vec(any::<u8>(), 0..200), header in "[ -~]{0,20}") {
        let response = Response::builder().status(status).header("retry-after", &header).header("location", &header).header("content-encoding", &header);
        let response = response.body(Bytes::from(body)).unwrap();
        if let Err(error) = GetUser::read(response) {
            prop_assert!(error.to_string().lines().count() == 1);
            let _ = format!("{error:?}");
        }
    }

    /// No settings of a policy and no times make a call panic or go on for ever.
    #[test]
    fn calls_always_end(status in 400_u16..600, hint in any::<u64>(), elapsed in prop::collection::vec(any::<u64>(), 40), seed in any::<u64>()) {
        let mut call = Call::new(GetUser::new("user_1"), &config(), seed);
        let mut event = Event::Start;
        let mut steps = 0;
        loop {
            let now = Moment::at(Duration::from_millis(elapsed[steps]));
            event = match call.advance(event, now) {
                Step::Send(_) => Event::Reply(Ok(Response::builder().status(status).header("retry-after", hint).body(Bytes::new()).unwrap())),
                Step::Wait(_) => Event::Elapsed,
                Step::Done(output) => {
                    prop_assert!(output.is_err());
                    break;
                }
            };
            steps += 1;
            prop_assert!(steps < 10);
        }
    }

    /// Our text for a time is that of an independent implementation.
    #[test]
    fn times_are_written_as_rfc_3339(millis in -62_167_219_200_000_i64..=253_402_300_799_999) {
        let expected: jiff::Timestamp = jiff::Timestamp::from_millisecond(millis).unwrap();
        let text = Timestamp::from_millis(millis).to_string();
        prop_assert_eq!(text.parse::<jiff::Timestamp>().unwrap(), expected);
        let rfc = Rfc3339::from(Timestamp::from_millis(millis));
        prop_assert_eq!(rfc.as_str(), text);
    }

    #[test]
    fn times_go_through_the_systems_clock(millis in -1_000_000_000_000_000_i64..=1_000_000_000_000_000) {
        let time = Timestamp::from_millis(millis);
        prop_assert_eq!(Timestamp::from(SystemTime::from(time)), time);
        prop_assert_eq!(serde_json::from_str::<Timestamp>(&serde_json::to_string(&time).unwrap()).unwrap(), time);
    }
}

#[test]
fn times_at_the_ends() {
    for millis in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
        let time = Timestamp::from_millis(millis);
        let _ = (
            time.to_string(),
            SystemTime::from(time),
            time.as_secs(),
            time.saturating_add(Duration::MAX),
        );
        assert_eq!(serde_json::from_str::<Timestamp>(&millis.to_string()).unwrap(), time);
    }
    assert_eq!(Timestamp::from_millis(-1).to_string(), "1969-12-31T23:59:59.999Z");
    assert_eq!(Timestamp::from_millis(-1).as_secs(), -1);
    assert_eq!(Timestamp::from_secs(i64::MAX).as_millis(), i64::MAX);
    assert_eq!(serde_json::from_str::<Timestamp>("1.7e12").unwrap().as_millis(), 1_700_000_000_000);
    for wrong in ["1.5", "1e30", "18446744073709551615", "\"1\"", "null", "[1]"] {
        assert!(serde_json::from_str::<Timestamp>(wrong).is_err(), "{wrong}");
    }
}

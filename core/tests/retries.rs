//! The retry policy as a table of (operation, outcome, header, time) to step, without any waiting:
//! time is an argument.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::time::Duration;

use bytes::Bytes;
use clerk_core::{
    Call, CallOptions, CancelFlag, Config, Error, ErrorKind, Event, Failure, FailureKind, Flow,
    Moment, Operation, Phase, RawOperation, Reach, RetryPolicy, RetrySafety, Step,
    api::actor_tokens::{Actor, CreateActorToken, RevokeActorToken},
};
use http::{Method, Response};

type Reply = Result<Response<Bytes>, Failure>;

/// Sun, 06 Nov 1994 08:49:37 GMT
const T0: Moment = Moment::at(Duration::from_secs(784_111_777));

fn config() -> Config {
    Config::builder("sk_test_x").build().unwrap()
}

fn get() -> RawOperation {
    RawOperation::new(Method::GET, "/users/user_1")
}

fn with_method(method: Method) -> RawOperation {
    RawOperation::new(method, "/users/user_1")
}

fn post() -> CreateActorToken {
    CreateActorToken::new("user_1", Actor::new("user_2"))
}

fn answer(status: u16, headers: &[(&str, &str)]) -> Reply {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Ok(response.body(Bytes::from_static(b"{\"errors\":[{\"code\":\"busy\"}]}")).unwrap())
}

fn lost(kind: FailureKind, reach: Reach) -> Reply {
    Err(Failure::new(kind, reach, "as the test says"))
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// What became of a first attempt that ended so, so long after the call began.
fn after_first<O: Operation>(
    operation: O,
    options: CallOptions,
    reply: Reply,
    elapsed: Duration,
) -> Step<Result<(), Error>> {
    let mut call = Call::with_options(operation, &config(), 7, options);
    let Step::Send(_) = call.advance(Event::Start, T0) else { panic!("nothing was sent") };
    match call.advance(Event::Reply(reply), T0.after(elapsed)) {
        Step::Send(outgoing) => Step::Send(outgoing),
        Step::Wait(time) => Step::Wait(time),
        Step::Done(output) => Step::Done(output.map(drop)),
    }
}

/// `wait A..=B` in milliseconds, or the error.
#[track_caller]
fn expect(step: Step<Result<(), Error>>, expected: &str) {
    match (&step, expected.strip_prefix("wait ")) {
        (Step::Wait(time), Some(range)) => {
            let (low, high) = range.split_once("..=").unwrap();
            let millis = time.as_secs_f64() * 1000.0;
            assert!(
                low.parse::<f64>().unwrap() <= millis && millis <= high.parse().unwrap(),
                "{time:?} is not {expected}"
            );
        }
        (Step::Done(Err(error)), None) => {
            assert!(error.to_string().contains(expected), "{error} does not say {expected}")
        }
        _ => panic!("{step:?} is not {expected}"),
    }
}

#[test]
fn statuses() {
    let mut rows = vec![
        // A 429 is refused before any work: any method may come again.
        (after_first(post(), CallOptions::new(), answer(429, &[]), seconds(1)), "wait 0..=1000"),
        (after_first(get(), CallOptions::new(), answer(429, &[]), seconds(1)), "wait 0..=1000"),
        (after_first(post(), CallOptions::new(), answer(503, &[]), seconds(1)), "503"),
        (
            after_first(
                RevokeActorToken::new("act_1"),
                CallOptions::new(),
                answer(500, &[]),
                seconds(1),
            ),
            "500",
        ),
    ];
    for status in [408, 425, 500, 502, 503, 504] {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
            rows.push((
                after_first(
                    with_method(method),
                    CallOptions::new(),
                    answer(status, &[]),
                    seconds(1),
                ),
                "wait 0..=100",
            ));
        }
        for method in [Method::POST, Method::PATCH] {
            let marked = with_method(method.clone()).with_retry_safety(RetrySafety::Safe);
            rows.push((
                after_first(marked, CallOptions::new(), answer(status, &[]), seconds(1)),
                "wait 0..=100",
            ));
            let step = after_first(
                with_method(method),
                CallOptions::new(),
                answer(status, &[]),
                seconds(1),
            );
            assert!(matches!(step, Step::Done(Err(error)) if error.status().unwrap() == status));
        }
    }
    for status in [400, 401, 402, 403, 404, 409, 410, 413, 418, 422, 501, 505] {
        let step = after_first(get(), CallOptions::new(), answer(status, &[]), seconds(1));
        assert!(
            matches!(step, Step::Done(Err(error)) if error.status().unwrap() == status && error.attempts() == 1)
        );
    }
    for (step, expected) in rows {
        expect(step, expected);
    }
}

#[test]
fn hints() {
    for (headers, elapsed, expected) in [
        (&[("retry-after", "2")][..], 1, "wait 2000..=2500"),
        (&[("retry-after", "16")], 1, "wait 16000..=17000"),
        (&[("retry-after", "20")], 1, "wait 20000..=21000"),
        (&[("retry-after", "21")], 1, "429"),
        (&[("retry-after", "99999999999999999999")], 1, "429"),
        // It fits the cap and not the deadline: the hint is worth more than the word that time is short.
        (&[("retry-after", "20")], 11, "429"),
        // No hint at all: backoff.
        (&[("retry-after", "0")], 1, "wait 0..=1000"),
        (&[("retry-after", "-5")], 1, "wait 0..=1000"),
        (&[("retry-after", "soon")], 1, "wait 0..=1000"),
        (&[("retry-after", "2"), ("retry-after", "3")], 1, "wait 0..=1000"),
        // Dates: against the answer's own, else against the caller's clock (one second on, at +1 s).
        (&[("retry-after", "Sun, 06 Nov 1994 08:49:48 GMT")], 1, "wait 10000..=11000"),
        (
            &[
                ("retry-after", "Sun, 06 Nov 1994 09:00:05 GMT"),
                ("date", "Sun, 06 Nov 1994 09:00:00 GMT"),
            ],
            1,
            "wait 5000..=6000",
        ),
        (&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], 1, "wait 0..=1000"),
    ] {
        expect(
            after_first(get(), CallOptions::new(), answer(429, headers), seconds(elapsed)),
            expected,
        );
    }
    let Step::Done(Err(error)) =
        after_first(get(), CallOptions::new(), answer(429, &[("retry-after", "120")]), seconds(1))
    else {
        panic!()
    };
    assert!(error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(seconds(120)));
    // A hint with another status that is repeated counts as well.
    expect(
        after_first(get(), CallOptions::new(), answer(503, &[("retry-after", "3")]), seconds(1)),
        "wait 3000..=3750",
    );
}

#[test]
fn failures() {
    use FailureKind::{Closed, Connect, Protocol, Timeout, Tls, TooLarge};
    for kind in
        [Connect, Closed, Timeout(Phase::Connect), Timeout(Phase::Headers), Timeout(Phase::Body)]
    {
        // Not sent: anything may come again. Maybe sent: only what does no harm.
        expect(
            after_first(get(), CallOptions::new(), lost(kind, Reach::NotSent), seconds(1)),
            "wait 0..=100",
        );
        expect(
            after_first(post(), CallOptions::new(), lost(kind, Reach::NotSent), seconds(1)),
            "wait 0..=100",
        );
        expect(
            after_first(get(), CallOptions::new(), lost(kind, Reach::MaybeSent), seconds(1)),
            "wait 0..=100",
        );
        expect(
            after_first(post(), CallOptions::new(), lost(kind, Reach::MaybeSent), seconds(1)),
            "may have been processed",
        );
        let opted_in = CallOptions::new().retry(RetryPolicy::default().repeat_maybe_sent(true));
        expect(
            after_first(post(), opted_in, lost(kind, Reach::MaybeSent), seconds(1)),
            "wait 0..=100",
        );
        let without = CallOptions::new().retry(RetryPolicy::default().connection_errors(false));
        expect(
            after_first(get(), without, lost(kind, Reach::NotSent), seconds(1)),
            "nothing was sent",
        );
    }
    for kind in [Tls, Protocol, TooLarge] {
        for reach in [Reach::NotSent, Reach::MaybeSent] {
            let Step::Done(Err(error)) =
                after_first(get(), CallOptions::new(), lost(kind, reach), seconds(1))
            else {
                panic!("{kind:?} was repeated")
            };
            assert_eq!(error.may_have_been_sent(), reach == Reach::MaybeSent);
        }
    }
}

#[test]
fn what_no_answer_is_repeated_for() {
    // A redirect, a protocol switch, a compressed body, a body that is not the documented type.
    for (reply, kind) in [
        (
            answer(302, &[("location", "https://user:secret@evil.example/path?token=1")]),
            ErrorKind::Redirect,
        ),
        (answer(101, &[]), ErrorKind::Transport),
        (answer(200, &[("content-encoding", "gzip")]), ErrorKind::Transport),
        (answer(200, &[]), ErrorKind::Decode),
    ] {
        let Step::Done(Err(error)) =
            after_first(RevokeActorToken::new("act_1"), CallOptions::new(), reply, seconds(1))
        else {
            panic!("{kind:?}")
        };
        assert_eq!(error.kind(), kind, "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("secret") && !shown.contains("token=1"), "{shown}");
        assert!(error.may_have_been_sent());
    }
}

#[test]
fn policies() {
    let none = CallOptions::new().retry(RetryPolicy::none());
    expect(after_first(get(), none, answer(503, &[]), seconds(1)), "503");
    let teapot = CallOptions::new().retry(RetryPolicy::default().statuses([418]));
    expect(after_first(get(), teapot.clone(), answer(418, &[]), seconds(1)), "wait 0..=100");
    expect(after_first(get(), teapot, answer(503, &[]), seconds(1)), "503");
    let short = CallOptions::new().retry(RetryPolicy::default().max_elapsed(seconds(5)));
    expect(after_first(get(), short.clone(), answer(503, &[]), seconds(1)), "wait 0..=100");
    expect(after_first(get(), short, answer(503, &[]), seconds(5)), "503");
    let patient = CallOptions::new().retry(RetryPolicy::default().max_retry_after(seconds(25)));
    expect(
        after_first(get(), patient, answer(429, &[("retry-after", "24")]), seconds(1)),
        "wait 24000..=25000",
    );
}

#[test]
fn deadlines() {
    // The last attempt gets what is left.
    let mut call = Call::new(get(), &config(), 7);
    let Step::Send(first) = call.advance(Event::Start, T0) else { panic!() };
    assert_eq!(first.time_left, seconds(10));
    let Step::Wait(_) = call
        .advance(Event::Reply(lost(FailureKind::Closed, Reach::MaybeSent)), T0.after(seconds(25)))
    else {
        panic!()
    };
    let Step::Send(second) = call.advance(Event::Elapsed, T0.after(seconds(26))) else { panic!() };
    assert_eq!(second.time_left, seconds(4));

    // A wait that would outlast the deadline is not begun, and the reason for it is kept.
    let Step::Done(Err(error)) =
        after_first(get(), CallOptions::new().deadline(seconds(3)), answer(503, &[]), seconds(3))
    else {
        panic!()
    };
    assert_eq!(error.timeout(), Some(Phase::RetryWait));
    assert!(
        error.is_timeout()
            && error.is_server_error()
            && error.has_code("busy")
            && error.may_have_been_sent()
    );
    assert_eq!(error.status().unwrap(), 503);
    assert_eq!(
        error.to_string(),
        "GET /users/user_1: the deadline would pass while waiting for the next attempt"
    );

    // A driver that oversleeps gets no further attempt.
    let mut call = Call::new(get(), &config(), 7);
    let Step::Send(_) = call.advance(Event::Start, T0) else { panic!() };
    let Step::Wait(_) = call.advance(Event::Reply(answer(503, &[])), T0.after(seconds(1))) else {
        panic!()
    };
    let Step::Done(Err(error)) = call.advance(Event::Elapsed, T0.after(seconds(31))) else {
        panic!()
    };
    assert_eq!(
        (error.timeout(), error.status().map(|status| status.as_u16())),
        (Some(Phase::RetryWait), Some(503))
    );

    // A clock that goes back extends nothing.
    let mut call = Call::new(get(), &config(), 7);
    let Step::Send(_) = call.advance(Event::Start, T0.after(seconds(100))) else { panic!() };
    let Step::Wait(_) = call.advance(Event::Reply(answer(503, &[])), T0.after(seconds(125))) else {
        panic!()
    };
    let Step::Send(next) = call.advance(Event::Elapsed, T0) else { panic!() };
    assert_eq!(next.time_left, seconds(5));

    // Who sets a deadline only gives all of it to the attempt; the longest time there is works.
    for (options, time_left) in [
        (CallOptions::new().deadline(seconds(60)), seconds(60)),
        (CallOptions::new().deadline(seconds(60)).attempt_timeout(seconds(7)), seconds(7)),
        (CallOptions::new().deadline(seconds(2)).attempt_timeout(seconds(7)), seconds(2)),
        (CallOptions::new().attempt_timeout(Duration::MAX), seconds(30)),
    ] {
        let Step::Send(outgoing) =
            Call::with_options(get(), &config(), 7, options).advance(Event::Start, T0)
        else {
            panic!()
        };
        assert_eq!(outgoing.time_left, time_left);
    }
    let Step::Send(outgoing) =
        Call::with_options(get(), &config(), 7, CallOptions::new().deadline(Duration::MAX))
            .advance(Event::Start, T0)
    else {
        panic!()
    };
    assert!(outgoing.time_left > seconds(1 << 40));
    let Step::Done(Err(error)) =
        Call::with_options(get(), &config(), 7, CallOptions::new().deadline(Duration::ZERO))
            .advance(Event::Start, T0)
    else {
        panic!()
    };
    assert_eq!(
        error.to_string(),
        "GET /users/user_1: invalid `deadline`: no time at all: give more than zero"
    );
}

#[test]
fn three_attempts_and_no_more() {
    let mut call = Call::new(get(), &config(), 7);
    let mut event = Event::Start;
    let (mut sent, mut waits) = (0, Vec::new());
    let error = loop {
        event = match call.advance(event, T0) {
            Step::Send(outgoing) => {
                assert_eq!(outgoing.request.uri(), "https://api.clerk.com/v1/users/user_1");
                sent += 1;
                Event::Reply(answer(500, &[]))
            }
            Step::Wait(time) => {
                waits.push(time);
                Event::Elapsed
            }
            Step::Done(output) => break output.unwrap_err(),
        };
    };
    assert_eq!((sent, error.attempts()), (3, 3));
    assert!(
        waits[0] <= Duration::from_millis(100) && waits[1] <= Duration::from_millis(200),
        "{waits:?}"
    );
    assert!(error.is_after_retry());
    assert!(error.to_string().ends_with("(attempt 3)"), "{error}");
}

#[test]
fn the_same_seed_gives_the_same_waits_and_another_seed_others() {
    let waits = |seed| {
        let mut call = Call::new(get(), &config(), seed);
        let mut event = Event::Start;
        let mut waits = Vec::new();
        loop {
            event = match call.advance(event, T0) {
                Step::Send(_) => Event::Reply(answer(500, &[])),
                Step::Wait(time) => {
                    waits.push(time);
                    Event::Elapsed
                }
                Step::Done(_) => return waits,
            };
        }
    };
    assert_eq!(waits(7), waits(7));
    assert_ne!(waits(7), waits(8));
}

#[test]
fn events_that_do_not_follow_never_send_again() {
    for wrong in [Event::Start, Event::Elapsed] {
        let mut call = Call::new(post(), &config(), 7);
        let Step::Send(_) = call.advance(Event::Start, T0) else { panic!() };
        let Step::Done(Err(error)) = call.advance(wrong, T0) else { panic!("it was sent again") };
        assert_eq!(
            error.to_string(),
            "CreateActorToken: the driver reported an event that does not follow the last step"
        );
        assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Misuse, true));
        for event in [Event::Start, Event::Elapsed, Event::Reply(answer(200, &[]))] {
            let Step::Done(Err(error)) = call.advance(event, T0) else {
                panic!("it was sent again")
            };
            assert_eq!(error.to_string(), "CreateActorToken: the call is over already");
        }
    }
    let Step::Done(Err(_)) =
        Call::new(post(), &config(), 7).advance(Event::Reply(answer(200, &[])), T0)
    else {
        panic!()
    };
}

#[test]
fn a_raised_flag_ends_the_call() {
    // Before anything is sent.
    let flag = CancelFlag::new();
    flag.cancel();
    let Step::Done(Err(error)) =
        Call::with_options(get(), &config(), 7, CallOptions::new().cancel_with(&flag))
            .advance(Event::Start, T0)
    else {
        panic!()
    };
    assert_eq!(
        (error.kind(), error.may_have_been_sent(), error.attempts()),
        (ErrorKind::Cancelled, false, 0)
    );

    // In a wait, which then comes in short pieces.
    let flag = CancelFlag::new();
    let mut call = Call::with_options(get(), &config(), 7, CallOptions::new().cancel_with(&flag));
    let Step::Send(_) = call.advance(Event::Start, T0) else { panic!() };
    let mut step = call.advance(Event::Reply(answer(429, &[("retry-after", "2")])), T0);
    for _ in 0..10 {
        let Step::Wait(slice) = step else { panic!() };
        assert_eq!(slice, Duration::from_millis(50));
        step = call.advance(Event::Elapsed, T0);
    }
    flag.cancel();
    let Step::Done(Err(error)) = call.advance(Event::Elapsed, T0) else { panic!() };
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Cancelled, 1));
    assert!(error.may_have_been_sent(), "the server has answered it, with a 429");

    // A flag that is never raised changes no wait: the pieces make the whole.
    let mut call =
        Call::with_options(get(), &config(), 7, CallOptions::new().cancel_with(&CancelFlag::new()));
    let Step::Send(_) = call.advance(Event::Start, T0) else { panic!() };
    let mut step = call.advance(Event::Reply(answer(429, &[("retry-after", "2")])), T0);
    let mut waited = Duration::ZERO;
    while let Step::Wait(slice) = step {
        waited += slice;
        step = call.advance(Event::Elapsed, T0.after(waited));
    }
    assert!(matches!(step, Step::Send(_)));
    assert!(waited >= seconds(2) && waited <= Duration::from_millis(2500), "{waited:?}");
}

#[test]
fn a_404_after_a_lost_delete_says_so() {
    let mut call = Call::new(with_method(Method::DELETE), &config(), 7);
    let Step::Send(_) = call.advance(Event::Start, T0) else { panic!() };
    let Step::Wait(_) = call.advance(Event::Reply(lost(FailureKind::Closed, Reach::MaybeSent)), T0)
    else {
        panic!()
    };
    let Step::Send(_) = call.advance(Event::Elapsed, T0) else { panic!() };
    let Step::Done(Err(error)) = call.advance(Event::Reply(answer(404, &[])), T0) else { panic!() };
    assert!(error.is_not_found() && error.is_after_retry());
    // After an attempt that was provably not sent there is no doubt.
    let mut call = Call::new(with_method(Method::DELETE), &config(), 7);
    let Step::Send(_) = call.advance(Event::Start, T0) else { panic!() };
    let Step::Wait(_) = call.advance(Event::Reply(lost(FailureKind::Connect, Reach::NotSent)), T0)
    else {
        panic!()
    };
    let Step::Send(_) = call.advance(Event::Elapsed, T0) else { panic!() };
    let Step::Done(Err(error)) = call.advance(Event::Reply(answer(404, &[])), T0) else { panic!() };
    assert!(error.is_not_found() && !error.is_after_retry());
}

/// How many requests `calls` calls on `threads` threads cause, when all clones share one budget.
#[allow(clippy::disallowed_methods)] // The budget is shared between threads, so threads it takes.
fn storm(threads: u64, calls: u64, reply: fn() -> Reply) -> u64 {
    let config = config();
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|thread| {
                let config = config.clone();
                scope.spawn(move || {
                    let mut requests = 0;
                    for n in 0..calls {
                        let mut call = Call::new(get(), &config, thread * calls + n);
                        let mut event = Event::Start;
                        loop {
                            event = match call.advance(event, T0) {
                                Step::Send(_) => {
                                    requests += 1;
                                    Event::Reply(reply())
                                }
                                Step::Wait(_) => Event::Elapsed,
                                Step::Done(_) => break,
                            };
                        }
                    }
                    requests
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).sum()
    })
}

#[test]
fn an_outage_is_not_multiplied() {
    assert_eq!(storm(4, 250, || answer(503, &[])), 1000 + 35);
    assert_eq!(storm(4, 250, || lost(FailureKind::Closed, Reach::MaybeSent)), 1000 + 35);
    assert_eq!(storm(4, 250, || answer(429, &[])), 1000 + 100);
}

#[test]
fn successes_fill_the_budget_again() {
    let config = config();
    let run = |replies: Vec<Reply>| {
        let mut call = Call::new(get(), &config, 7);
        let (mut event, mut sent) = (Event::Start, 0);
        let mut replies = replies.into_iter();
        loop {
            event = match call.advance(event, T0) {
                Step::Send(_) => {
                    sent += 1;
                    Event::Reply(replies.next().unwrap())
                }
                Step::Wait(_) => Event::Elapsed,
                Step::Done(_) => return sent,
            };
        }
    };
    let fail = || run((0..3).map(|_| answer(500, &[])).collect());
    while fail() > 1 {}
    assert_eq!(fail(), 1);
    // Fourteen calls that needed no retry pay for one.
    (0..14).for_each(|_| assert_eq!(run(vec![answer(200, &[])]), 1));
    assert_eq!(run(vec![answer(500, &[]), answer(200, &[])]), 2);
    // That one succeeded, so it gave back what it took.
    assert_eq!(run(vec![answer(500, &[]), answer(200, &[])]), 2);
}

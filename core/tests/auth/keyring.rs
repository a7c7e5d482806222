//! What a keyring does, in virtual time, through the line protocol.
use clerk_core::{catalog::answer_line, testing::TestKey};
use serde_json::{Value, json};

mod hanging_up;
mod random;

/// When everything begins, in Unix seconds.
const START: i64 = 1_700_000_000;

/// A time in milliseconds after the beginning, as steps have it.
fn at(millis: i64) -> i64 {
    START * 1000 + millis
}

/// A session token that is good for a day.
fn token(key: &TestKey) -> String {
    key.session("user_1").lifetime(86_400).mint(START)
}

/// A server with these keys.
fn serves(millis: i64, keys: &[&TestKey]) -> Value {
    let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
    answers(millis, json!({ "status": 200, "body": json!({ "keys": keys }).to_string() }))
}

fn answers(millis: i64, server: Value) -> Value {
    json!({ "at": at(millis), "server": server })
}

fn is_down(millis: i64) -> Value {
    answers(millis, json!({ "failure": "maybe_sent" }))
}

fn verify(millis: i64, token: &str) -> Value {
    json!({ "at": at(millis), "verify": token })
}

fn verify_many(millis: i64, token: &str, count: u64) -> Value {
    json!({ "at": at(millis), "verify": token, "count": count })
}

fn abandon(millis: i64, token: &str) -> Value {
    json!({ "at": at(millis), "verify": token, "abandon": true })
}

/// What happened: one outcome for each step that verifies, and when requests were sent.
struct Played {
    outcomes: Vec<Value>,
    /// In milliseconds after the beginning.
    requests: Vec<i64>,
}

fn play(steps: Vec<Value>) -> Played {
    play_with(json!({}), steps)
}

fn play_with(extra: Value, steps: Vec<Value>) -> Played {
    let mut question = json!({
        "do": "keyring", "secret_key": "sk_test_abc", "options": { "kind": "session" }, "steps": steps,
    });
    for (name, value) in extra.as_object().unwrap() {
        question[name] = value.clone();
    }
    let answer: Value =
        serde_json::from_str(&answer_line(question.to_string().as_bytes())).unwrap();
    assert!(answer.get("error").is_none(), "{answer}");
    let millis = |time: &Value| time.as_i64().unwrap() - at(0);
    Played {
        outcomes: answer["outcomes"].as_array().unwrap().clone(),
        requests: answer["requests"].as_array().unwrap().iter().map(millis).collect(),
    }
}

impl Played {
    /// The outcome of one verification: `ok`, or the reason, with how long it took.
    fn one(&self, step: usize) -> (String, u64) {
        let outcome = &self.outcomes[step];
        let mut said: Vec<_> = ["signed_out", "unavailable"]
            .iter()
            .flat_map(|kind| {
                let counts = outcome[*kind].as_object().unwrap();
                counts.keys().map(move |reason| format!("{kind} {reason}"))
            })
            .collect();
        if outcome["ok"] != 0 {
            said.push("ok".to_owned());
        }
        if outcome["pending"] != 0 {
            said.push("pending".to_owned());
        }
        (said.join(", "), outcome["max_ms"].as_u64().unwrap())
    }

    fn all(&self) -> Vec<String> {
        (0..self.outcomes.len()).map(|step| self.one(step).0).collect()
    }

    /// The most requests in any span of so many milliseconds.
    fn most_within(&self, span: i64) -> usize {
        let within = |first: &i64| {
            self.requests.iter().filter(|at| (*first..*first + span).contains(*at)).count()
        };
        self.requests.iter().map(within).max().unwrap_or(0)
    }
}

const MISMATCH: &str = "signed_out jwk-kid-mismatch";
const FAILED: &str = "unavailable jwk-remote-failed-to-load";
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

#[test]
fn ten_thousand_on_a_cold_keyring_are_one_request() {
    let key = TestKey::first();
    let played = play(vec![serves(0, &[&key]), verify_many(0, &token(&key), 10_000)]);
    assert_eq!(played.requests, [0]);
    let outcome = &played.outcomes[0];
    assert_eq!((&outcome["ok"], &outcome["pending"]), (&json!(10_000), &json!(0)), "{outcome}");
    let longest = outcome["max_ms"].as_u64().unwrap();
    assert!((100..=125).contains(&longest), "{longest}");
}

#[test]
fn those_who_come_while_keys_are_fetched_wait_for_the_same_fetch() {
    let key = TestKey::first();
    let token = token(&key);
    let mut steps = vec![serves(0, &[&key])];
    steps.extend((0..90).map(|millis| verify(millis, &token)));
    let played = play(steps);
    assert_eq!(played.requests, [0]);
    assert!(played.all().iter().all(|outcome| outcome == "ok"), "{:?}", played.all());
}

#[test]
fn the_same_question_has_the_same_answer() {
    let key = TestKey::first();
    let steps = json!([
        { "at": at(0), "server": { "status": 503 } },
        { "at": at(0), "verify": token(&key), "count": 100 },
        serves(200, &[&key]),
        { "at": at(5000), "verify": token(&key), "count": 100 },
        { "at": at(6000), "verify": token(&key.clone().with_kid("other")), "count": 100 },
    ]);
    let question = json!({
        "id": "same", "do": "keyring", "secret_key": "sk_test_abc", "options": { "kind": "any" }, "steps": steps,
    });
    let question = question.to_string();
    let first = answer_line(question.as_bytes());
    assert!(first.contains(r#""ok":100"#), "{first}");
    for _ in 0..3 {
        assert_eq!(answer_line(question.as_bytes()), first);
    }
}

#[test]
fn a_hundred_thousand_random_ids_in_a_minute_are_three_requests() {
    // Forged: each names another key, and none is signed with it.
    let forged = |number: usize| TestKey::second().with_kid(format!("random_{number}"));
    let good = TestKey::first();
    for is_cold in [true, false] {
        let mut steps = vec![serves(0, &[&good])];
        if !is_cold {
            steps.push(verify(0, &token(&good)));
        }
        let signed = token(&forged(0));
        let parts: Vec<_> = signed.split('.').collect();
        steps.extend((0..1000).map(|step| {
            let header = json!({ "alg": "RS256", "typ": "JWT", "kid": format!("random_{step}") });
            let token = format!("{}.{}.{}", base64url(&header.to_string()), parts[1], parts[2]);
            verify_many(step as i64 * 60, &token, 100)
        }));
        let played = play(steps);
        assert!(played.requests.len() <= 3, "{:?}", played.requests);
        let forged = &played.outcomes[usize::from(!is_cold)..];
        for outcome in forged {
            assert_eq!(outcome["signed_out"], json!({ "jwk-kid-mismatch": 100 }), "{outcome}");
        }
    }
}

/// For headers: the alphabet does not matter for what is plain ASCII without odd bytes, but the end does.
fn base64url(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            encoded.push(char::from(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize]));
        }
    }
    encoded
}

#[test]
fn bad_signatures_cause_no_request() {
    let good = TestKey::first();
    let forged = token(&TestKey::second().with_kid(good.kid()));
    let mut steps = vec![serves(0, &[&good]), verify(0, &token(&good))];
    steps.extend((0..100).map(|step| verify_many(1000 + step * 590, &forged, 100)));
    let played = play(steps);
    assert_eq!(played.requests, [0]);
    for outcome in &played.outcomes[1..] {
        assert_eq!(outcome["signed_out"], json!({ "token-invalid-signature": 100 }));
        assert_eq!(outcome["max_ms"], 0);
    }
}

#[test]
fn what_fails_before_a_key_is_needed_causes_no_request() {
    let key = TestKey::first();
    let builder = || key.session("user_1");
    let played = play(vec![
        serves(0, &[&key]),
        verify(0, "a.b"),
        verify(0, &"a".repeat(20_000)),
        verify(0, &builder().header("alg", "HS256").mint(START)),
        verify(0, &builder().header("crit", json!(["x"])).mint(START)),
        verify(0, &key.m2m("mch_1").mint(START)),
        verify(0, &builder().header("kid", "").mint(START)),
        verify(0, &builder().header("kid", 7).mint(START)),
    ]);
    assert_eq!(played.requests, [0; 0]);
    let reasons = [
        "token-invalid",
        "token-too-long",
        "token-invalid-algorithm",
        "token-invalid",
        "token-type-mismatch",
        "token-invalid",
        "token-invalid",
    ];
    assert_eq!(played.all(), reasons.map(|reason| format!("signed_out {reason}")));
}

#[test]
fn known_keys_are_good_for_an_hour_of_outage() {
    let key = TestKey::first();
    let token = token(&key);
    let mut steps = vec![serves(0, &[&key]), verify(0, &token), is_down(1000)];
    steps.extend((1..3600).map(|second| verify(second * 1000, &token)));
    let known = steps.len() - 2;
    steps.extend((3601..3900).map(|second| verify(second * 1000, &token)));
    let played = play(steps);
    for step in 1..known {
        assert_eq!(played.one(step), ("ok".to_owned(), 0), "{step}");
    }
    for step in known..played.outcomes.len() {
        assert_eq!(played.one(step).0, FAILED, "{step}");
    }
    assert!(played.most_within(MINUTE) <= 12, "{:?}", played.requests);
    // Nobody asks before that is due, and somebody keeps asking from then on.
    assert!(played.requests[1] >= 5 * MINUTE, "{:?}", played.requests);
    let gaps = played.requests.windows(2).skip(1).map(|pair| pair[1] - pair[0]);
    assert!(gaps.max() <= Some(35_000), "{:?}", played.requests);
}

#[test]
fn in_an_outage_requests_stay_rare() {
    let (key, other) = (TestKey::first(), TestKey::second());
    let servers = [
        json!({ "failure": "not_sent" }),
        json!({ "failure": "maybe_sent" }),
        json!({ "status": 503 }),
        json!({ "status": 429 }),
        json!({ "status": 401 }),
        json!({ "status": 200, "body": "<html>" }),
        json!({ "hang": true }),
    ];
    let (known, unknown) = (token(&key), token(&other));
    for server in servers {
        for is_cold in [true, false] {
            let mut steps = Vec::new();
            if !is_cold {
                steps.extend([serves(0, &[&key]), verify(0, &known)]);
            }
            steps.push(answers(1000, server.clone()));
            // In turn: whose key is known, whose key is not, and who goes away.
            for step in 2..600 {
                let millis = step * 1000;
                steps.push(match step % 3 {
                    0 => verify(millis, &known),
                    1 => verify(millis, &unknown),
                    _ => abandon(millis, &unknown),
                });
            }
            let played = play(steps);
            assert!(played.most_within(MINUTE) <= 12, "{server} {is_cold}: {:?}", played.requests);
            for step in usize::from(!is_cold)..played.outcomes.len() {
                let (said, longest) = played.one(step);
                assert!(longest <= 30_000, "{server}: {longest}");
                let is_known = !is_cold && said == "ok" && longest == 0;
                let is_fine = is_known || said.starts_with("unavailable") || said == "pending";
                assert!(is_fine, "{server} {is_cold} {step}: {said} {longest}");
            }
        }
    }
}

#[test]
fn who_goes_away_leaves_the_fetch_to_another() {
    let key = TestKey::first();
    let played = play(vec![
        serves(0, &[&key]),
        abandon(0, &token(&key)),
        verify(50, &token(&key)),
        verify(60, &token(&key)),
    ]);
    assert_eq!(played.all(), ["pending", "ok", "ok"]);
    // A refresh, which nobody can hang up on, takes its place.
    assert_eq!(played.requests, [0, 0]);

    // Those who wait for the one who goes away are not lost with it.
    let many = json!({ "at": at(0), "verify": token(&key), "count": 10, "abandon": true });
    let played = play(vec![serves(0, &[&key]), many, verify_many(0, &token(&key), 10)]);
    assert_eq!(played.outcomes[0]["pending"], 10);
    assert_eq!(played.outcomes[1]["ok"], 10);
    assert_eq!(played.requests, [0, 0]);
}

#[test]
fn who_needs_nothing_is_not_abandoned() {
    let key = TestKey::first();
    let played = play(vec![
        serves(0, &[&key]),
        verify(0, &token(&key)),
        abandon(1000, &token(&key)),
        // A refresh is due beside this one, and goes on without it.
        abandon(6 * MINUTE, &token(&key)),
    ]);
    assert_eq!(played.all(), ["ok"; 3]);
    assert_eq!(played.requests, [0, 6 * MINUTE]);
}

#[test]
fn nobody_waits_longer_than_thirty_seconds() {
    let key = TestKey::first();
    let token = token(&key);
    let mut steps = vec![answers(0, json!({ "hang": true }))];
    steps.extend((0..120).map(|second| verify_many(second * 1000, &token, 3)));
    let played = play(steps);
    for step in 0..played.outcomes.len() {
        let (said, longest) = played.one(step);
        assert_eq!(said, FAILED);
        assert!(longest <= 30_000, "{longest}");
    }
    assert!(played.most_within(MINUTE) <= 12, "{:?}", played.requests);
}

#[test]
fn those_who_wait_for_a_fetch_that_never_ends_give_up() {
    // No transport is that patient; this one is, and its request counts as lost.
    let key = TestKey::first();
    let token = token(&key);
    let mut steps = vec![serves(0, &[&key])];
    steps.extend((0..50).map(|second| verify(second * 1000, &token)));
    let played = play_with(json!({ "latency_ms": 100_000 }), steps);
    assert!(played.requests.len() >= 2 && played.requests[1] <= 30_100, "{:?}", played.requests);
    let fetched = |step: &usize| played.requests.contains(&(*step as i64 * 1000));
    for step in (0..29).filter(|step| !fetched(step)) {
        let (said, longest) = played.one(step);
        assert!(longest <= 30_000, "{step}: {said} {longest}");
    }
}

#[test]
fn a_new_key_is_known_after_one_request() {
    let (old, new) = (TestKey::first(), TestKey::second());
    let played = play(vec![
        serves(0, &[&old]),
        verify(0, &token(&old)),
        serves(MINUTE, &[&old, &new]),
        verify_many(MINUTE + 1, &token(&new), 10_000),
        verify(MINUTE + 1000, &token(&new)),
        verify(MINUTE + 1000, &token(&old)),
    ]);
    assert_eq!(played.requests, [0, MINUTE + 1]);
    assert_eq!(played.all(), ["ok"; 4]);
    assert_eq!((played.one(2).1, played.one(3).1), (0, 0));
}

#[test]
fn a_new_key_is_known_thirty_seconds_after_the_last_request_for_one() {
    let (old, new) = (TestKey::first(), TestKey::second());
    let renewed = token(&new);
    let mut steps = vec![serves(0, &[&old]), verify(0, &token(&old))];
    // A forger has just made the verifier ask, and then the keys change.
    steps.push(verify(MINUTE, &token(&TestKey::third())));
    steps.push(serves(MINUTE + 500, &[&old, &new]));
    steps.extend((1..40).map(|second| verify(MINUTE + second * 1000, &renewed)));
    let played = play(steps);
    assert_eq!(played.requests, [0, MINUTE, MINUTE + 30_000]);
    for step in 2..31 {
        assert_eq!(played.one(step), (MISMATCH.to_owned(), 0), "{step}");
    }
    for step in 31..played.outcomes.len() {
        assert_eq!(played.one(step).0, "ok", "{step}");
    }
}

#[test]
fn a_token_is_not_mismatched_if_its_key_could_not_be_asked_for() {
    let (old, new) = (TestKey::first(), TestKey::second());
    let played = play(vec![
        serves(0, &[&old]),
        verify(0, &token(&old)),
        is_down(1000),
        verify_many(2000, &token(&new), 10),
        verify(3000, &token(&new)),
        verify(3000, &token(&old)),
        serves(10_000, &[&new]),
        verify(32_000, &token(&new)),
        verify(33_000, &token(&old)),
    ]);
    assert_eq!(played.all(), ["ok", FAILED, FAILED, "ok", "ok", MISMATCH]);
    assert_eq!(played.requests, [0, 2000, 32_000]);
}

#[test]
fn a_key_that_was_withdrawn_is_refused_after_a_refresh() {
    let (old, new) = (TestKey::first(), TestKey::second());
    let played = play(vec![
        serves(0, &[&old]),
        verify(0, &token(&old)),
        serves(MINUTE, &[&new]),
        verify(2 * MINUTE, &token(&old)),
        verify(6 * MINUTE, &token(&old)),
        verify(6 * MINUTE + 1000, &token(&new)),
        verify(6 * MINUTE + 2000, &token(&old)),
    ]);
    assert_eq!(played.all(), ["ok", "ok", "ok", "ok", MISMATCH]);
    assert_eq!(played.one(2).1, 0);
}

#[test]
fn an_answer_that_is_no_use_changes_nothing() {
    let (key, other) = (TestKey::first(), TestKey::second());
    for (server, reason) in [
        (json!({ "status": 200, "body": "{\"keys\":[]}" }), "jwk-remote-invalid"),
        (json!({ "status": 200, "body": "{}" }), "jwk-remote-invalid"),
        (json!({ "status": 200, "body": "<html>" }), "jwk-remote-invalid"),
        (json!({ "status": 200 }), "jwk-remote-invalid"),
        (json!({ "status": 503 }), "jwk-remote-failed-to-load"),
        (json!({ "status": 404 }), "jwk-remote-failed-to-load"),
        (
            json!({ "status": 302, "headers": { "location": "https://example.com/" } }),
            "jwk-remote-failed-to-load",
        ),
        (json!({ "status": 401 }), "secret-key-invalid"),
        (json!({ "failure": "not_sent" }), "jwk-remote-failed-to-load"),
    ] {
        let played = play(vec![
            serves(0, &[&key]),
            verify(0, &token(&key)),
            answers(1000, server.clone()),
            verify(2000, &token(&other)),
            verify(3000, &token(&key)),
            verify(10 * MINUTE, &token(&key)),
            verify(11 * MINUTE, &token(&key)),
        ]);
        let unavailable = format!("unavailable {reason}");
        assert_eq!(played.all(), ["ok", &unavailable, "ok", "ok", "ok"], "{server}");
        assert_eq!((played.one(2).1, played.one(4).1), (0, 0));

        let played = play(vec![answers(0, server.clone()), verify(0, &token(&key))]);
        assert_eq!(played.all(), [unavailable], "{server}");
    }
}

#[test]
fn keys_are_refreshed_beside_those_who_use_them() {
    let key = TestKey::first();
    let token = token(&key);
    let mut steps = vec![serves(0, &[&key])];
    steps.extend((0..3600).map(|second| verify(second * 2000, &token)));
    let played = play(steps);
    assert!((1..played.outcomes.len()).all(|step| played.one(step) == ("ok".to_owned(), 0)));
    let gaps: Vec<_> = played.requests.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| (5 * MINUTE..=5 * MINUTE + 2000).contains(gap)), "{gaps:?}");
}

#[test]
fn keys_nobody_used_for_an_hour_are_fetched_first() {
    let key = TestKey::first();
    let played = play(vec![
        serves(0, &[&key]),
        verify(0, &token(&key)),
        verify_many(HOUR + 1000, &token(&key), 10),
    ]);
    assert_eq!(played.requests, [0, HOUR + 1000]);
    let (said, longest) = played.one(1);
    assert_eq!(said, "ok");
    assert!(longest >= 100, "{longest}");
}

#[test]
fn keys_of_one_name_are_not_confused() {
    let (ours, theirs) = (TestKey::first().with_kid("ins_1"), TestKey::second().with_kid("ins_1"));
    for (key, other) in [(&ours, &theirs), (&theirs, &ours)] {
        let played = play(vec![
            serves(0, &[key]),
            verify(0, &token(key)),
            verify(1000, &token(other)),
            verify(2000, &token(key)),
        ]);
        assert_eq!(played.all(), ["ok", "signed_out token-invalid-signature", "ok"]);
        assert_eq!(played.requests, [0]);
    }
    // Under one name in one set, neither counts.
    let played = play(vec![serves(0, &[&ours, &theirs]), verify(0, &token(&ours))]);
    assert_eq!(played.all(), ["unavailable jwk-remote-invalid"]);
}

#[test]
fn tokens_are_judged_when_their_verification_ends() {
    let key = TestKey::first();
    let token = key.session("user_1").mint(START); // for a minute, and 5 s
    let extra = json!({ "latency_ms": 5000 });
    let played = play_with(
        extra,
        vec![serves(0, &[&key]), verify(MINUTE - 1000, &token), verify(2 * MINUTE, &token)],
    );
    assert_eq!(played.all(), ["ok", "signed_out token-expired"]);
    let extra = json!({ "latency_ms": 7000 });
    let played = play_with(extra, vec![serves(0, &[&key]), verify(MINUTE - 1000, &token)]);
    assert_eq!(played.all(), ["signed_out token-expired"]);
}

#[test]
fn a_server_that_changes_answers_what_is_in_flight() {
    let key = TestKey::first();
    let played = play(vec![is_down(0), verify(0, &token(&key)), serves(50, &[&key])]);
    assert_eq!((played.one(0), &played.requests[..]), (("ok".to_owned(), 100), &[0][..]));
    // One that has kept a request waiting answers it when it wakes up.
    let played = play(vec![
        answers(0, json!({ "hang": true })),
        verify(0, &token(&key)),
        serves(4000, &[&key]),
    ]);
    assert_eq!((played.one(0), &played.requests[..]), (("ok".to_owned(), 4000), &[0][..]));
    // Without any server nothing is sent.
    let played = play(vec![verify(0, &token(&key))]);
    assert_eq!(played.all(), [FAILED]);
}

#[test]
fn other_kinds_of_token_are_verified_as_well() {
    let key = TestKey::first();
    for (kind, token) in [
        ("template", key.template("user_1").mint(START)),
        ("m2m", key.m2m("mch_1").mint(START)),
        ("oauth", key.oauth("user_1").mint(START)),
        ("any", key.m2m("mch_1").mint(START)),
        ("any", token(&key)),
    ] {
        let extra = json!({ "options": { "kind": kind } });
        let played = play_with(extra, vec![serves(0, &[&key]), verify(0, &token)]);
        assert_eq!(played.all(), ["ok"], "{kind}");
    }
}

#[test]
fn questions_that_make_no_sense_are_not_played() {
    let ask = |question: Value| -> Value {
        let question = question.to_string();
        let answer: Value = serde_json::from_str(&answer_line(question.as_bytes())).unwrap();
        answer["error"]["kind"].clone()
    };
    let session = json!({ "kind": "session" });
    for steps in [
        json!({}),
        json!([1]),
        json!([{ "at": 1 }]),
        json!([{ "verify": "a" }]),
        json!([{ "at": -1, "verify": "a" }]),
        json!([{ "at": 2, "verify": "a" }, { "at": 1, "verify": "a" }]),
        json!([{ "at": 1, "verify": "a", "count": 1.5 }]),
        json!([{ "at": 1, "verify": "a", "count": 1_000_000_000_000_u64 }]),
        json!([{ "at": 1, "verify": "a", "server": {} }]),
        json!([{ "at": 1, "server": {} }]),
        json!([{ "at": 1, "server": { "failure": "often" } }]),
    ] {
        let question = json!({ "do": "keyring", "secret_key": "sk_test_abc", "options": session, "steps": steps });
        assert_eq!(ask(question), "protocol", "{steps}");
    }
    let question = json!({ "do": "keyring", "options": session, "steps": [] });
    assert_eq!(ask(question), "config");
    let question =
        json!({ "do": "keyring", "secret_key": "pk_test_abc", "options": session, "steps": [] });
    assert_eq!(ask(question), "config");
    let question =
        json!({ "do": "keyring", "secret_key": "sk_test_abc", "options": session, "steps": [] });
    assert_eq!(ask(question), Value::Null);
}

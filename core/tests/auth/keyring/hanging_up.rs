//! Whoever sends a token and goes away must not keep others from being judged.
use clerk_core::testing::TestKey;

use super::{MINUTE, abandon, play, serves, token, verify};

#[test]
fn those_who_hang_up_starve_nobody() {
    let (key, other) = (TestKey::first(), TestKey::second());
    // A cold keyring, and somebody who sends tokens of an unknown key and hangs up, a hundred times a second.
    let mut steps = vec![serves(0, &[&key])];
    for time in (0..5000).step_by(10) {
        steps.push(abandon(time, &token(&other)));
    }
    steps.push(verify(5000, &token(&key)));
    let played = play(steps);
    assert_eq!(played.one(500), ("ok".to_owned(), 0));
    assert!(played.requests.len() <= 4, "{:?}", played.requests);
    // The same where keys are there, and a new one comes.
    let mut steps =
        vec![serves(0, &[&key]), verify(0, &token(&key)), serves(1000, &[&key, &other])];
    for time in (1000..100_000).step_by(100) {
        steps.push(abandon(time, &token(&TestKey::third())));
    }
    steps.push(verify(70_000, &token(&other)));
    steps.sort_by_key(|step| step["at"].as_i64());
    let played = play(steps);
    let said: Vec<_> = played.all();
    assert_eq!(said.iter().filter(|said| *said == "ok").count(), 2, "{said:?}");
    assert!(played.most_within(MINUTE) <= 4, "{:?}", played.requests);
}

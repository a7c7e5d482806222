//! What holds whatever happens: servers that come and go, keys that change, callers who go away.
use clerk_core::testing::TestKey;
use serde_json::{Value, json};

use super::{HOUR, MINUTE, abandon, answers, at, play_with, serves, token, verify_many};

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// What a step was about.
enum Asked {
    /// A key that each good set has.
    Known,
    /// A key that none has.
    Unknown,
    /// A key that some sets have.
    Sometimes,
}

#[test]
fn limits_hold_whatever_happens() {
    let (always, sometimes, never) = (TestKey::first(), TestKey::second(), TestKey::third());
    let [known, changing, unknown] = [token(&always), token(&sometimes), token(&never)];
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let latency = [0, 1, 100, 3000, 9000][dice.below(5) as usize];
        // Some scripts are dense, others go on for hours.
        let pace = [50, 1000, 20_000, 200_000][dice.below(4) as usize];
        let mut steps = Vec::new();
        let mut asked = Vec::new();
        let mut now = 0;
        for _ in 0..120 {
            now += dice.below(pace) as i64;
            if dice.below(6) == 0 {
                steps.push(server(&mut dice, now, &always, &sometimes));
                continue;
            }
            let (token, about) = match dice.below(4) {
                0 => (&unknown, Asked::Unknown),
                1 => (&changing, Asked::Sometimes),
                _ => (&known, Asked::Known),
            };
            if dice.below(5) == 0 {
                steps.push(abandon(now, token));
            } else {
                steps.push(verify_many(now, token, 1 + dice.below(4)));
            }
            asked.push((now, about));
        }
        let played = play_with(json!({ "latency_ms": latency }), steps.clone());
        let story = || format!("seed {seed}, latency {latency}: {}", json!(told(&steps)));

        assert!(played.most_within(MINUTE) <= 12, "{:?} {}", played.requests, story());
        // When the keys were known to have arrived.
        let mut good = None;
        for ((millis, about), outcome) in asked.iter().zip(&played.outcomes) {
            let count = |name: &str| outcome[name].as_u64().unwrap();
            let longest = count("max_ms");
            assert!(longest <= 30_000, "{millis}: {outcome} {}", story());
            let refused: Vec<_> = outcome["signed_out"].as_object().unwrap().keys().collect();
            match about {
                Asked::Known => {
                    // Each good set has its key.
                    assert!(refused.is_empty(), "{millis}: {outcome} {}", story());
                    let is_good = |since: i64| (since + 1..since + HOUR - MINUTE).contains(millis);
                    if good.is_some_and(is_good) {
                        let pending = count("pending");
                        let is_at_once = count("ok") > 0 && pending == 0 && longest == 0;
                        assert!(is_at_once, "{millis}: {outcome} {}", story());
                    }
                    if count("ok") > 0 && longest > 0 {
                        good = Some(*millis + longest as i64);
                    }
                }
                Asked::Unknown => {
                    assert_eq!(count("ok"), 0, "{millis}: {outcome} {}", story());
                    assert!(refused.iter().all(|reason| *reason == "jwk-kid-mismatch"));
                }
                Asked::Sometimes => {}
            }
        }
    }
}

fn server(dice: &mut Dice, now: i64, always: &TestKey, sometimes: &TestKey) -> Value {
    match dice.below(9) {
        0 => answers(now, json!({ "failure": "not_sent" })),
        1 => answers(now, json!({ "failure": "maybe_sent" })),
        2 => answers(now, json!({ "status": 503 })),
        3 => answers(now, json!({ "status": 429, "headers": { "retry-after": "3" } })),
        4 => answers(now, json!({ "status": 200, "body": "{}" })),
        5 => answers(now, json!({ "hang": true })),
        6 => serves(now, &[always, sometimes]),
        _ => serves(now, &[always]),
    }
}

/// The steps without what is long in them.
fn told(steps: &[Value]) -> Vec<String> {
    let tell = |step: &Value| {
        let millis = step["at"].as_i64().unwrap() - at(0);
        match step.get("server") {
            Some(server) => {
                format!("{millis} {}", server.to_string().chars().take(60).collect::<String>())
            }
            None => format!("{millis} verify {} {}", step["count"], step["abandon"]),
        }
    };
    steps.iter().map(tell).collect()
}

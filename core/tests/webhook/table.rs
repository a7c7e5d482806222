//! The deliveries of `inputs.jsonl`: the catalog is asked about each.
use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::{Value, json};

use super::{DELETED, ask, recipe};

/// One delivery.
pub(crate) struct Case {
    row: String,
    what: String,
    line: Value,
    expect: Value,
}

impl Case {
    pub(crate) fn question(&self) -> Value {
        recipe::question(&self.line)
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.row, self.what)
    }
}

/// All deliveries, those under `each` one by one.
pub(crate) fn cases() -> Vec<Case> {
    let lines = include_str!("inputs.jsonl").lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut cases = Vec::new();
    for (number, line) in lines {
        let line: Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("line {}: {error}", number + 1));
        let text = |name: &str| {
            line[name].as_str().unwrap_or_else(|| panic!("line {}: no {name}", number + 1))
        };
        let mut add = |what: String, value: Option<&Value>| {
            let (line, expect) = (with(&line["line"], value), with(&line["expect"], value));
            cases.push(Case { row: text("row").to_owned(), what, line, expect });
        };
        match &line["each"] {
            Value::Array(values) => values
                .iter()
                .for_each(|value| add(text("what").replace('…', &value.to_string()), Some(value))),
            Value::Object(values) => values
                .iter()
                .for_each(|(what, value)| add(text("what").replace('…', what), Some(value))),
            _ => add(text("what").to_owned(), None),
        }
    }
    cases
}

/// The line with a value in the place of `"$each"`.
fn with(line: &Value, each: Option<&Value>) -> Value {
    match line {
        Value::String(text) if text == "$each" => each.expect("there is no `each`").clone(),
        Value::Array(list) => list.iter().map(|value| with(value, each)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), with(value, each))).collect()
        }
        other => other.clone(),
    }
}

/// What an answer lacks of what is expected; nothing if it is as expected.
fn difference(expect: &Value, answer: &Value) -> Option<String> {
    let expect = match expect.as_str() {
        None => recipe::expected(expect),
        Some("accepted") => {
            let event: Value = serde_json::from_str(DELETED).unwrap();
            json!({ "ok": {
                "id": "msg_1", "timestamp": 1_700_000_000, "type": "user.deleted", "known": true, "event": event,
            } })
        }
        Some(kind @ ("config" | "protocol")) => json!({ "error": { "kind": kind } }),
        Some(reason) => json!({ "error": { "reason": reason } }),
    };
    if answer["ok"].is_null() != expect["ok"].is_null()
        || answer["error"].is_null() != expect["error"].is_null()
    {
        return Some(format!("{answer} is of another kind than {expect}"));
    }
    let (event, expected_event) = (&answer["ok"]["event"], &expect["ok"]["event"]);
    let invented =
        || lacking("event", event, expected_event).filter(|_| expected_event.is_object());
    lacking("", &expect, answer).or_else(invented)
}

/// Objects may have more members than expected, and `null` is as good as nothing.
fn lacking(path: &str, expect: &Value, answer: &Value) -> Option<String> {
    match (expect, answer) {
        (Value::Object(expected), Value::Object(_)) => expected
            .iter()
            .find_map(|(name, expect)| lacking(&format!("{path}.{name}"), expect, &answer[name])),
        (Value::Array(expected), Value::Array(answers)) if expected.len() == answers.len() => {
            let pairs = expected.iter().zip(answers).enumerate();
            pairs.into_iter().find_map(|(at, (expect, answer))| {
                lacking(&format!("{path}[{at}]"), expect, answer)
            })
        }
        _ => (expect != answer).then(|| format!("{path}: {answer}, not {expect}")),
    }
}

#[test]
fn each_delivery_has_the_answer_that_it_is_to_have() {
    let (mut wrong, mut count) = (String::new(), 0);
    for case in cases() {
        count += 1;
        let question = case.question();
        let answer = ask(&question);
        if let Some(difference) = difference(&case.expect, &answer) {
            writeln!(wrong, "{}: {difference}", case.name()).unwrap();
        }
        // No eight characters of a secret are in any answer.
        let shown = answer.to_string();
        let secrets = question["secrets"].as_array().into_iter().flatten();
        for secret in secrets.filter_map(Value::as_str) {
            let characters: Vec<_> = secret.trim().chars().collect();
            let pieces = characters.windows(8).map(|piece| piece.iter().collect::<String>());
            if pieces.into_iter().any(|piece| shown.contains(&piece)) {
                writeln!(wrong, "{}: the answer shows the secret: {shown}", case.name()).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "of {count} deliveries:\n{wrong}");
    assert!(count > 500, "only {count} deliveries");
    println!("P15 holds: {count} webhooks, good and bad, each as its row says");
}

#[test]
fn no_row_of_the_table_is_missing() {
    // Row 28 is about all refusals; see outside.rs.
    let rows: BTreeSet<_> = cases().into_iter().map(|case| case.row).collect();
    for row in 1..=27 {
        assert!(rows.contains(&format!("4.2/{row}")), "row {row}");
    }
}

#[test]
fn whatever_is_accepted_is_refused_with_another_signature() {
    let mut count = 0;
    for case in cases() {
        let mut question = case.question();
        let before = ask(&question);
        let judged_body =
            before["ok"].is_object() || before["error"]["reason"] == "payload-invalid";
        if !judged_body {
            continue;
        }
        for header in question["headers"].as_array_mut().unwrap() {
            if header[0].as_str().unwrap().to_ascii_lowercase().ends_with("signature") {
                let signature = header[1].as_str().unwrap().replace("v1,", "v2,");
                header[1] = signature.into();
            }
        }
        count += 1;
        assert_eq!(ask(&question)["error"]["reason"], "signature-invalid", "{}", case.name());
    }
    assert!(count > 150, "only {count} deliveries");
}

#[test]
fn of_two_things_that_are_wrong_the_first_gives_the_reason() {
    // In the order of the checks: a name, what it changes (nothing twice), the change, the reason.
    let bad = json!({ "$signature": { "damage": { "flip": 0 } } });
    let too_many = json!({ "$text": [{ "$repeat": ["x ", 64] }, { "$signature": {} }] });
    let body = |text: Value| json!({ "body": text });
    let sign = |timestamp: &str| json!({ "sign": { "timestamp": timestamp } });
    let set = |name: &str, value: &Value| json!({ "set": [[name, value]] });
    let add = |name: &str| json!({ "add": [[name, "1"]] });
    let without = |name: &str| json!({ "without": [name] });
    let defects = [
        ("body", body(json!({ "$repeat": [" ", 1_048_577] })), "body-too-large"),
        ("id", add("svix-id"), "header-ambiguous"),
        ("timestamp", add("webhook-timestamp"), "header-ambiguous"),
        ("signature", add("svix-signature"), "header-ambiguous"),
        ("id", without("svix-id"), "header-missing"),
        ("id", set("svix-id", &" ".into()), "header-missing"),
        ("timestamp", without("svix-timestamp"), "header-missing"),
        ("timestamp", sign(""), "header-missing"),
        ("signature", without("svix-signature"), "header-missing"),
        ("signature", set("svix-signature", &"".into()), "header-missing"),
        ("timestamp", sign("+1700000000"), "timestamp-invalid"),
        ("timestamp", sign("1700000000000"), "timestamp-invalid"),
        ("timestamp", sign("1699999699"), "timestamp-too-old"),
        ("timestamp", sign("1700000301"), "timestamp-too-new"),
        ("signature", set("svix-signature", &too_many), "signature-invalid"),
        ("signature", set("svix-signature", &bad), "signature-invalid"),
        ("body", body("[]".into()), "payload-invalid"),
    ];
    let judge = |changes: &[&Value]| {
        let mut line = json!({});
        for change in changes {
            for (name, value) in change.as_object().unwrap() {
                match (line.get_mut(name), value) {
                    (Some(Value::Array(list)), Value::Array(more)) => list.extend(more.clone()),
                    _ => line[name] = value.clone(),
                }
            }
        }
        ask(&recipe::question(&line))
    };
    assert!(judge(&[])["ok"].is_object());
    let mut pairs = 0;
    for (at, (place, change, reason)) in defects.iter().enumerate() {
        assert_eq!(judge(&[change])["error"]["reason"], *reason, "{change}");
        for (_, worse, _) in defects[at..].iter().filter(|(other, ..)| other != place) {
            pairs += 1;
            let answer = judge(&[change, worse]);
            assert_eq!(answer["error"]["reason"], *reason, "{change} {worse}");
        }
    }
    assert_eq!(pairs, 101);
}

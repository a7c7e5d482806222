//! The inputs of `inputs.jsonl`: each is asked of the catalog, on every backend that is compiled in.
use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::{Value, json};

use super::{BACKENDS, ask, recipe};

/// The reasons of the checks before the signature, some of which have others behind it as well.
const BEFORE_SIGNATURE: [&str; 6] = [
    "token-too-long",
    "token-invalid",
    "token-invalid-algorithm",
    "token-type-mismatch",
    "jwk-kid-mismatch",
    "jwk-remote-invalid",
];

/// One input.
pub(crate) struct Case {
    pub(crate) row: String,
    pub(crate) what: String,
    line: Value,
    expect: Value,
}

impl Case {
    fn question(&self, backend: &str) -> Value {
        let mut question = recipe::question(&self.line);
        question["backend"].is_null().then(|| question["backend"] = backend.into());
        question
    }
}

/// All inputs, those under `each` one by one.
fn cases() -> Vec<Case> {
    let lines = include_str!("inputs.jsonl").lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut cases = Vec::new();
    for (number, line) in lines {
        let line: Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("line {}: {error}", number + 1));
        let text = |name: &str| {
            line[name].as_str().unwrap_or_else(|| panic!("line {}: no {name}", number + 1))
        };
        let mut add = |what: String, value: &Value| {
            let (line, expect) = (with(&line["line"], value), with(&line["expect"], value));
            cases.push(Case { row: text("row").to_owned(), what, line, expect });
        };
        match &line["each"] {
            Value::Array(values) => values
                .iter()
                .for_each(|value| add(text("what").replace('…', &value.to_string()), value)),
            Value::Object(values) => {
                values.iter().for_each(|(what, value)| add(text("what").replace('…', what), value))
            }
            _ => add(text("what").to_owned(), &Value::Null),
        }
    }
    cases
}

/// The line with a value in the place of `"$each"`.
fn with(line: &Value, each: &Value) -> Value {
    match line {
        Value::String(text) if text == "$each" => each.clone(),
        Value::Array(list) => list.iter().map(|value| with(value, each)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), with(value, each))).collect()
        }
        other => other.clone(),
    }
}

/// What an answer lacks of what is expected; nothing if it is as expected.
fn difference(verb: &str, expect: &Value, answer: &Value) -> Option<String> {
    let error = |kind: &str| json!({ "error": { "kind": kind } });
    let expect = match expect {
        Value::Array(several) => {
            let all: Option<Vec<_>> =
                several.iter().map(|expect| difference(verb, expect, answer)).collect();
            return all.map(|all| all.join(", and "));
        }
        Value::Bool(_) => json!({ "ok": expect }),
        Value::String(short) => match &**short {
            "accepted" => json!({ "ok": {
                "kind": "session", "subject": "user_1", "user_id": "user_1", "session_id": "sess_1",
            } }),
            "signed in" => json!({
                "state": "signed_in", "token_type": "session_token", "user_id": "user_1", "session_id": "sess_1",
            }),
            "config" | "protocol" => error(short),
            reason if verb == "authenticate" => json!({ "state": "signed_out", "reason": reason }),
            reason => json!({ "error": { "reason": reason } }),
        },
        other => other.clone(),
    };
    if answer["ok"].is_null() != expect["ok"].is_null()
        || answer["error"].is_null() != expect["error"].is_null()
    {
        return Some(format!("{answer} is of another kind than {expect}"));
    }
    if verb == "authenticate"
        && expect["requests"].is_null()
        && answer["requests"].as_array().is_some_and(|sent| !sent.is_empty())
    {
        return Some(format!("requests: {}", answer["requests"]));
    }
    lacking("", &expect, answer)
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
        (Value::String(many), Value::Array(answers)) if many == "1 to 4" => (!(1..=4)
            .contains(&answers.len()))
        .then(|| format!("{path}: {} of them", answers.len())),
        _ => (expect != answer).then(|| format!("{path}: {answer}, not {expect}")),
    }
}

/// The token of a question, wherever it is.
fn secret_parts(question: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut all = vec![question];
    while let Some(value) = all.pop() {
        match value {
            Value::String(text) => found.extend(
                text.split(['.', ' ', ';'])
                    .filter(|part| part.starts_with("ey") || part.contains("canary"))
                    .map(str::to_owned),
            ),
            Value::Array(list) => all.extend(list),
            Value::Object(members) => all
                .extend(members.iter().filter(|(name, _)| *name != "keys").map(|(_, value)| value)),
            _ => {}
        }
    }
    found
}

#[test]
fn each_input_has_the_answer_that_it_is_to_have() {
    let (mut wrong, mut count) = (String::new(), 0);
    for case in cases() {
        count += 1;
        let mut answers = Vec::new();
        for backend in BACKENDS {
            let question = case.question(backend);
            let answer = ask(&question);
            if let Some(difference) =
                difference(question["do"].as_str().unwrap(), &case.expect, &answer)
            {
                writeln!(wrong, "{} {} ({backend}): {difference}", case.row, case.what).unwrap();
            }
            let is_refused = answer["error"].is_object() || answer["state"] == "signed_out";
            let shown = answer.to_string();
            if is_refused && secret_parts(&question).iter().any(|part| shown.contains(&**part)) {
                writeln!(wrong, "{} {}: the refusal shows the token: {shown}", case.row, case.what)
                    .unwrap();
            }
            answers.push(answer);
        }
        if answers.windows(2).any(|pair| pair[0] != pair[1]) {
            writeln!(wrong, "{} {}: backends differ: {answers:?}", case.row, case.what).unwrap();
        }
    }
    assert!(wrong.is_empty(), "of {count} inputs:\n{wrong}");
    assert!(count > 1000, "only {count} inputs");
    let backends = BACKENDS.len();
    println!(
        "P15 holds: {count} tokens and key sets, good and bad, each as its row says, the same with {backends} backends"
    );
}

#[test]
fn no_row_of_the_table_is_missing() {
    let rows: BTreeSet<_> = cases().into_iter().map(|case| case.row).collect();
    for row in 1..=60 {
        assert!(rows.contains(&format!("4.1/{row}")), "row {row}");
    }
    // Whatever can be refused can be accepted, too.
    let accepted = |verb: &str, is_it: &dyn Fn(&Value) -> bool| {
        cases().iter().any(|case| {
            case.line["do"].as_str().unwrap_or("verify_token") == verb && is_it(&case.expect)
        })
    };
    for kind in ["session", "template", "m2m", "oauth"] {
        assert!(accepted("verify_token", &|expect| expect["ok"]["kind"] == kind), "{kind}");
    }
    for token_type in ["session_token", "m2m_token", "oauth_token", "api_key"] {
        assert!(
            accepted("authenticate", &|expect| expect["token_type"] == token_type),
            "{token_type}"
        );
    }
}

#[test]
fn a_bad_signature_goes_before_all_that_the_payload_says() {
    let (mut count, flip) = (0, json!("flip_signature_bit"));
    for mut case in cases() {
        if !case.line["token"]["$token"].is_object()
            || !case.line["token"]["$token"]["damage"].is_null()
        {
            continue;
        }
        let before = ask(&case.question(BACKENDS[0]));
        case.line["token"]["$token"]["damage"] = flip.clone();
        let after = ask(&case.question(BACKENDS[0]));
        let reason = after["error"]["reason"].as_str();
        let is_same =
            before == after && reason.is_none_or(|reason| BEFORE_SIGNATURE.contains(&reason));
        let is_of_signature = reason == Some("token-invalid-signature");
        count += usize::from(is_of_signature);
        assert!(
            is_of_signature || is_same && before["ok"].is_null(),
            "{} {}: {before} {after}",
            case.row,
            case.what
        );
    }
    assert!(count > 300, "only {count} inputs");
    println!(
        "P16 holds: {count} tokens with a bad signature are refused for that, whatever their claims say"
    );
}

#[test]
fn of_two_things_that_are_wrong_the_first_gives_the_reason() {
    // In the order of the checks; the same claim twice is no pair.
    let defects = [
        ("sub", Value::Null, "token-verification-failed"),
        ("sub", json!("mch_1"), "token-type-mismatch"),
        ("aud", json!("other"), "token-invalid-audience"),
        ("azp", json!("https://other.example"), "token-invalid-authorized-parties"),
        ("iss", json!("https://other.example"), "token-invalid-issuer"),
        ("exp", Value::Null, "token-verification-failed"),
        ("exp", json!(1_600_000_000), "token-expired"),
        ("nbf", Value::Null, "token-verification-failed"),
        ("nbf", json!(1_800_000_000), "token-not-active-yet"),
        ("iat", Value::Null, "token-verification-failed"),
        ("iat", json!(1_800_000_000), "token-iat-in-the-future"),
    ];
    let options = json!({
        "issuer": "https://clerk.example.com", "authorized_parties": ["https://example.com"], "audience": ["api"],
    });
    let judge = |changes: &[(&str, &Value)]| {
        let mut claims = json!({ "aud": "api" });
        changes.iter().for_each(|(name, value)| claims[*name] = (*value).clone());
        let line = json!({ "token": { "$token": { "claims": claims } }, "options": options });
        ask(&recipe::question(&line))
    };
    assert!(judge(&[])["ok"].is_object());
    for (at, (name, value, reason)) in defects.iter().enumerate() {
        assert_eq!(judge(&[(name, value)])["error"]["reason"], *reason, "{name} {value}");
        for (other, worse, _) in defects[at..].iter().filter(|(other, ..)| other != name) {
            let answer = judge(&[(name, value), (other, worse)]);
            assert_eq!(answer["error"]["reason"], *reason, "{name} {value}, {other} {worse}");
        }
    }
}

//! The inputs of `inputs.jsonl`, whose head says what may be in them: each is asked of the catalog.
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde_json::{Map, Value, json};

use super::{LIVE, TEST, recipe};

/// The origins that a Location may have.
const ORIGINS: [&str; 13] = [
    // Frontend APIs: of the key, of a satellite's domain, of another key, and proxies.
    "https://clerk.example.com",
    "https://clerk.shop.example",
    "https://happy-cat-1.clerk.accounts.dev",
    "https://proxy.example",
    // Primary applications, in development only.
    "https://primary.example",
    // The application itself, which has a proxy at a path, or, in development, takes the result out of its URL.
    "https://app.example.com",
    "https://app.example.com:8443",
    "https://www.example.com",
    "http://localhost:3000",
    "https://shop.example",
    // Satellites that were named, in development only.
    "https://satellite.example",
    "https://satellite.example:8443",
    "http://localhost:4000",
];
/// Where somebody stays signed in who cannot be sent away.
const OPTIONAL: [&str; 2] = ["primary-domain-cross-origin-sync", "active-organization-mismatch"];

/// One input.
struct Case {
    row: String,
    what: String,
    question: Value,
    expect: Value,
}

impl Case {
    fn name(&self) -> String {
        format!("{} {}", self.row, self.what)
    }
}

/// Texts with a name, made when they are first needed.
#[derive(Default)]
struct Texts {
    recipes: Map<String, Value>,
    made: RefCell<BTreeMap<String, String>>,
}

impl Texts {
    fn get(&self, name: &str) -> String {
        if let Some(text) = self.made.borrow().get(name) {
            return text.clone();
        }
        let recipe = self.recipes.get(name).unwrap_or_else(|| panic!("no text is called {name}"));
        let text = recipe::resolve(&self.fill(recipe)).as_str().expect("a text").to_owned();
        self.made.borrow_mut().insert(name.to_owned(), text.clone());
        text
    }

    /// The other way round, for people.
    fn named(&self, value: &Value) -> String {
        let mut shown = value.to_string();
        for (name, text) in self.made.borrow().iter().filter(|(_, text)| text.len() > 100) {
            shown = shown.replace(&**text, &format!("${{{name}}}"));
        }
        shown
    }

    /// The value with texts in the place of their names.
    fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let mut parts = text.split("${");
                let mut filled = parts.next().unwrap().to_owned();
                for part in parts {
                    let (name, rest) = part.split_once('}').unwrap();
                    filled.push_str(&self.get(name));
                    filled.push_str(rest);
                }
                filled.into()
            }
            Value::Array(list) => list.iter().map(|value| self.fill(value)).collect(),
            Value::Object(members) => {
                let fill = |(name, value): (&String, _)| (name.clone(), self.fill(value));
                members.iter().map(fill).collect()
            }
            other => other.clone(),
        }
    }
}

/// All inputs, those under `each` one by one.
fn cases() -> Vec<Case> {
    read().0
}

/// The same, and the texts that are in them.
fn read() -> (Vec<Case>, Texts) {
    let (mut texts, mut cases) = (Texts::default(), Vec::new());
    let lines = include_str!("inputs.jsonl").lines().enumerate();
    for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let line: Map<String, Value> = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("line {}: {error}", number + 1));
        if let Some(more) = line.get("texts") {
            texts.recipes.extend(more.as_object().unwrap().clone());
            continue;
        }
        known(&line, &["row", "what", "ask", "each", "expect"]);
        let text = |name: &str| line[name].as_str().expect("a text");
        let ask = line.get("ask").unwrap_or(&Value::Null).as_object().cloned().unwrap_or_default();
        let mut add = |what: String, ask: &Map<String, Value>| {
            let question = question(&recipe::resolve(&texts.fill(&ask.clone().into())));
            let expect = texts.fill(&line["expect"]);
            cases.push(Case { row: text("row").to_owned(), what, question, expect });
        };
        match line.get("each") {
            None => add(text("what").to_owned(), &ask),
            Some(each) => {
                for (what, changes) in each.as_object().unwrap() {
                    let what = text("what").replace('…', what);
                    add(what, &changed(&ask, changes.as_object().unwrap()));
                }
            }
        }
    }
    (cases, texts)
}

fn known(members: &Map<String, Value>, names: &[&str]) {
    for name in members.keys() {
        assert!(names.contains(&&**name), "{name} is no member of {members:?}");
    }
}

/// What is asked, with other members; `headers`, `handshake` and `options` one by one.
fn changed(ask: &Map<String, Value>, changes: &Map<String, Value>) -> Map<String, Value> {
    let mut ask = ask.clone();
    for (name, value) in changes {
        match (&**name, ask.get_mut(name)) {
            ("headers" | "handshake" | "options", Some(Value::Object(members))) => {
                members.extend(value.as_object().unwrap().clone());
            }
            ("cookie+", _) => {
                let before = ask.get("cookie").and_then(Value::as_str).unwrap_or("other=1");
                let cookie = format!("{before}; {}", value.as_str().unwrap());
                ask.insert("cookie".to_owned(), cookie.into());
            }
            _ => _ = ask.insert(name.clone(), value.clone()),
        }
    }
    ask
}

/// The question that a line stands for.
fn question(ask: &Value) -> Value {
    let ask = ask.as_object().unwrap();
    let names = [
        "instance",
        "url",
        "method",
        "headers",
        "cookie",
        "handshake",
        "options",
        "keys",
        "replies",
        "now",
    ];
    known(ask, &names);
    let without_null = |members: &Map<String, Value>| -> Map<String, Value> {
        let kept = members.iter().filter(|(_, value)| !value.is_null());
        kept.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let merged = |base: Value, name: &str| {
        let mut base = base.as_object().unwrap().clone();
        base.extend(ask.get(name).and_then(Value::as_object).cloned().unwrap_or_default());
        without_null(&base)
    };
    let mut options = merged(json!({}), "options");
    let handshake = merged(json!({ "origins": ["https://app.example.com"] }), "handshake");
    options.insert("handshake".to_owned(), handshake.into());
    let key = match ask.get("instance").map_or("live", |name| name.as_str().unwrap()) {
        "live" => LIVE,
        "test" => TEST,
        key => key,
    };
    options.insert("publishable_key".to_owned(), key.into());
    let mut headers = Vec::new();
    for (name, value) in merged(json!({ "sec-fetch-dest": "document" }), "headers") {
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        headers.extend(values.iter().map(|value| json!([name, value])));
    }
    headers.extend(ask.get("cookie").map(|cookie| json!(["cookie", cookie])));
    let mut question = json!({
        "do": "authenticate", "url": "https://app.example.com/page?x=1", "headers": headers, "options": options,
    });
    for name in ["url", "method", "keys", "replies", "now"] {
        if let Some(value) = ask.get(name) {
            question[name] = value.clone();
        }
    }
    recipe::question(&question)
}

fn ask(question: &Value) -> Value {
    serde_json::from_str(&clerk_core::catalog::answer_line(question.to_string().as_bytes()))
        .unwrap()
}

/// The answer, as far as it counts.
fn outcome(answer: &Value) -> Value {
    let mut outcome = json!({});
    for name in ["error", "state", "reason", "no_handshake"] {
        if !answer[name].is_null() {
            outcome[name] = answer[name].clone();
        }
    }
    if answer["state"] == "signed_in" {
        let text = |name: &str| answer[name].as_str().unwrap_or_default();
        outcome["who"] = format!("{}/{}", text("user_id"), text("session_id")).into();
    }
    if answer["state"] == "handshake" {
        outcome["status"] = answer["status"].clone();
    }
    let mut headers = answer["headers"].as_array().cloned().unwrap_or_default();
    headers.sort_by(|one, other| one[0].as_str().cmp(&other[0].as_str()));
    outcome["headers"] = headers.into();
    outcome
}

/// What is expected, as an [`outcome`].
fn wanted(expect: &Value) -> Value {
    let members = expect.as_object().expect("an object");
    let names =
        ["handshake", "location", "in", "out", "no_handshake", "unavailable", "set", "requests"];
    known(members, &names);
    let mut outcome = if let Some(reason) = members.get("handshake") {
        json!({ "state": "handshake", "reason": reason, "status": 307 })
    } else if let Some(who) = members.get("in") {
        json!({ "state": "signed_in", "who": who })
    } else if let Some(reason) = members.get("out") {
        json!({ "state": "signed_out", "reason": reason })
    } else {
        json!({ "state": "unavailable", "reason": members["unavailable"] })
    };
    let outcome_members = outcome.as_object_mut().unwrap();
    outcome_members.retain(|_, value| !value.is_null());
    if let Some(why) = members.get("no_handshake") {
        outcome_members.insert("no_handshake".to_owned(), why.clone());
    }
    let cookies = members.get("set").map(|set| set.as_array().unwrap().clone()).unwrap_or_default();
    let mut headers = Vec::new();
    if !cookies.is_empty() || members.contains_key("handshake") {
        headers.push(json!(["cache-control", "no-store"]));
    }
    headers.extend(members.get("location").map(|location| json!(["location", location])));
    headers.extend(cookies.iter().map(|cookie| json!(["set-cookie", cookie])));
    outcome["headers"] = headers.into();
    outcome
}

/// Whether a flow made other requests than it should.
fn wrong_requests(expect: &Value, answer: &Value) -> bool {
    let nothing = Vec::new();
    let sent = answer["requests"].as_array().unwrap_or(&nothing);
    let expected = expect["requests"].as_array().unwrap_or(&nothing);
    let is_as_expected = |(sent, expect): (&Value, &Value)| {
        let line = format!("{} {}", sent["method"].as_str()?, sent["uri"].as_str()?);
        let headers = expect["headers"].as_object().cloned().unwrap_or_default();
        let is_it = expect["request"].as_str().or(expect.as_str())? == line
            && expect["body"] == sent["body"]
            && sent["headers"]["authorization"] == "Bearer sk_test_abc"
            && headers.iter().all(|(name, value)| sent["headers"][name] == *value);
        is_it.then_some(())
    };
    expected.len() != sent.len()
        || sent.iter().zip(expected).any(|pair| is_as_expected(pair).is_none())
}

/// A header of the question.
fn header<'q>(question: &'q Value, name: &str) -> Option<&'q str> {
    let headers = question["headers"].as_array().unwrap();
    headers.iter().find(|pair| pair[0] == name).and_then(|pair| pair[1].as_str())
}

#[test]
fn each_input_has_the_outcome_that_it_is_to_have() {
    let (mut wrong, mut names) = (String::new(), BTreeSet::new());
    let (cases, texts) = read();
    for case in &cases {
        let answer = ask(&case.question);
        let (outcome, wanted) = (outcome(&answer), wanted(&case.expect));
        let mut compare = |what: &str, is: &Value, wanted: &Value| {
            let (is, wanted) = (texts.named(is), texts.named(wanted));
            writeln!(wrong, "{}: {what}\n       is {is}\n   wanted {wanted}", case.name()).unwrap();
        };
        if outcome != wanted {
            compare("outcome", &outcome, &wanted);
        }
        if wrong_requests(&case.expect, &answer) {
            compare("requests", &answer["requests"], &case.expect["requests"]);
        }
        assert!(names.insert(case.name()), "{} is there twice", case.name());
    }
    let count = cases.len();
    assert!(wrong.is_empty(), "of {count} inputs:\n{wrong}");
    assert!(count >= 250, "only {count} inputs");
}

#[test]
fn no_row_of_the_table_is_missing_and_no_expectation_is_empty() {
    let cases = cases();
    let rows: BTreeSet<_> = cases.iter().map(|case| &*case.row).collect();
    let numbers: Vec<_> = (1..=21).map(|number: u8| number.to_string()).collect();
    for row in numbers.iter().map(|row| &**row).chain(["1a", "1b", "1c", "1d", "1e"]) {
        assert!(rows.contains(row), "row {row}");
    }
    for case in &cases {
        let expect = case.expect.as_object().unwrap();
        let outcomes = ["handshake", "in", "out", "unavailable"];
        let several = outcomes.iter().filter(|name| expect.contains_key(**name)).count();
        assert_eq!(several, 1, "{}", case.name());
        assert_eq!(
            expect.contains_key("location"),
            expect.contains_key("handshake"),
            "{}",
            case.name()
        );
    }
}

#[test]
fn whatever_comes_a_handshake_is_a_page_sent_to_a_known_place_and_four_requests_are_the_most() {
    let mut handshakes = 0;
    for case in cases() {
        let (question, answer) = (&case.question, ask(&case.question));
        let name = case.name();
        assert!(answer["requests"].as_array().unwrap().len() <= 4, "{name}: {answer}");
        let headers = answer["headers"].as_array().cloned().unwrap_or_default();
        let values = |name: &str| -> Vec<&str> {
            let found = headers.iter().filter(|pair| pair[0] == name);
            found.map(|pair| pair[1].as_str().unwrap()).collect()
        };
        if !headers.is_empty() {
            assert_eq!(values("cache-control"), ["no-store"], "{name}");
        }
        let reason = answer["reason"].as_str().unwrap_or_default();
        let is_about_token = ["token-", "jwk-", "session-pending"];
        if !is_about_token.iter().any(|start| reason.starts_with(start)) {
            // Nobody has looked at a token then.
            assert!(answer["state"] != "signed_out" || answer["token_type"].is_null(), "{name}");
        }
        if answer["state"] != "handshake" {
            assert!(values("location").is_empty(), "{name}");
            continue;
        }
        handshakes += 1;
        assert_eq!(question["method"], "GET", "{name}");
        let is_page = match header(question, "sec-fetch-dest") {
            Some(destination) => ["document", "iframe"].contains(&destination),
            None => header(question, "accept").is_some_and(|types| types.starts_with("text/html")),
        };
        assert!(is_page, "{name}");
        let authorization = header(question, "authorization").unwrap_or_default();
        assert!(!authorization.starts_with("Bearer"), "{name}");
        let [location] = values("location")[..] else { panic!("{name}: {headers:?}") };
        let end = location[8..].find(['/', '?']).map_or(location.len(), |at| at + 8);
        assert!(ORIGINS.contains(&&location[..end]), "{name}: {location}");
        assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{name}: {location}");
    }
    assert!(handshakes > 100, "only {handshakes}");
}

/// The question with one header in place of those of its name, or with none.
fn with_header(question: &Value, name: &str, value: Option<&str>) -> Value {
    let mut question = question.clone();
    let headers = question["headers"].as_array_mut().unwrap();
    headers.retain(|pair| pair[0] != name);
    headers.extend(value.map(|value| json!([name, value])));
    question
}

#[test]
fn what_was_sent_away_is_not_if_it_is_no_page_or_comes_to_a_strange_host_or_too_often() {
    let (mut wrong, mut count) = (String::new(), 0);
    let (cases, texts) = read();
    for case in cases.iter().filter(|case| !case.expect["handshake"].is_null()) {
        let question = &case.question;
        let with_method = |method: &str| {
            let mut question = question.clone();
            question["method"] = method.into();
            question
        };
        let strange = {
            let url = question["url"].as_str().unwrap();
            let target = url.find("://").map_or(url, |at| {
                url[at + 3..].find('/').map_or("/", |slash| &url[at + 3 + slash..])
            });
            let mut question = with_header(question, "host", Some("evil.example"));
            question = with_header(&question, "x-forwarded-host", None);
            question["url"] = target.into();
            question
        };
        let mut often = question.clone();
        let headers = often["headers"].as_array_mut().unwrap();
        headers.push(json!(["cookie", "__clerk_redirect_count=3"]));
        let as_json = with_header(
            &with_header(question, "sec-fetch-dest", None),
            "accept",
            Some("application/json"),
        );
        let flips = [
            ("a POST", with_method("POST"), "not-a-document"),
            ("a HEAD", with_method("HEAD"), "not-a-document"),
            ("a fetch", with_header(question, "sec-fetch-dest", Some("empty")), "not-a-document"),
            ("JSON taken", as_json, "not-a-document"),
            ("a strange host", strange, "unknown-host"),
            ("a count of 3", often, "loop"),
            ("a header", with_header(question, "authorization", Some("Bearer a.b.c")), ""),
        ];
        let reason = case.expect["handshake"].as_str().unwrap();
        for (what, question, why) in flips {
            let is_settled = reason == "session-token-missing";
            // The result of a handshake is taken out of the URL, which cannot go round in circles.
            if is_settled && why == "loop" {
                continue;
            }
            let answer = ask(&question);
            count += 1;
            let headers = answer["headers"].as_array().cloned().unwrap_or_default();
            let is_here =
                answer["state"] != "handshake" && headers.iter().all(|pair| pair[0] != "location");
            let is_right = if why.is_empty() {
                answer["reason"] == "token-invalid"
            } else if OPTIONAL.contains(&reason) {
                answer["state"] == "signed_in" || answer["reason"] == "session-pending"
            } else if is_settled {
                answer["state"] == "signed_out" && answer["no_handshake"].is_null()
            } else {
                // Only documents are synced: anything else is left to the other rows.
                let is_left = reason == "satellite-needs-syncing" && why == "not-a-document";
                is_left || answer["reason"] == reason && answer["no_handshake"] == why
            };
            if !(is_here && is_right) {
                let is = texts.named(&outcome(&answer));
                writeln!(wrong, "{}, but {what}: {is}", case.name()).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 500, "only {count}");
}

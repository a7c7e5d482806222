//! Answers lose nothing, survive what servers do as they evolve, and refuse what is of another type.
use std::collections::BTreeSet;

use bytes::Bytes;
use clerk_api_diff::{Facts, Kind, Shape};
use clerk_core::catalog::Entry;
use http::Response;
use serde_json::{Number, Value, json};

use crate::{
    declared, facts,
    sample::{CANARY, Path, Sampler, is_unknown, members, put, wrong},
};

/// What a client makes of this answer.
fn read(entry: &Entry, status: u16, value: &Value) -> Result<Value, clerk_core::Error> {
    entry.response(response(status, value))
}

fn response(status: u16, value: &Value) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(value.to_string())).unwrap()
}

/// Whether everything of `sent` came back, and nothing else.
pub(crate) fn came_back(sent: &Value, got: &Value, at: &str) -> Result<(), String> {
    match (sent, got) {
        (Value::Object(sent), Value::Object(got)) => {
            for (name, value) in sent {
                match got.get(name) {
                    Some(other) => came_back(value, other, &format!("{at}.{name}"))?,
                    None if value.is_null() => {}
                    None => return Err(format!("{at}.{name} is lost")),
                }
            }
            match got.iter().find(|(name, value)| !sent.contains_key(*name) && !is_empty(value)) {
                Some((name, value)) => Err(format!("{at}.{name} is invented: {value}")),
                None => Ok(()),
            }
        }
        (Value::Array(sent), Value::Array(got)) if sent.len() == got.len() => sent
            .iter()
            .zip(got)
            .try_for_each(|(sent, got)| came_back(sent, got, &format!("{at}[]"))),
        _ if sent == got || sent.is_null() && is_empty(got) => Ok(()),
        // `1` and `1.0` are one number; a whole one that a float cannot hold has lost something.
        (Value::Number(a), Value::Number(b))
            if a.is_f64() != b.is_f64() && a.as_f64() == b.as_f64() && fits(a) && fits(b) =>
        {
            Ok(())
        }
        _ => Err(format!("{at}: {sent} came back as {got}")),
    }
}

/// Whether a float holds a number to the last digit.
fn fits(number: &Number) -> bool {
    number.as_i64().is_none_or(|whole| whole as f64 as i64 == whole)
}

fn is_empty(value: &Value) -> bool {
    *value == Value::Null || *value == json!([]) || *value == json!({})
}

/// As many as the largest union has shapes.
const KINDS: usize = 7;

/// The answers of all operations that carry JSON, with so many choices of the kinds of unions and the
/// values of enums.
fn answers(
    facts: &Facts,
    full: bool,
    picks: usize,
    mut each: impl FnMut(&str, &Entry, u16, &Shape, usize, Value),
) {
    for (id, operation, entry) in declared(facts) {
        for (status, shape) in &operation.answers {
            let Some(shape) = shape else { continue };
            let mut seen = BTreeSet::new();
            for pick in 0..picks {
                let sampler = Sampler { facts, full, pick, answer: true };
                let value = sampler.value(shape, id, "answer", 0);
                if seen.insert(value.to_string()) {
                    each(id, entry, status.parse().unwrap(), shape, pick, value);
                }
            }
        }
    }
}

#[test]
fn answers_lose_nothing() {
    let facts = facts();
    let mut count = 0;
    for full in [true, false] {
        // More than any enum has values.
        answers(&facts, full, 24, |id, entry, status, _, _, value| {
            let got = read(entry, status, &value).unwrap_or_else(|error| panic!("{error}"));
            if value == json!({ "active": false }) {
                return assert_eq!(got, value, "{id}");
            }
            came_back(&value, &got, id).unwrap();
            // Every documented value of an enum is one that the crate knows, and no secret shows.
            let shown = entry.shown_response(response(status, &value)).unwrap();
            assert!(!is_unknown(&shown), "{id}: {shown}");
            assert!(!shown.contains(CANARY), "{id}: {shown}");
            count += 1;
        });
    }
    assert!(count > 500, "{count}");
}

/// Removes all members of this name.
pub(crate) fn forget(value: &mut Value, name: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| forget(item, name)),
        Value::Object(object) => {
            object.remove(name);
            object.values_mut().for_each(|item| forget(item, name));
        }
        _ => {}
    }
}

#[test]
fn answers_survive_what_servers_do_as_they_evolve() {
    let facts = facts();
    let (mut whole, mut changes) = (0, 0);
    answers(&facts, true, KINDS, |id, entry, status, shape, pick, value| {
        if value == json!({ "active": false }) {
            return; // There is nothing to change in it.
        }
        let mut sites = Vec::new();
        members(&facts, shape, &value, pick, &Vec::new(), &mut sites);
        // Members that nobody knows, in every object that has members of its own.
        let mut more = value.clone();
        for (at, _) in sites.iter().filter(|(at, _)| at.last().unwrap().parse::<usize>().is_err()) {
            let beside: Path =
                at[..at.len() - 1].iter().cloned().chain(["brand_new".to_owned()]).collect();
            put(&mut more, &beside, Some(json!({ "is": [1, null] })));
        }
        let mut got = read(entry, status, &more).unwrap_or_else(|error| panic!("{id}: {error}"));
        // Some keep them, where members of the caller's own are allowed.
        forget(&mut got, "brand_new");
        came_back(&value, &got, id).unwrap();

        // No value of an enum is one that anybody knows, and each of them is kept.
        let mut changed = value.clone();
        for (at, member) in &sites {
            if let Some(Shape { kind: Kind::OneOfValues(values), .. }) =
                facts.resolve(&member.shape)
                && values[0].starts_with('"')
            {
                put(&mut changed, at, Some("brand_new".into()));
            }
        }
        let got = read(entry, status, &changed).unwrap_or_else(|error| panic!("{error}"));
        came_back(&changed, &got, id).unwrap();
        // All that may be absent or null is, level by level: what is inside goes with what it is in.
        let deepest = sites.iter().map(|(at, _)| at.len()).max().unwrap_or(0);
        for (depth, absent) in (1..=deepest).flat_map(|depth| [(depth, true), (depth, false)]) {
            let mut less = value.clone();
            for (at, member) in sites.iter().filter(|(at, _)| at.len() == depth) {
                let optional = !member.required || facts.resolve(&member.shape).unwrap().nullable;
                if optional {
                    put(&mut less, at, if absent { None } else { Some(Value::Null) });
                }
            }
            let got = read(entry, status, &less).unwrap_or_else(|error| panic!("{id}: {error}"));
            came_back(&less, &got, id).unwrap();
            changes += 1;
        }
        whole += 1;
        changes += 2;
    });
    assert!(whole > 300, "{whole}");
    println!(
        "P23 holds: {whole} answers of all operations, {changes} times changed (new members, new values, null, absent), all read"
    );
}

#[test]
fn answers_of_another_type_name_the_place() {
    let facts = facts();
    // Each member of a shape that has a name once, wherever it comes first.
    let mut seen = BTreeSet::new();
    let mut count = 0;
    answers(&facts, true, KINDS, |id, entry, status, shape, pick, value| {
        let mut sites = Vec::new();
        members(&facts, shape, &value, pick, &Vec::new(), &mut sites);
        for (at, member) in sites {
            let near = at.iter().rev().filter(|step| step.parse::<usize>().is_err()).take(3);
            let site: Vec<_> = near.cloned().collect();
            if !seen.insert((site, format!("{:?}", member.shape.kind))) {
                continue;
            }
            let Some(wrong) = wrong(&facts, &member.shape) else { continue };
            let mut changed = value.clone();
            put(&mut changed, &at, Some(wrong));
            match read(entry, status, &changed) {
                Ok(_) => assert!(forgives(id, &at), "{id}: {at:?} takes anything"),
                Err(error) => {
                    let path = &error.decode().unwrap().path;
                    // What is read by its tag, and the tag does not come first, has no place.
                    let tagged = ["RefreshSession", "verifyOAuthAccessToken"].contains(&id);
                    let last = at.iter().rev().find(|step| step.parse::<usize>().is_err());
                    let Some(last) = last.filter(|_| !tagged) else { continue };
                    assert!(path.contains(last.as_str()), "{id}: {at:?} is said to be at {path:?}");
                    count += 1;
                }
            }
        }
    });
    assert!(count > 700, "{count}");
}

/// Where a value of another type is no error.
fn forgives(id: &str, at: &[String]) -> bool {
    let last = at.last().unwrap();
    match id {
        // The document wants a curve of keys that have none.
        "GetJWKS" => last == "crv",
        // What says neither that it is a token nor what it is, is of an unknown kind.
        "RefreshSession" | "verifyOAuthAccessToken" => last == "object" || last == "active",
        _ => false,
    }
}

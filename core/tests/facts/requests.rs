//! Requests carry what they are given, where it belongs, and refuse what is of another type.
use std::collections::BTreeSet;

use clerk_api_diff::{Body, Facts, Kind, Operation};
use clerk_core::ErrorKind;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::{
    config, declared, facts,
    sample::{CANARY, Path, Sampler, is_unknown, members, put, wrong},
};

/// The arguments of an operation, and what the request has to carry.
fn arguments(
    facts: &Facts,
    id: &str,
    operation: &Operation,
    full: bool,
    pick: usize,
) -> (Value, Vec<(String, String)>) {
    let sampler = Sampler { facts, full, pick, answer: false };
    let mut arguments = Map::new();
    let mut pairs = Vec::new();
    let path: Map<_, _> = operation
        .path_params
        .iter()
        .map(|param| (param.name.clone(), sampler.value(&param.shape, id, &param.name, 0)))
        .collect();
    let query: Map<_, _> = operation
        .query
        .iter()
        .filter(|param| full || param.required)
        .map(|param| (param.name.clone(), sampler.value(&param.shape, id, &param.name, 0)))
        .collect();
    for (name, value) in &query {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match value {
            Value::Array(items) => {
                pairs.extend(items.iter().map(|item| (name.clone(), text(item))))
            }
            value => pairs.push((name.clone(), text(value))),
        }
    }
    pairs.sort();
    arguments.insert("path".to_owned(), path.into());
    arguments.insert("query".to_owned(), query.into());
    if let Some(body) = &operation.body {
        arguments.insert("body".to_owned(), sampler.value(&body.shape, id, "body", 0));
    }
    (arguments.into(), pairs)
}

#[test]
fn requests_carry_what_they_are_given() {
    let facts = facts();
    for (id, operation, entry) in declared(&facts) {
        // Everything, with each value of each enum; and what is required only.
        let minimal = (id == "SetUserProfileImage", 0);
        for (full, pick) in (0..24).map(|pick| (true, pick)).chain([minimal]) {
            let (arguments, pairs) = arguments(&facts, id, operation, full, pick);
            let shown = entry.shown_request(arguments.clone()).unwrap();
            assert!(!is_unknown(&shown), "{id}: {shown}");
            assert!(!shown.contains(CANARY), "{id}: {shown}");
            let request =
                entry.request(arguments.clone(), &config()).unwrap_or_else(|e| panic!("{e}"));
            let mut path = format!("/v1{}", operation.path);
            for param in &operation.path_params {
                let value = arguments["path"][&param.name].as_str().unwrap();
                path = path.replace(&format!("{{{}}}", param.name), value);
            }
            assert_eq!(request.uri().path(), path, "{id}");
            let mut sent: Vec<_> = request
                .uri()
                .query()
                .unwrap_or_default()
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| {
                    (name.to_owned(), percent_decode_str(value).decode_utf8().unwrap().into_owned())
                })
                .collect();
            sent.sort();
            assert_eq!(sent, pairs, "{id}");
            match &operation.body {
                None => assert!(request.body().is_empty(), "{id}"),
                Some(Body { form: true, .. }) => {
                    assert!(
                        request.headers()["content-type"]
                            .to_str()
                            .unwrap()
                            .starts_with("multipart/form-data")
                    );
                }
                Some(_) => {
                    let body: Value = serde_json::from_slice(request.body()).unwrap();
                    assert_eq!(body, arguments["body"], "{id}");
                }
            }
        }
    }
}

#[test]
fn requests_refuse_what_is_of_another_type() {
    let facts = facts();
    for (id, operation, entry) in declared(&facts) {
        let (good, _) = arguments(&facts, id, operation, true, 0);
        let mut sites = Vec::new();
        for (place, params) in [("path", &operation.path_params), ("query", &operation.query)] {
            for param in params {
                sites.push((vec![place.to_owned(), param.name.clone()], param.clone()));
            }
        }
        let mut objects: BTreeSet<Path> = BTreeSet::new();
        if let Some(body) = &operation.body {
            let before = sites.len();
            members(&facts, &body.shape, &good["body"], 0, &vec!["body".to_owned()], &mut sites);
            let named = |at: &&Path| at.last().is_some_and(|step| step.parse::<usize>().is_err());
            let places = sites[before..].iter().map(|(at, _)| at).filter(named);
            objects.extend(places.map(|at| at[..at.len() - 1].to_vec()));
            if let Kind::Object { open: true, .. } = facts.resolve(&body.shape).unwrap().kind {
                objects.clear();
            }
        }
        let tried = |at: &[String], new: Option<Value>| {
            let mut changed = good.clone();
            put(&mut changed, at, new);
            entry.request(changed, &config()).inspect_err(|error| {
                assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id} {at:?}");
            })
        };
        let form = operation.body.as_ref().is_some_and(|body| body.form);
        for (at, member) in &sites {
            if let Some(wrong) = wrong(&facts, &member.shape) {
                assert!(tried(at, Some(wrong)).is_err(), "{id}: {at:?} takes anything");
            }
            let nullable = facts.resolve(&member.shape).unwrap().nullable;
            let any = matches!(member.shape.kind, Kind::Any);
            if at[0] == "body" && !form {
                assert_eq!(
                    tried(at, Some(Value::Null)).is_ok(),
                    nullable || any,
                    "{id}: null for {at:?}"
                );
            }
            if at.last().is_some_and(|step| step.parse::<usize>().is_ok()) {
                continue; // An item of a list is there or not.
            }
            let needed = member.required || at[0] == "path" || id == "SetUserProfileImage";
            assert_eq!(tried(at, None).is_err(), needed, "{id}: without {at:?}");
        }
        for place in [vec!["path".to_owned()], vec!["query".to_owned()]].iter().chain(&objects) {
            // The claims of an actor are the caller's own.
            if id == "CreateActorToken" && place.len() > 1 {
                continue;
            }
            let at: Path = place.iter().cloned().chain(["brand_new".to_owned()]).collect();
            assert!(tried(&at, Some(1.into())).is_err(), "{id}: {at:?} was taken");
        }
    }
}

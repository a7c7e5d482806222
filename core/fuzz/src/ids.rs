//! Arguments in URLs: each stays in its place, and says there what it said before.
use clerk_core::{
    Error, ErrorKind, Operation as _, RawOperation, catalog::Entry, operation::Place,
};
use http::{Method, Uri};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{
    kit::{assert_error, config, is_odd, line, text},
    responses::operation,
};

/// The id of an operation, and a text for everywhere in its URL. Whatever is no id stands for one.
pub fn ids(data: &[u8]) {
    let (name, id) = line(data);
    let entry = operation(name);
    let id = text(id);
    let path = entry.meta.path;
    let parameters = path.matches('{').count();

    let raw = RawOperation::new(entry.meta.method.clone(), path).query("q", &id.to_string());
    let raw = (0..parameters).fold(raw, |raw, _| raw.path(&*id)).to_request(&config());
    match &raw {
        Ok(request) => {
            assert!(parameters == 0 || is_id(&id));
            assert_path(request.uri(), path, &id);
            let (name, value) = request.uri().query().unwrap().split_once('=').unwrap();
            assert_eq!((name, &*decoded(value)), ("q", &*id));
        }
        Err(error) => {
            assert!(parameters > 0 && !is_id(&id) || id.len() > 20_000, "{id:?}: {error}");
            refused(error);
        }
    }
    by_name(entry, &id);

    // A whole path, and names of parameters: the caller's own text, which must not be anywhere else either.
    match RawOperation::new(Method::GET, id.clone().into_owned()).to_request(&config()) {
        Ok(request) => {
            let uri = request.uri();
            assert_eq!((uri.scheme_str(), uri.authority().unwrap().as_str()), API);
            assert!(uri.query().is_none());
            let segments: Vec<_> = uri.path().split('/').skip(2).map(decoded).collect();
            assert_eq!(segments, id.split('/').skip(1).collect::<Vec<_>>());
            assert!(segments.iter().all(|segment| is_id(segment)), "{segments:?}");
        }
        Err(error) => refused(&error),
    }
    let named = RawOperation::new(Method::GET, "/x").query(&id, &true).to_request(&config());
    if let Ok(request) = named {
        let (name, value) = request.uri().query().unwrap().split_once('=').unwrap();
        assert_eq!((&*decoded(name), value), (&*id, "true"));
        assert_eq!(request.uri().path(), "/v1/x");
    }
}

const API: (Option<&str>, &str) = (Some("https"), "api.clerk.com");

/// The same, through the declaration of the operation.
fn by_name(entry: &Entry, id: &str) {
    let params = entry.meta.params;
    let of = |place| params.iter().filter(move |param| param.place == place);
    let path: Value = of(Place::Path).map(|param| (param.name.to_owned(), json!(id))).collect();
    for param in of(Place::Query).chain(of(Place::Joined)) {
        let lists = [json!(id), json!([id, "b,c"])];
        for (at, value) in lists.into_iter().enumerate() {
            let arguments = json!({ "path": path, "query": { param.name: value } });
            match entry.request(arguments, &config()) {
                Ok(request) => {
                    assert_path(request.uri(), entry.meta.path, id);
                    let query = request.uri().query().unwrap();
                    let values: Vec<_> = query
                        .split('&')
                        .map(|pair| pair.split_once('=').unwrap())
                        .inspect(|(name, _)| assert_eq!(*name, param.name))
                        .flat_map(|(_, value)| value.split(','))
                        .map(decoded)
                        .collect();
                    let expected = [id, "b,c"];
                    assert_eq!(values, expected[..=at], "{}", entry.meta.operation_id);
                }
                Err(error) => refused(&error),
            }
        }
    }
    match entry.request(json!({ "path": path }), &config()) {
        Ok(request) => assert_path(request.uri(), entry.meta.path, id),
        Err(error) => refused(&error),
    }
}

fn assert_path(uri: &Uri, path: &str, id: &str) {
    assert_eq!((uri.scheme_str(), uri.authority().unwrap().as_str()), API);
    let built: Vec<_> = uri.path().split('/').collect();
    let declared: Vec<_> = format!("/v1{path}").split('/').map(str::to_owned).collect();
    assert_eq!(built.len(), declared.len(), "{uri}");
    for (built, declared) in built.iter().zip(&declared).skip(1) {
        assert!(!matches!(*built, "" | "." | ".."), "{uri}");
        let declared = if declared.starts_with('{') { id } else { declared };
        assert_eq!(decoded(built), declared);
        assert!(built.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
    }
}

fn refused(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(!error.may_have_been_sent());
    assert_error(error, 6000);
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

/// What can be one segment of a path.
fn is_id(id: &str) -> bool {
    !matches!(id, "" | "." | "..") && id.len() <= 1024 && !id.contains(is_odd)
}

//! Holds every declaration against the tables of what Clerk documents (`core/facts/api.txt` and
//! `webhooks.txt`), and the names against theirs (`core/facts/names.tsv`).
#![cfg(feature = "catalog")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
use std::collections::{BTreeMap, BTreeSet};

use clerk_api_diff::{Facts, Kind, Operation};
use clerk_core::{
    Config, RetrySafety,
    catalog::{self, Entry, OPERATIONS},
    operation::{Auth, Content, Place},
};
use serde_json::json;

mod answers;
mod marks;
mod requests;
mod sample;
mod webhooks;

fn facts() -> Facts {
    include_str!("../../facts/api.txt").parse().unwrap()
}

/// Each operation of the table with its declaration.
fn declared(facts: &Facts) -> impl Iterator<Item = (&str, &Operation, &'static Entry)> {
    facts.operations.iter().map(|(id, operation)| {
        let entry = catalog::find(id).unwrap_or_else(|| panic!("{id} is not declared"));
        (id.as_str(), operation, entry)
    })
}

#[test]
fn the_tables_read_as_they_are_written() {
    let tables = [include_str!("../../facts/api.txt"), include_str!("../../facts/webhooks.txt")];
    for written in tables {
        let comments: String = written
            .lines()
            .take_while(|line| line.starts_with('#'))
            .fold(String::new(), |all, line| all + line + "\n");
        assert_eq!(comments + &written.parse::<Facts>().unwrap().to_string(), written);
    }
}

#[test]
fn names_are_those_of_the_table() {
    let table = include_str!("../../facts/names.tsv");
    let rows: Vec<[&str; 5]> = table
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>().try_into().unwrap())
        .collect();
    assert_eq!(rows.len(), 249);
    let source = include_str!("../../src/catalog/operations.rs");
    let listed: Vec<(&str, &str)> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Entry::of::<api::")?.strip_suffix(">(),"))
        .map(|path| path.split_once("::").unwrap())
        .collect();
    assert_eq!(listed.len(), OPERATIONS.len());
    let declared: BTreeMap<_, _> = OPERATIONS
        .iter()
        .zip(listed)
        .map(|(Entry { meta, .. }, (module, name))| {
            assert_eq!(meta.group, module, "one module and one facade for each tag");
            (meta.operation_id, [meta.operation_id, meta.tag, meta.group, meta.name, name])
        })
        .collect();
    for row in &rows {
        assert_eq!(declared.get(row[0]), Some(row));
        assert_eq!(row[4], struct_name(row[0]), "acronyms are words");
    }
    assert_eq!(declared.len(), rows.len());
    let groups: BTreeSet<_> = rows.iter().map(|row| (row[1], row[2])).collect();
    let tags: BTreeSet<_> = rows.iter().map(|row| row[1]).collect();
    assert_eq!((groups.len(), tags.len()), (41, 41));
}

/// An `operationId` in UpperCamelCase, with acronyms as words.
fn struct_name(operation_id: &str) -> String {
    let plain =
        operation_id.replace("OAuth", "Oauth").replace("M2M", "M2m").replace("URLs", "Urls");
    let chars: Vec<char> = plain.chars().collect();
    let capital = |i: usize| chars.get(i).is_some_and(char::is_ascii_uppercase);
    let inside = |i: usize| i > 0 && capital(i - 1) && (capital(i + 1) || i + 1 == chars.len());
    let mut name: String = (0..chars.len())
        .map(|i| if capital(i) && inside(i) { chars[i].to_ascii_lowercase() } else { chars[i] })
        .collect();
    name[..1].make_ascii_uppercase();
    name
}

#[test]
fn methods_paths_and_statuses() {
    let facts = facts();
    assert_eq!(facts.operations.len(), OPERATIONS.len());
    for (id, operation, entry) in declared(&facts) {
        let meta = entry.meta;
        assert_eq!(meta.method.as_str(), operation.method, "{id}");
        assert_eq!(meta.path, operation.path, "{id}");
        assert_eq!(meta.tag, operation.tag, "{id}");
        assert_eq!(meta.deprecated, operation.deprecated, "{id}");
        let machine = ["createM2MToken", "getM2MTokens", "revokeM2MToken", "verifyM2MToken"];
        let auth = match id {
            _ if operation.keyless => Auth::None,
            _ if machine.contains(&id) => Auth::MachineSecretKey,
            _ => Auth::SecretKey,
        };
        assert_eq!(meta.auth, auth, "{id}");
        let texts = |statuses: &[u16]| statuses.iter().map(u16::to_string).collect::<Vec<_>>();
        assert!(texts(meta.success).iter().eq(operation.answers.keys()), "{id}: {meta:?}");
        assert_eq!(texts(meta.errors), operation.errors, "{id}");
        let says = operation.answers.values().any(Option::is_some);
        // The one answer that is neither JSON nor nothing; the document does not describe it.
        let content = if id == "GetPublicInterstitial" {
            Content::Text
        } else if says {
            Content::Json
        } else {
            Content::Nothing
        };
        assert_eq!(meta.content, content, "{id}");
        let has = |name: &str| operation.query.iter().any(|param| param.name == name);
        let largest = if ["getApiKeys", "getM2MTokens"].contains(&id) { 100 } else { 500 };
        assert_eq!(meta.max_limit, (has("limit") && has("offset")).then_some(largest), "{id}");
    }
}

#[test]
fn the_version_is_that_of_the_table() {
    let request = find("GetUser").request(json!({ "path": { "user_id": "u" } }), &config());
    let headers = request.unwrap().headers().clone();
    assert_eq!(headers["clerk-api-version"], facts().version.as_str());
}

#[test]
fn parameters_are_where_they_belong() {
    let facts = facts();
    for (id, operation, entry) in declared(&facts) {
        let mut expected = Vec::new();
        for param in &operation.path_params {
            expected.push((param.name.as_str().to_owned(), Place::Path, true));
        }
        for param in &operation.query {
            let joined = operation.joined.contains(&param.name);
            let place = if joined { Place::Joined } else { Place::Query };
            expected.push((param.name.clone(), place, param.required));
        }
        if let Some(body) = &operation.body {
            match facts.resolve(&body.shape).unwrap().kind {
                Kind::Object { members, .. } => {
                    let place = if body.form { Place::Form } else { Place::Body };
                    // The document marks no part of this form as required; without it there is none.
                    let needed = id == "SetUserProfileImage";
                    expected
                        .extend(members.into_iter().map(|m| (m.name, place, m.required || needed)));
                }
                _ => {
                    let whole = entry.meta.params.iter().find(|p| p.place == Place::WholeBody);
                    expected.push((whole.unwrap().name.to_owned(), Place::WholeBody, true));
                }
            }
        }
        let sorted = |mut params: Vec<(String, Place, bool)>| {
            params.sort_by(|a, b| a.0.cmp(&b.0));
            params
        };
        let declared = entry.meta.params.iter().map(|p| (p.name.to_owned(), p.place, p.required));
        assert_eq!(sorted(declared.collect()), sorted(expected), "{id}");
    }
}

fn config() -> Config {
    Config::new("sk_test_abc").unwrap()
}

fn find(id: &str) -> &'static Entry {
    catalog::find(id).unwrap()
}

#[test]
fn what_may_be_sent_twice_is_decided_one_by_one() {
    // Whoever adds one here says in the declaration why it does no harm.
    let harmless = [
        "AdjustOrganizationBillingCreditBalance",
        "AdjustUserBillingCreditBalance",
        "BanUser",
        "CreateSessionToken",
        "CreateSessionTokenFromTemplate",
        "CreateTestingToken",
        "ExtendBillingSubscriptionItemFreeTrial",
        "LockUser",
        "MergeOrganizationMetadata",
        "PreviewTemplate",
        "RevertTemplate",
        "RevokeOAuthApplicationToken",
        "RevokeSession",
        "SetUserProfileImage",
        "UnbanUser",
        "UnlockUser",
        "UnsetUserPasswordCompromised",
        "UpdateDirectory",
        "UpdateEnterpriseConnection",
        "UpdateInstance",
        "UpdateInstanceAuthConfig",
        "UpdateInstanceCommunication",
        "UpdateInstanceOAuthApplicationSettings",
        "UpdateInstanceOrganizationSettings",
        "UpdateInstanceProtect",
        "UpdateInstanceRestrictions",
        "UpdateJWTTemplate",
        "UpdateMachine",
        "UpdateOAuthApplication",
        "UpdateOrganization",
        "UpdateOrganizationDomain",
        "UpdateOrganizationMembership",
        "UpdateOrganizationMembershipMetadata",
        "UpdateOrganizationPermission",
        "UpdateOrganizationRole",
        "UpdatePhoneNumber",
        "UpdateRoleSet",
        "UpdateSAMLConnection",
        "UpdateSCIMDirectory",
        "UpdateSignUp",
        "UpdateUserMetadata",
        "UsersBan",
        "UsersUnban",
        "VerifyClient",
        "VerifyDomainProxy",
        "VerifyOrganizationDomainOwnership",
        "revokeApiKey",
        "revokeM2MToken",
        "updateApiKey",
        "verifyApiKey",
        "verifyM2MToken",
        "verifyOAuthAccessToken",
    ];
    let mut declared: Vec<_> = OPERATIONS
        .iter()
        .filter(|entry| ["POST", "PATCH"].contains(&entry.meta.method.as_str()))
        .filter(|entry| entry.meta.retry == RetrySafety::Safe)
        .map(|entry| entry.meta.operation_id)
        .collect();
    declared.sort_unstable();
    assert_eq!(declared, harmless);
    // All others are, but for one.
    for Entry { meta, .. } in OPERATIONS {
        let plain = ["GET", "PUT", "DELETE"].contains(&meta.method.as_str());
        let unsafe_put = meta.operation_id == "UpdateProductionInstanceDomain";
        assert!(!plain || (meta.retry == RetrySafety::Safe) != unsafe_put, "{}", meta.operation_id);
    }
}

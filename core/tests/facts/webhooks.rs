//! Events lose nothing, survive what servers do as they evolve, and refuse what is of another type.
use std::collections::{BTreeMap, BTreeSet};

use clerk_api_diff::{Facts, Kind, Shape};
use clerk_core::{
    Error, ErrorKind,
    webhook::{Event, EventData, EventType},
};
use serde_json::{Value, json};

use crate::{
    answers::{came_back, forget},
    sample::{CANARY, Sampler, is_unknown, members, put, wrong},
};

/// A type that the document does not have, and one with the same data that it has.
const UNDOCUMENTED: (&str, &str) = ("subscriptionItem.created", "subscriptionItem.updated");

pub(crate) fn facts() -> Facts {
    include_str!("../../facts/webhooks.txt").parse().unwrap()
}

/// The name of an event's variant.
fn variant(event: &str) -> String {
    let words = event.split('.').map(|word| word[..1].to_ascii_uppercase() + &word[1..]);
    words.collect()
}

/// What a receiver makes of this data.
fn read(event: &str, data: &Value) -> Result<EventData, Error> {
    let json = json!({ "object": "event", "type": event, "data": data });
    Event::from_json(&json.to_string()).unwrap().data()
}

fn read_back(event: &str, data: &Value) -> Value {
    let read = read(event, data).unwrap_or_else(|error| panic!("{event}: {error}"));
    serde_json::to_value(read).unwrap()
}

/// The events with their data, with so many choices of the kinds of unions and the values of enums.
fn events(
    facts: &Facts,
    full: bool,
    picks: usize,
    mut each: impl FnMut(&str, &Shape, usize, Value),
) {
    let same = facts.events.get_key_value(UNDOCUMENTED.1).unwrap();
    let all = facts.events.iter().map(|(event, shape)| (event.as_str(), shape));
    for (event, shape) in all.chain([(UNDOCUMENTED.0, same.1)]) {
        let Kind::Object { members, .. } = &shape.kind else { panic!("{event}") };
        let data = members.iter().find(|member| member.name == "data").unwrap();
        let mut seen = BTreeSet::new();
        for pick in 0..picks {
            let sampler = Sampler { facts, full, pick, answer: true };
            let value = sampler.value(&data.shape, event, "data", 0);
            if seen.insert(value.to_string()) {
                each(event, &data.shape, pick, value);
            }
        }
    }
}

/// As many as the largest union of the table has shapes.
const KINDS: usize = 5;

#[test]
fn the_types_are_those_of_the_table() {
    let facts = facts();
    let mut expected: BTreeSet<&str> = facts.events.keys().map(String::as_str).collect();
    assert_eq!(expected.len(), 45);
    assert!(expected.insert(UNDOCUMENTED.0));
    let source = include_str!("../../src/webhook/event.rs");
    let declared: Vec<(&str, &str)> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("),")?.split_once("\" => "))
        .filter(|(event, _)| !event.is_empty())
        .collect();
    // As many, and in their order.
    assert!(declared.iter().map(|(event, _)| event).eq(&expected), "{declared:?}");
    for (event, declaration) in declared {
        assert_eq!(declaration.split_once('(').unwrap().0, variant(event));
        let event_type = EventType::from(event);
        assert_eq!(format!("{event_type:?}"), variant(event));
        assert_eq!(event_type.as_str(), event);
    }
}

#[test]
fn the_envelope_is_read() {
    let facts = facts();
    for (event, shape) in &facts.events {
        let sampler = Sampler { facts: &facts, full: true, pick: 0, answer: true };
        let mut whole = sampler.value(shape, event, "event", 0);
        whole["type"] = event.as_str().into();
        let read = Event::from_json(&whole.to_string()).unwrap();
        assert_eq!(read.event_type.as_str(), event);
        assert_eq!(read.timestamp.unwrap().as_millis(), 9_007_199_254_741_011);
        assert_eq!(read.instance_id.as_ref().unwrap(), "some_instance_id");
        let attributes = serde_json::to_value(&read.event_attributes).unwrap();
        assert_eq!(attributes, whole["event_attributes"]);
        assert_eq!(serde_json::to_value(&read).unwrap(), whole, "{event}");
        assert!(!format!("{read:?}").contains(CANARY), "{event}");
    }
}

#[test]
fn events_lose_nothing() {
    let facts = facts();
    let (mut count, mut secrets) = (0, BTreeMap::new());
    for full in [true, false] {
        // More than any enum has values.
        events(&facts, full, 24, |event, _, _, value| {
            let data = read(event, &value).unwrap_or_else(|error| panic!("{event}: {error}"));
            came_back(&value, &serde_json::to_value(&data).unwrap(), event).unwrap();
            // It is of its own variant, every documented value of an enum is known, no secret shows.
            let shown = format!("{data:?}");
            assert!(shown.starts_with(&format!("{}(", variant(event))), "{event}: {shown}");
            assert!(!is_unknown(&shown), "{event}: {shown}");
            assert!(!shown.contains(CANARY), "{event}: {shown}");
            let hidden = value.to_string().matches(CANARY).count();
            let most = secrets.entry(event.split('.').next().unwrap().to_owned()).or_default();
            *most = hidden.max(*most);
            count += 1;
        });
    }
    assert!(count > 250, "{count}");
    // There were some to show.
    secrets.retain(|_, most| *most > 0);
    let secrets: Vec<_> = secrets.iter().map(|(about, most)| (about.as_str(), *most)).collect();
    let expected = [
        ("email", 4),
        ("organizationInvitation", 1),
        ("session", 1),
        ("sms", 2),
        ("user", 1),
        ("waitlistEntry", 1),
    ];
    assert_eq!(secrets, expected);
}

/// Whether the last step of a way is the name of a member, and not the place in a list.
fn is_named(at: &[String]) -> bool {
    at.last().is_some_and(|step| step.parse::<usize>().is_err())
}

#[test]
fn events_survive_what_servers_do_as_they_evolve() {
    let facts = facts();
    events(&facts, true, KINDS, |event, shape, pick, value| {
        let mut sites = Vec::new();
        members(&facts, shape, &value, pick, &Vec::new(), &mut sites);
        // Members that nobody knows, in every object that has members of its own.
        let mut more = value.clone();
        for (at, _) in sites.iter().filter(|(at, _)| is_named(at)) {
            let mut beside = at[..at.len() - 1].to_vec();
            beside.push("brand_new".to_owned());
            put(&mut more, &beside, Some(json!({ "is": [1, null] })));
        }
        let mut got = read_back(event, &more);
        forget(&mut got, "brand_new");
        came_back(&value, &got, event).unwrap();
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
        came_back(&changed, &read_back(event, &changed), event).unwrap();
        // All that may be absent or null is, level by level: what is inside goes with what it is in.
        let deepest = sites.iter().map(|(at, _)| at.len()).max().unwrap_or(0);
        for (depth, absent) in (1..=deepest).flat_map(|depth| [(depth, true), (depth, false)]) {
            let mut less = value.clone();
            for (at, member) in sites.iter().filter(|(at, _)| at.len() == depth) {
                let of = facts.resolve(&member.shape).unwrap();
                let list = matches!(of.kind, Kind::List(_) | Kind::Map(_));
                if !member.required || of.nullable || list && is_named(at) {
                    put(&mut less, at, if absent { None } else { Some(Value::Null) });
                }
            }
            came_back(&less, &read_back(event, &less), event).unwrap();
        }
    });
}

#[test]
fn what_only_events_have_relies_on_little() {
    // What the document requires of these and may be missing or null all the same is all but this, each
    // name as it comes, wherever it is.
    let needed: [(&str, &[&str]); 7] = [
        ("email", &["id"]),
        ("organizationInvitation", &["id"]),
        (
            "paymentAttempt",
            &[
                "id",
                "payee.id",
                "payer.id",
                "payment_source.id",
                "subscription_items.id",
                "subscription_items.payer.id",
                "subscription_items.plan.id",
            ],
        ),
        ("session", &["id", "status", "user_id"]),
        ("sms", &["id"]),
        ("subscription", &["id", "items.id", "items.payer.id", "items.plan.id", "payer.id"]),
        ("subscriptionItem", &["id", "payer.id", "plan.id"]),
    ];
    // These are the API's own models, which are held to what the API documents.
    let shared = [
        "amount",
        "credit",
        "credits",
        "grand_total",
        "latest_activity",
        "public_inviter_data",
        "public_organization_data",
        "subtotal",
        "tax_total",
        "user",
    ];
    let facts = facts();
    let mut tried = 0;
    events(&facts, true, 1, |event, shape, pick, value| {
        let about = event.split('.').next().unwrap();
        let Some((_, needed)) = needed.iter().find(|(name, _)| *name == about) else { return };
        let mut sites = Vec::new();
        members(&facts, shape, &value, pick, &Vec::new(), &mut sites);
        for new in [None, Some(Value::Null)] {
            let mut refused = BTreeSet::new();
            for (at, _) in sites.iter().filter(|(at, _)| is_named(at)) {
                let (last, way) = at.split_last().unwrap();
                if way.iter().any(|step| shared.contains(&step.as_str())) {
                    continue;
                }
                tried += 1;
                let mut less = value.clone();
                put(&mut less, at, new.clone());
                let way = way.iter().chain([last]).filter(|step| step.parse::<usize>().is_err());
                let name = way.cloned().collect::<Vec<_>>().join(".");
                match read(event, &less) {
                    Ok(_) => assert!(!needed.contains(&name.as_str()), "{event}: {name}"),
                    Err(_) => _ = refused.insert(name),
                }
            }
            assert!(refused.iter().eq(*needed), "{event} {new:?}: {refused:?}");
        }
    });
    assert!(tried > 1000, "{tried}");
}

#[test]
fn events_of_another_type_name_the_place_and_quote_nothing() {
    let facts = facts();
    // Each place once in data of one shape, but for the kinds of a union.
    let mut seen = BTreeSet::new();
    let mut count = 0;
    events(&facts, true, KINDS, |event, shape, pick, value| {
        let mut sites = Vec::new();
        members(&facts, shape, &value, pick, &Vec::new(), &mut sites);
        for (at, member) in sites {
            let kind = format!("{:?}", member.shape.kind);
            if !seen.insert((format!("{shape:?}"), at.clone(), kind)) {
                continue;
            }
            let wrong = match wrong(&facts, &member.shape) {
                Some(Value::String(_)) => json!(CANARY),
                Some(_) => json!(77_665_544),
                None => continue,
            };
            let mut changed = value.clone();
            put(&mut changed, &at, Some(wrong));
            let error = match read(event, &changed) {
                Ok(_) => panic!("{event}: {at:?} takes anything"),
                Err(error) => error,
            };
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            let said = error.to_string();
            let place =
                at.iter().fold("data".to_owned(), |place, step| match step.parse::<usize>() {
                    Ok(index) => format!("{place}[{index}]"),
                    Err(_) => format!("{place}.{step}"),
                });
            assert!(said.contains(&format!("`{place}`")), "{event}: {at:?}: {said}");
            for value in [CANARY, "77665544"] {
                assert!(!format!("{error:?} {said}").contains(value), "{event}: {at:?}: {said}");
            }
            count += 1;
        }
    });
    assert!(count > 1000, "{count}");
}

#[test]
fn an_empty_text_makes_nobody_a_payer() {
    let payer =
        json!({ "id": "cpayer_1", "user_id": "user_1", "organization_id": "", "email": "" });
    let data = json!({ "id": "csub_1", "payer": payer });
    let EventData::SubscriptionActive(subscription) = read("subscription.active", &data).unwrap()
    else {
        panic!("another variant")
    };
    let payer = subscription.payer.unwrap();
    assert_eq!(payer.user().unwrap(), "user_1");
    assert_eq!(payer.organization(), None);
    assert_eq!(payer.email.as_deref(), Some(""), "it is kept as it came");
}

#[test]
fn what_stands_elsewhere_is_found() {
    let organization = json!({ "id": "org_1", "name": "A", "slug": "a", "has_image": false });
    let inside = json!({ "public_organization_data": organization });
    for data in [
        json!({ "id": "orginv_1", "data": inside }),
        json!({ "id": "orginv_1", "public_organization_data": organization }),
        json!({ "id": "orginv_1", "data": {}, "public_organization_data": organization }),
    ] {
        let event = read("organizationInvitation.created", &data).unwrap();
        let EventData::OrganizationInvitationCreated(invitation) = event else {
            panic!("another variant")
        };
        assert_eq!(invitation.organization().unwrap().id, "org_1", "{data}");
    }
    let data = json!({ "id": "sms_1", "created_at": 1_716_883_200_000_i64 });
    let EventData::SmsCreated(sms) = read("sms.created", &data).unwrap() else {
        panic!("another variant")
    };
    assert_eq!(sms.created_at.unwrap().as_secs(), 1_716_883_200);
    // Not documented for events, and the reason why there are sessions that wait.
    let data = json!({ "id": "sess_1", "user_id": "user_1", "status": "pending", "tasks": [{ "key": "choose" }] });
    let EventData::SessionPending(session) = read("session.pending", &data).unwrap() else {
        panic!("another variant")
    };
    assert!(!session.is_active());
    assert_eq!(session.tasks[0].key, "choose");
}

//! Deliveries that were here before.
use clerk_core::{
    Timestamp,
    webhook::{Delivery, ReplayGuard, Webhook},
};
use proptest::prelude::{ProptestConfig, any, prop, prop_assert_eq, proptest};

use super::{DELETED, NOW, SECRET};

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn delivery(id: &str, sent_at: i64) -> Delivery {
    let webhook = Webhook::new(SECRET).unwrap();
    let headers = webhook.sign(id, at(sent_at), DELETED.as_bytes()).unwrap();
    webhook.verify(&headers, DELETED.as_bytes(), at(sent_at)).unwrap()
}

/// Whether it would be new, without a trace.
fn is_new(guard: &ReplayGuard, delivery: &Delivery, now: Timestamp) -> bool {
    guard.clone().insert(delivery, now)
}

#[test]
fn the_same_id_is_new_once() {
    let mut guard = ReplayGuard::new();
    assert!(guard.is_empty());
    let (one, two) = (delivery("msg_1", NOW), delivery("msg_2", NOW));
    assert!(guard.insert(&one, at(NOW)));
    assert!(!guard.insert(&one, at(NOW)));
    assert!(guard.insert(&two, at(NOW)));
    assert!(!guard.insert(&one, at(NOW)) && !guard.insert(&two, at(NOW)));
    assert!(is_new(&guard, &delivery("MSG_1", NOW), at(NOW)));
    assert_eq!((guard.len(), guard.is_empty()), (2, false));

    assert!(guard.contains(&one, at(NOW + 300)) && !guard.contains(&one, at(NOW + 301)));
    assert!(!guard.contains(&delivery("msg_3", NOW), at(NOW)));
    guard.remove(&one);
    assert!(!guard.contains(&one, at(NOW)));
    assert_eq!(guard.len(), 1);
    assert!(!guard.insert(&two, at(NOW)) && guard.insert(&one, at(NOW)));
    assert!(!guard.insert(&one, at(NOW)));
    // What is not there can be removed as well.
    guard.remove(&delivery("msg_3", NOW));
    assert_eq!(guard.len(), 2);
    assert_eq!(format!("{guard:?}"), "ReplayGuard { len: 2, .. }");
}

#[test]
fn it_is_forgotten_when_it_would_be_refused_anyway() {
    let webhook = Webhook::new(SECRET).unwrap();
    // Sent when it arrived, before that, and by a clock that is ahead of ours.
    for sent_at in [NOW, NOW - 300, NOW - 299, NOW + 1, NOW + 300] {
        let headers = webhook.sign("msg_1", at(sent_at), DELETED.as_bytes()).unwrap();
        let verified = |now: Timestamp| webhook.verify(&headers, DELETED.as_bytes(), now);
        let mut guard = ReplayGuard::new();
        assert!(guard.insert(&verified(at(NOW)).unwrap(), at(NOW)));
        let last = sent_at + 300;
        for (now, is_refused) in [
            (at(NOW), false),
            (at(last), false),
            (Timestamp::from_millis(last * 1000 + 999), false),
            (at(last + 1), true),
            (at(last + 1000), true),
        ] {
            assert_eq!(verified(now).is_err(), is_refused, "{sent_at} {now}");
            assert_eq!(
                is_new(&guard, &delivery("msg_1", sent_at), now),
                is_refused,
                "{sent_at} {now}"
            );
        }
        // Others that come in take it with them, and no sooner.
        assert!(guard.insert(&delivery("msg_2", last), at(last)));
        assert_eq!(guard.len(), 2);
        assert!(guard.insert(&delivery("msg_3", last), at(last + 1)));
        assert_eq!(guard.len(), 2);
    }
}

#[test]
fn what_is_sent_again_is_remembered_until_its_last_time() {
    let mut guard = ReplayGuard::new();
    let (first, again) = (delivery("msg_1", NOW), delivery("msg_1", NOW + 200));
    assert!(guard.insert(&first, at(NOW)));
    assert!(!guard.insert(&again, at(NOW + 200)));
    // The first one, replayed, takes nothing away.
    assert!(!guard.insert(&first, at(NOW + 250)));
    assert_eq!(guard.len(), 1);
    for (now, expected) in [(301, false), (499, false), (500, false), (501, true)] {
        assert_eq!(is_new(&guard, &again, at(NOW + now)), expected, "{now}");
    }
    guard.remove(&first);
    assert!(guard.is_empty());
    assert!(guard.insert(&again, at(NOW + 250)));
    assert_eq!(guard.len(), 1);
}

#[test]
fn a_hundred_thousand_are_remembered() {
    let mut guard = ReplayGuard::new();
    let mut one = delivery("old", NOW - 100);
    let old = one.clone();
    assert!(guard.insert(&old, at(NOW)));
    one.sent_at = at(NOW);
    for number in 1..100_000 {
        one.id = format!("msg_{number}");
        assert!(guard.insert(&one, at(NOW)));
    }
    assert_eq!(guard.len(), 100_000);
    assert!(!guard.insert(&old, at(NOW)));

    one.id = "msg_100000".to_owned();
    assert!(guard.insert(&one, at(NOW)));
    assert_eq!(guard.len(), 100_000);
    assert!(!guard.insert(&one, at(NOW)));
    one.id = "msg_1".to_owned();
    assert!(!guard.insert(&one, at(NOW)));
    // What was there for the longest time by its own clock had to go.
    assert!(is_new(&guard, &old, at(NOW)));
    // What is sent again takes no second place.
    one.sent_at = at(NOW + 10);
    assert!(!guard.insert(&one, at(NOW + 10)));
    assert_eq!(guard.len(), 100_000);
}

#[test]
fn a_clock_that_goes_back_forgets_nothing() {
    let mut guard = ReplayGuard::new();
    let one = delivery("msg_1", NOW);
    assert!(guard.insert(&one, at(NOW + 250)));
    for now in [NOW - 200, 0, -NOW, i64::MIN, NOW, NOW + 300] {
        assert!(!guard.insert(&one, at(now)), "{now}");
    }
    assert_eq!(guard.len(), 1);
    // A time far ahead, which no verified delivery has, is not kept for ever.
    let ahead = delivery("msg_2", NOW + 1_000_000);
    assert!(guard.insert(&ahead, at(NOW)));
    assert!(!is_new(&guard, &ahead, at(NOW + 600)));
    assert!(is_new(&guard, &ahead, at(NOW + 601)));
    // Times at the ends.
    let mut odd = one;
    for (sent_at, now) in
        [(i64::MAX, i64::MAX), (i64::MIN, i64::MIN), (i64::MAX, i64::MIN), (i64::MIN, i64::MAX)]
    {
        odd.sent_at = Timestamp::from_millis(sent_at);
        assert!(ReplayGuard::new().insert(&odd, Timestamp::from_millis(now)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// It says what a list would that keeps everything and looks at each of its members.
    #[test]
    fn it_is_a_list_that_forgets(
        steps in prop::collection::vec((0_u8..4, any::<bool>(), -300_i64..=300, 0_i64..200), 1..60),
    ) {
        let (mut guard, mut list, mut now) = (ReplayGuard::new(), Vec::<(u8, i64)>::new(), NOW);
        let mut one = delivery("msg_0", NOW);
        for (number, is_removed, off, later) in steps {
            one.id = format!("msg_{number}");
            if is_removed && off % 3 == 0 {
                guard.remove(&one);
                list.retain(|(known, _)| *known != number);
                continue;
            }
            now += later;
            let sent_at = now + off;
            one.sent_at = at(sent_at);
            let alive = |sent_at: i64| now - sent_at <= 300;
            let is_known = list.iter().any(|(known, sent_at)| *known == number && alive(*sent_at));
            prop_assert_eq!(guard.insert(&one, at(now)), !is_known);
            list.push((number, sent_at));
            let mut known: Vec<_> = list.iter().filter(|(_, sent_at)| alive(*sent_at)).map(|(known, _)| *known).collect();
            known.sort_unstable();
            known.dedup();
            prop_assert_eq!(guard.len(), known.len());
        }
    }
}

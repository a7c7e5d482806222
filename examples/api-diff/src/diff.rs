//! What differs between two tables of facts.
use std::collections::{BTreeMap, BTreeSet};

use super::{Facts, Kind, Member, Operation, Shape, openapi::names, text::Name};

/// The differences, one a line: `+` for what is new, `-` for what is gone, `~` for what changed.
pub fn diff(old: &Facts, new: &Facts) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, before, after) in pairs(&old.operations, &new.operations) {
        let id = Name(id);
        let line = |operation: &Operation| format!("{id}: {} {}", operation.method, operation.path);
        match (before, after) {
            (None, Some(after)) => lines.push(format!("+ {}", line(after))),
            (Some(before), None) => lines.push(format!("- {}", line(before))),
            (Some(before), Some(after)) => {
                let mut changes = Changes { about: format!("{id}: "), lines: Vec::new() };
                changes.operation(before, after);
                lines.append(&mut changes.lines);
            }
            (None, None) => {}
        }
    }
    for (event, before, after) in pairs(&old.events, &new.events) {
        let about = format!("event {}", Name(event));
        match (before, after) {
            (None, Some(_)) => lines.push(format!("+ {about}")),
            (Some(_), None) => lines.push(format!("- {about}")),
            (Some(before), Some(after)) => {
                let mut changes = Changes { about: format!("{about}: "), lines: Vec::new() };
                changes.shape("", before, after);
                lines.append(&mut changes.lines);
            }
            (None, None) => {}
        }
    }
    for (name, before, after) in pairs(&old.types, &new.types) {
        let facts = if after.is_some() { new } else { old };
        let about = format!("type {} (in {}): ", Name(name), users(facts, name));
        match (before, after) {
            (None, Some(shape)) => lines.push(format!("+ {about}{shape}")),
            (Some(shape), None) => lines.push(format!("- {about}{shape}")),
            (Some(before), Some(after)) => {
                let mut changes = Changes { about, lines: Vec::new() };
                changes.shape("", before, after);
                lines.append(&mut changes.lines);
            }
            (None, None) => {}
        }
    }
    lines
}

/// Every key of two maps with both values, in order.
fn pairs<'a, T>(
    old: &'a BTreeMap<String, T>,
    new: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = (&'a String, Option<&'a T>, Option<&'a T>)> {
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    keys.into_iter().map(|key| (key, old.get(key), new.get(key)))
}

/// The operations and events that a type is part of: up to three of them, and how many there are beyond.
fn users(facts: &Facts, name: &str) -> String {
    let mut reached = BTreeSet::from([name.to_owned()]);
    loop {
        let more: Vec<_> = facts
            .types
            .iter()
            .filter(|(user, _)| !reached.contains(*user))
            .filter(|(_, shape)| names(shape).iter().any(|name| reached.contains(name)))
            .map(|(user, _)| user.clone())
            .collect();
        if more.is_empty() {
            break;
        }
        reached.extend(more);
    }
    let uses = |shape: &Shape| names(shape).iter().any(|name| reached.contains(name));
    let operations = facts.operations.iter();
    let operations =
        operations.filter(|(_, operation)| operation.shapes().any(uses)).map(|(id, _)| id);
    let events = facts.events.iter().filter(|(_, shape)| uses(shape)).map(|(event, _)| event);
    let users: Vec<_> = operations.chain(events).map(|id| Name(id).to_string()).collect();
    match users.split_at_checked(3) {
        Some((first, rest)) if !rest.is_empty() => {
            format!("{} and {} more", first.join(", "), rest.len())
        }
        _ => users.join(", "),
    }
}

/// The changes of one operation or type.
struct Changes {
    about: String,
    lines: Vec<String>,
}

impl Changes {
    fn line(&mut self, sign: char, place: &str, what: impl std::fmt::Display) {
        let space = if place.is_empty() { "" } else { " " };
        self.lines.push(format!("{sign} {}{place}{space}{what}", self.about));
    }

    fn new_one(&mut self, place: &str, what: impl std::fmt::Display) {
        self.line('+', place, what);
    }

    fn gone(&mut self, place: &str, what: impl std::fmt::Display) {
        self.line('-', place, what);
    }

    fn changed<T: PartialEq + std::fmt::Display>(&mut self, place: &str, before: T, after: T) {
        if before != after {
            self.line('~', place, format_args!("{before} -> {after}"));
        }
    }

    fn operation(&mut self, before: &Operation, after: &Operation) {
        self.changed("method", &before.method, &after.method);
        self.changed("path", &before.path, &after.path);
        self.changed("tag", &before.tag, &after.tag);
        self.changed("deprecated", before.deprecated, after.deprecated);
        self.changed("without key", before.keyless, after.keyless);
        self.members("path.", &before.path_params, &after.path_params);
        self.members("query.", &before.query, &after.query);
        self.members("header.", &before.headers, &after.headers);
        self.members("cookie.", &before.cookies, &after.cookies);
        self.changed("joined", before.joined.join(" "), after.joined.join(" "));
        match (&before.body, &after.body) {
            (None, Some(body)) => self.new_one("body", &body.shape),
            (Some(body), None) => self.gone("body", &body.shape),
            (Some(before), Some(after)) => {
                self.changed("body required", before.required, after.required);
                self.changed("body is a form", before.form, after.form);
                self.shape("body", &before.shape, &after.shape);
            }
            (None, None) => {}
        }
        let statuses: BTreeSet<_> = before.answers.keys().chain(after.answers.keys()).collect();
        for status in statuses {
            match (before.answers.get(status), after.answers.get(status)) {
                (Some(Some(before)), Some(Some(after))) => self.shape(status, before, after),
                (before, after) => {
                    let said = |answer: Option<&Option<Shape>>| match answer {
                        None => "not documented".to_owned(),
                        Some(None) => "nothing".to_owned(),
                        Some(Some(shape)) => shape.to_string(),
                    };
                    self.changed(status, said(before), said(after));
                }
            }
        }
        self.changed("errors", before.errors.join(" "), after.errors.join(" "));
    }

    fn members(&mut self, place: &str, before: &[Member], after: &[Member]) {
        for member in before {
            let name = format!("{place}{}", Name(&member.name));
            match after.iter().find(|other| other.name == member.name) {
                None => self.gone(&name, &member.shape),
                Some(other) => {
                    self.changed(&format!("{name} required"), member.required, other.required);
                    self.changed(
                        &format!("{name} deprecated"),
                        member.deprecated,
                        other.deprecated,
                    );
                    self.shape(&name, &member.shape, &other.shape);
                }
            }
        }
        for member in after {
            if before.iter().all(|other| other.name != member.name) {
                self.new_one(&format!("{place}{}", Name(&member.name)), &member.shape);
            }
        }
    }

    fn shape(&mut self, place: &str, before: &Shape, after: &Shape) {
        let inside = |what: &str| match place {
            "" => what.to_owned(),
            _ => format!("{place}.{what}"),
        };
        match (&before.kind, &after.kind) {
            (Kind::List(old), Kind::List(new)) => self.shape(&format!("{place}[]"), old, new),
            (Kind::Map(old), Kind::Map(new)) => self.shape(&format!("{place}{{}}"), old, new),
            (Kind::Object { members: old, open: was }, Kind::Object { members: new, open: is }) => {
                self.changed(format!("{place} open").trim_start(), was, is);
                self.members(&inside(""), old, new);
            }
            (Kind::OneOf(old), Kind::OneOf(new)) => self.union(inside, old, new),
            (old, new) if old == new => {}
            // This says whether they may be null, too.
            _ => return self.changed(place, before, after),
        }
        self.changed(format!("{place} nullable").trim_start(), before.nullable, after.nullable);
    }

    /// Shapes of a union have no names: the same belong together, then those of the same text, then
    /// all others, if they are as many.
    fn union(&mut self, inside: impl Fn(&str) -> String, old: &[Shape], new: &[Shape]) {
        let mut old: Vec<_> = old.iter().enumerate().collect();
        let mut new: Vec<_> = new.iter().enumerate().collect();
        let mut paired = Vec::new();
        let same_text = |a: &Shape, b: &Shape| a.to_string() == b.to_string();
        for same in [PartialEq::eq, same_text] {
            old.retain(|(n, before)| {
                let Some(at) = new.iter().position(|(_, after)| same(before, after)) else {
                    return true;
                };
                paired.push((*n, *before, new.remove(at).1));
                false
            });
        }
        if old.len() == new.len() {
            paired.extend(old.drain(..).zip(new.drain(..)).map(|((n, a), (_, b))| (n, a, b)));
        }
        paired.sort_by_key(|(n, ..)| *n);
        for (n, before, after) in paired {
            self.shape(&inside(&format!("({n})")), before, after);
        }
        for (n, shape) in old {
            self.gone(&inside(&format!("({n})")), shape);
        }
        for (n, shape) in new {
            self.new_one(&inside(&format!("({n})")), shape);
        }
    }
}

//! How an error answer is read: member by member, as one that is odd shall not cost the others (programs go by the
//! codes), and no more of it than somebody may want to see.
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::ClerkError;
use crate::JsonObject;

/// How many entries are read.
const MAX_ERRORS: usize = 100;
/// How much of what is attached is read, in bytes of JSON: in memory, that may be a hundred times as much.
const MAX_ATTACHED: usize = 16 << 10;

/// The members of an error answer.
#[derive(Default)]
pub(super) struct Wire {
    pub(super) errors: Vec<ClerkError>,
    pub(super) meta: Option<JsonObject>,
    pub(super) clerk_trace_id: Option<String>,
}

type Members<'a> = BTreeMap<String, &'a RawValue>;

impl Wire {
    /// Empty, if it is no error answer.
    pub(super) fn read(json: &[u8]) -> Self {
        let Ok(members) = serde_json::from_slice::<Members<'_>>(json) else {
            return Self::default();
        };
        let mut room = MAX_ATTACHED;
        let entries: Vec<&RawValue> = read(members.get("errors")).unwrap_or_default();
        let errors = entries.into_iter().filter_map(|entry| error(entry, &mut room));
        Self {
            errors: errors.take(MAX_ERRORS).collect(),
            meta: attached(members.get("meta"), &mut room),
            clerk_trace_id: read(members.get("clerk_trace_id")),
        }
    }
}

fn error(entry: &RawValue, room: &mut usize) -> Option<ClerkError> {
    let members: Members<'_> = read(Some(&entry))?;
    Some(ClerkError {
        code: read(members.get("code")).unwrap_or_default(),
        message: read(members.get("message")),
        long_message: read(members.get("long_message")),
        meta: attached(members.get("meta"), room),
    })
}

fn attached(member: Option<&&RawValue>, room: &mut usize) -> Option<JsonObject> {
    *room = room.checked_sub(member?.get().len())?;
    read(member)
}

/// The member, if it is there and of this type.
fn read<'a, T: Deserialize<'a>>(member: Option<&&'a RawValue>) -> Option<T> {
    serde_json::from_str(member?.get()).ok()
}

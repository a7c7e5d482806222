//! What Clerk tells.
use std::{borrow::Cow, fmt, ops::Range};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, de::Error as _,
    ser::Error as _,
};
use serde_json::{Value, value::RawValue};

use super::{
    billing::{EventSubscription, EventSubscriptionItem, PaymentAttempt},
    invitation::EventOrganizationInvitation,
    message::{Email, Sms},
    session::SessionWithUser,
};
use crate::{
    Error, Timestamp,
    api::waitlist_entries::WaitlistEntry,
    decode::{self, Unreadable},
    model::{
        DeletedObject, InstanceId, Organization, OrganizationDomain, OrganizationMembership,
        Permission, Role, User, macros::open_enum,
    },
};

/// Declares the types of events, and what each of them is about.
macro_rules! events {
    ($( $(#[$meta:meta])* $text:literal => $Variant:ident($Data:ty), )+) => {
        open_enum! {
            /// What kind of thing happened.
            pub enum EventType {
                $( $(#[$meta])* $Variant = $text, )+
            }
        }

        /// What an event is about, by its [type](EventType).
        ///
        /// It is read as leniently as the API's own [answers](crate::model). `Debug` of those that carry
        /// messages does not show them, as they hold codes that people sign in with.
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant)] // A box would be in the way of whoever matches on it.
        pub enum EventData {
            $( $(#[$meta])* $Variant($Data), )+
            /// Of a type that this version of the crate does not know: its JSON. It may hold a secret, and
            /// `Debug` does not show it.
            Unknown(Value),
        }

        impl EventData {
            fn read(event_type: &EventType, json: &[u8]) -> Result<Self, Unreadable> {
                Ok(match event_type {
                    $( EventType::$Variant => Self::$Variant(decode::from_json(json)?), )+
                    EventType::Unknown(_) => Self::Unknown(decode::from_json(json)?),
                })
            }
        }

        impl fmt::Debug for EventData {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $( Self::$Variant(data) => f.debug_tuple(stringify!($Variant)).field(data).finish(), )+
                    Self::Unknown(_) => f.write_str("Unknown(…)"),
                }
            }
        }

        /// Writes what it is about, without its type.
        impl Serialize for EventData {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $( Self::$Variant(data) => data.serialize(serializer), )+
                    Self::Unknown(data) => data.serialize(serializer),
                }
            }
        }
    };
}

events! {
    /// An email was made: Clerk has sent it, or you are to.
    "email.created" => EmailCreated(Email),
    /// An organization was created.
    "organization.created" => OrganizationCreated(Organization),
    /// An organization was deleted.
    "organization.deleted" => OrganizationDeleted(DeletedObject),
    /// An organization was changed.
    "organization.updated" => OrganizationUpdated(Organization),
    /// A domain was added to an organization.
    "organizationDomain.created" => OrganizationDomainCreated(OrganizationDomain),
    /// A domain of an organization was deleted.
    "organizationDomain.deleted" => OrganizationDomainDeleted(DeletedObject),
    /// A domain of an organization was changed.
    "organizationDomain.updated" => OrganizationDomainUpdated(OrganizationDomain),
    /// An invitation to an organization was accepted.
    "organizationInvitation.accepted" => OrganizationInvitationAccepted(EventOrganizationInvitation),
    /// Somebody was invited to an organization.
    "organizationInvitation.created" => OrganizationInvitationCreated(EventOrganizationInvitation),
    /// An invitation to an organization was revoked.
    "organizationInvitation.revoked" => OrganizationInvitationRevoked(EventOrganizationInvitation),
    /// A user became a member of an organization.
    "organizationMembership.created" => OrganizationMembershipCreated(OrganizationMembership),
    /// A user is no longer a member of an organization.
    "organizationMembership.deleted" => OrganizationMembershipDeleted(OrganizationMembership),
    /// A membership in an organization was changed.
    "organizationMembership.updated" => OrganizationMembershipUpdated(OrganizationMembership),
    /// Clerk began to collect a payment.
    "paymentAttempt.created" => PaymentAttemptCreated(PaymentAttempt),
    /// An attempt to collect a payment was changed: it was paid, or failed.
    "paymentAttempt.updated" => PaymentAttemptUpdated(PaymentAttempt),
    /// A permission was created.
    "permission.created" => PermissionCreated(Permission),
    /// A permission was deleted.
    "permission.deleted" => PermissionDeleted(DeletedObject),
    /// A permission was changed.
    "permission.updated" => PermissionUpdated(Permission),
    /// A role was created.
    "role.created" => RoleCreated(Role),
    /// A role was deleted.
    "role.deleted" => RoleDeleted(DeletedObject),
    /// A role was changed.
    "role.updated" => RoleUpdated(Role),
    /// A session was created: a user signed in.
    "session.created" => SessionCreated(SessionWithUser),
    /// A session ended.
    "session.ended" => SessionEnded(SessionWithUser),
    /// A session was created whose user has tasks to do before it is active.
    "session.pending" => SessionPending(SessionWithUser),
    /// A session was removed from its client.
    "session.removed" => SessionRemoved(SessionWithUser),
    /// A session was revoked.
    "session.revoked" => SessionRevoked(SessionWithUser),
    /// A text message was made: Clerk has sent it, or you are to.
    "sms.created" => SmsCreated(Sms),
    /// A subscription came into force.
    "subscription.active" => SubscriptionActive(EventSubscription),
    /// A subscription was created.
    "subscription.created" => SubscriptionCreated(EventSubscription),
    /// A payment for a subscription is overdue.
    "subscription.pastDue" => SubscriptionPastDue(EventSubscription),
    /// A subscription was changed.
    "subscription.updated" => SubscriptionUpdated(EventSubscription),
    /// An item of a subscription was given up before it began.
    "subscriptionItem.abandoned" => SubscriptionItemAbandoned(EventSubscriptionItem),
    /// An item of a subscription came into force.
    "subscriptionItem.active" => SubscriptionItemActive(EventSubscriptionItem),
    /// An item of a subscription was canceled: it ends with its period.
    "subscriptionItem.canceled" => SubscriptionItemCanceled(EventSubscriptionItem),
    /// An item of a subscription was created. Clerk's document does not have this type: it is read as those
    /// beside it.
    "subscriptionItem.created" => SubscriptionItemCreated(EventSubscriptionItem),
    /// An item of a subscription is over.
    "subscriptionItem.ended" => SubscriptionItemEnded(EventSubscriptionItem),
    /// The free trial of an item of a subscription is about to end.
    "subscriptionItem.freeTrialEnding" => SubscriptionItemFreeTrialEnding(EventSubscriptionItem),
    /// An item of a subscription needs something from the user before it can begin.
    "subscriptionItem.incomplete" => SubscriptionItemIncomplete(EventSubscriptionItem),
    /// A payment for an item of a subscription is overdue.
    "subscriptionItem.pastDue" => SubscriptionItemPastDue(EventSubscriptionItem),
    /// An item of a subscription is to begin later.
    "subscriptionItem.upcoming" => SubscriptionItemUpcoming(EventSubscriptionItem),
    /// An item of a subscription was changed.
    "subscriptionItem.updated" => SubscriptionItemUpdated(EventSubscriptionItem),
    /// A user was created.
    "user.created" => UserCreated(User),
    /// A user was deleted.
    "user.deleted" => UserDeleted(DeletedObject),
    /// A user was changed.
    "user.updated" => UserUpdated(User),
    /// Somebody was put on the waitlist.
    "waitlistEntry.created" => WaitlistEntryCreated(WaitlistEntry),
    /// An entry of the waitlist was changed.
    "waitlistEntry.updated" => WaitlistEntryUpdated(WaitlistEntry),
}

/// Something that happened, as Clerk tells it.
///
/// It keeps its JSON as it came, so nothing is lost on the way through a queue: it serializes to that JSON, and is
/// made of it again by `serde_json` only. `Debug` does not show what it is about.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
#[doc(alias = "WebhookEvent")]
pub struct Event {
    /// What kind of thing happened (`type`).
    pub event_type: EventType,
    /// When it happened. Clerk does not say in which unit it writes this: a number below 100,000,000,000 is
    /// taken for seconds, any other for milliseconds.
    pub timestamp: Option<Timestamp>,
    /// The instance that it happened in: whoever has several can tell by it.
    pub instance_id: Option<InstanceId>,
    /// What led to it.
    pub event_attributes: Option<EventAttributes>,
    json: Box<str>,
    /// Where in the JSON the data is.
    data: Range<usize>,
}

/// What led to an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventAttributes {
    /// The HTTP request that did.
    pub http_request: Option<HttpRequestAttributes>,
}

/// The HTTP request that led to an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HttpRequestAttributes {
    /// The address that it came from.
    pub client_ip: Option<String>,
    /// What the program that sent it calls itself.
    pub user_agent: Option<String>,
}

/// What is around the data. Only the type has to be right: the rest is read if it can be.
#[derive(Deserialize)]
struct Envelope<'j> {
    #[serde(rename = "type", borrow)]
    event_type: Cow<'j, str>,
    #[serde(borrow)]
    data: &'j RawValue,
    #[serde(borrow)]
    timestamp: Option<&'j RawValue>,
    #[serde(borrow)]
    instance_id: Option<&'j RawValue>,
    #[serde(borrow)]
    event_attributes: Option<&'j RawValue>,
}

/// The largest number that is taken for seconds: as milliseconds it would be in 1973.
const LAST_SECOND: i64 = 99_999_999_999;

impl Event {
    /// An event out of JSON that is known to be Clerk's: out of a queue, or in a test. Nothing is verified.
    ///
    /// ```
    /// use clerk_core::webhook::{Event, EventData, EventType};
    ///
    /// let event = Event::from_json(r#"{"type":"user.deleted","data":{"object":"user","id":"user_1","deleted":true}}"#)?;
    /// assert_eq!(event.event_type, EventType::UserDeleted);
    /// let EventData::UserDeleted(user) = event.data()? else { unreachable!() };
    /// assert_eq!(user.id.as_deref(), Some("user_1"));
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is not a JSON object with a `type`, which is text, and with `data`.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let problem = "it is not a JSON object with `type` and `data`";
        Self::parse(json).ok_or_else(|| Error::argument("event", problem))
    }

    pub(super) fn parse(json: &str) -> Option<Self> {
        // White space around it gets lost in a queue, and would make another event of it.
        let json = json.trim_matches([' ', '\t', '\n', '\r']);
        // An array of the right things would do as well, and is none.
        if !json.starts_with('{') {
            return None;
        }
        let envelope: Envelope<'_> = serde_json::from_str(json).ok()?;
        let data = envelope.data.get();
        let start = data.as_ptr().addr().checked_sub(json.as_ptr().addr())?;
        Some(Self {
            event_type: EventType::from(&*envelope.event_type),
            timestamp: read(envelope.timestamp).map(timestamp),
            instance_id: read(envelope.instance_id),
            event_attributes: read(envelope.event_attributes),
            json: json.into(),
            data: start..start + data.len(),
        })
    }

    /// What it is about; read anew each time.
    ///
    /// # Errors
    ///
    /// If it is not what this version of the crate expects of that type. The error says where, and quotes
    /// nothing. Answer 500, so that the event comes again, or read it with [`read`](Self::read).
    pub fn data(&self) -> Result<EventData, Error> {
        EventData::read(&self.event_type, self.data_as_json().as_bytes())
            .map_err(|unreadable| self.unreadable(unreadable))
    }

    /// Reads what it is about into a type of yours, in which members that it does not have are passed over.
    ///
    /// # Errors
    ///
    /// If it does not have that type's shape. The error says where, and quotes nothing.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode::from_json(self.data_as_json().as_bytes())
            .map_err(|unreadable| self.unreadable(unreadable))
    }

    fn unreadable(&self, unreadable: Unreadable) -> Error {
        let path = match unreadable.path.as_str() {
            "" => "data".to_owned(),
            path if path.starts_with('[') => format!("data{path}"),
            path => format!("data.{path}"),
        };
        let event = match &self.event_type {
            // Whatever text that is.
            EventType::Unknown(_) => "an unknown event".to_owned(),
            known => known.to_string(),
        };
        Error::argument(path, unreadable.problem).during(event, 0)
    }

    /// The JSON of the whole event, as it came, but for white space around it.
    pub fn as_json(&self) -> &str {
        &self.json
    }

    /// The JSON of what it is about, as it came.
    pub fn data_as_json(&self) -> &str {
        self.json.get(self.data.clone()).unwrap_or_default()
    }
}

fn read<'j, T: Deserialize<'j>>(json: Option<&'j RawValue>) -> Option<T> {
    serde_json::from_str(json?.get()).ok()
}

fn timestamp(number: i64) -> Timestamp {
    if number <= LAST_SECOND {
        Timestamp::from_secs(number)
    } else {
        Timestamp::from_millis(number)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("event_type", &self.event_type)
            .field("timestamp", &self.timestamp)
            .field("instance_id", &self.instance_id)
            .field("event_attributes", &self.event_attributes)
            .finish_non_exhaustive()
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json: &RawValue = serde_json::from_str(&self.json).map_err(S::Error::custom)?;
        json.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json(json.get()).map_err(D::Error::custom)
    }
}

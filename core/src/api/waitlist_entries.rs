//! The waitlist: who asked to be let into the application.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let waitlist = clerk.waitlist_entries();
//! // `.await` these with clerk-hyper.
//! let ann = waitlist.create("ann@example.com").notify(false).send();
//! let waiting = waitlist.list().status("pending").order_by("created_at").send();
//! let invited = waitlist.invite("wle_1").send();
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Nullable, Timestamp,
    model::{
        DeletedObject, Invitation, List, ObjectType, WaitlistEntryId,
        macros::{input, open_enum},
    },
    operation::macros::{group, operation},
};

group! {
    /// The waitlist: who asked to be let into the application.
    #[doc(alias = "waitlistEntries")]
    waitlist_entries => WaitlistEntries, tag = "Waitlist Entries"
}

operation!(
    WaitlistEntries::list,
    GET("/waitlist_entries"),
    returns(List<WaitlistEntry>),
    errors(),
    pages(WaitlistEntry),
    /// List the entries of the waitlist, the newest first unless ordered otherwise.
    #[doc(alias = "waitlistEntriesList")]
    #[doc(alias = "listWaitlistEntries")]
    #[doc(alias = "ListWaitlistEntriesRequest")]
    pub struct ListWaitlistEntries {},
    struct Optional {
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// Only those whose email address or id matches this text.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// Only those with this status.
        status: Query<WaitlistEntryStatus>,
        /// The order: `created_at`, `email_address` or `invited_at`, with `-` in front for
        /// descending. `-created_at` unless set.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
    }
);

operation!(
    WaitlistEntries::create,
    POST("/waitlist_entries"),
    returns(WaitlistEntry),
    errors(400, 422),
    /// Put somebody on the waitlist.
    ///
    /// Clerk confirms it with an email, unless [`notify`](CreateWaitlistEntry::notify) is `false`.
    /// An address that is on it already gets no second entry: the answer is the first one. Not
    /// repeated when it may have arrived: there could be two emails.
    #[doc(alias = "waitlistEntriesCreate")]
    #[doc(alias = "createWaitlistEntry")]
    #[doc(alias = "CreateWaitlistEntryRequestBody")]
    pub struct CreateWaitlistEntry {
        /// The email address.
        #[doc(alias = "emailAddress")]
        email_address: Body<String>,
    },
    struct Optional {
        /// Whether Clerk confirms it with an email; it does unless this is `false`.
        notify: Body<Nullable<bool>>,
    }
);

operation!(
    WaitlistEntries::bulk_create,
    POST("/waitlist_entries/bulk"),
    returns(Vec<WaitlistEntry>),
    errors(400, 422),
    /// Put several people on the waitlist, at most 50 in one call.
    ///
    /// Clerk confirms it to each of them with an email, unless [`notify`](NewWaitlistEntry::notify)
    /// is `false`. An address that is on it already gets no second entry: the answer has the first
    /// one. No address can occur twice in one call. Not repeated when it may have arrived: people
    /// could get two emails.
    ///
    /// ```
    /// use clerk_core::api::waitlist_entries::{CreateBulkWaitlistEntries, NewWaitlistEntry};
    /// use clerk_core::{Config, Operation};
    ///
    /// let create = CreateBulkWaitlistEntries::new([
    ///     NewWaitlistEntry::new("ann@example.com"),
    ///     NewWaitlistEntry::new("bob@example.com").notify(false),
    /// ]);
    /// let request = create.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     concat!(
    ///         r#"[{"email_address":"ann@example.com"},"#,
    ///         r#"{"email_address":"bob@example.com","notify":false}]"#
    ///     )
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "waitlistEntriesBulkCreate")]
    #[doc(alias = "createBulkWaitlistEntries")]
    #[doc(alias = "CreateBulkWaitlistEntriesRequestBody")]
    pub struct CreateBulkWaitlistEntries {
        /// The entries, from 1 to 50.
        entries: WholeBody<Vec<NewWaitlistEntry>>,
    }
);

operation!(
    WaitlistEntries::delete,
    DELETE("/waitlist_entries/{waitlist_entry_id}"),
    returns(DeletedObject),
    errors(400, 404, 409, 422),
    /// Delete an entry of the waitlist that is still pending.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "waitlistEntriesDelete")]
    #[doc(alias = "deleteWaitlistEntry")]
    #[doc(alias = "DeleteWaitlistEntryRequest")]
    pub struct DeleteWaitlistEntry {
        /// The entry.
        #[doc(alias = "waitlistEntryId")]
        waitlist_entry_id: Path<WaitlistEntryId>,
    }
);

operation!(
    WaitlistEntries::invite,
    POST("/waitlist_entries/{waitlist_entry_id}/invite"),
    returns(WaitlistEntry),
    errors(400, 404, 409, 422),
    // Each one may send an email.
    /// Invite somebody who is on the waitlist. Clerk sends the invitation to their address.
    ///
    /// Not repeated when it may have arrived: there could be two emails.
    #[doc(alias = "waitlistEntriesInvite")]
    #[doc(alias = "inviteWaitlistEntry")]
    #[doc(alias = "InviteWaitlistEntryRequestBody")]
    pub struct InviteWaitlistEntry {
        /// The entry.
        #[doc(alias = "waitlistEntryId")]
        waitlist_entry_id: Path<WaitlistEntryId>,
    },
    struct Optional {
        /// Whether to invite them even if the address was invited before, or belongs to another
        /// user; not unless set.
        #[doc(alias = "ignoreExisting")]
        ignore_existing: Body<Nullable<bool>>,
    }
);

operation!(
    WaitlistEntries::reject,
    POST("/waitlist_entries/{waitlist_entry_id}/reject"),
    returns(WaitlistEntry),
    errors(400, 404, 409, 422),
    // Whether rejecting twice is an error is not documented.
    /// Reject somebody who is on the waitlist.
    ///
    /// Not repeated when it may have arrived: whether an entry can be rejected twice is not
    /// documented.
    #[doc(alias = "waitlistEntriesReject")]
    #[doc(alias = "rejectWaitlistEntry")]
    #[doc(alias = "RejectWaitlistEntryRequest")]
    pub struct RejectWaitlistEntry {
        /// The entry.
        #[doc(alias = "waitlistEntryId")]
        waitlist_entry_id: Path<WaitlistEntryId>,
    }
);

input! {
    /// Somebody to put on the waitlist.
    pub struct NewWaitlistEntry {
        /// The email address.
        email_address: String,
    }
    struct Optional {
        /// Whether Clerk confirms it with an email; it does unless this is `false`.
        notify: Nullable<bool>,
    }
}

/// Somebody on the waitlist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WaitlistEntry {
    /// Always `waitlist_entry`.
    pub object: ObjectType,
    /// Its id.
    pub id: WaitlistEntryId,
    /// The email address.
    pub email_address: String,
    /// Where it stands.
    pub status: WaitlistEntryStatus,
    /// Whether it is being worked on together with others; nothing else can be done with it
    /// meanwhile.
    pub is_locked: Option<bool>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The invitation, if there is one.
    pub invitation: Option<Invitation>,
}

open_enum! {
    /// Where an entry of the waitlist stands.
    pub enum WaitlistEntryStatus {
        /// Nothing has been decided.
        Pending = "pending",
        /// An invitation was made.
        Invited = "invited",
        /// The person has joined.
        Completed = "completed",
        /// It was rejected.
        Rejected = "rejected",
    }
}

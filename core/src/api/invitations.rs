//! Invitations to the application.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let invitations = clerk.invitations();
//! let pending = invitations.list().status("pending").send(); // `.await` it with clerk-hyper
//! let invited = invitations.create("ann@example.com").expires_in_days(7).send();
//! let revoked = invitations.revoke("inv_1").send();
//! # }
//! ```
use crate::{
    JsonObject, Nullable,
    model::{
        Invitation, InvitationId, InvitationStatus, PlainList,
        macros::{input, open_enum},
    },
    operation::macros::{group, operation},
};

group! {
    /// Invitations to the application.
    invitations => Invitations, tag = "Invitations"
}

operation!(
    Invitations::bulk_create,
    POST("/invitations/bulk"),
    returns(Vec<Invitation>),
    errors(400, 422),
    /// Invite several people, at most 10 in one call.
    ///
    /// Clerk mails each of them unless [`notify`](NewInvitation::notify) is `false`. Nobody who is
    /// a user already can be invited, and nobody who is invited already unless
    /// [`ignore_existing`](NewInvitation::ignore_existing) is set. Not repeated when it may have
    /// arrived: people would get two emails.
    ///
    /// ```
    /// use clerk_core::api::invitations::{CreateBulkInvitations, NewInvitation};
    /// use clerk_core::{Config, Operation};
    ///
    /// let invite = CreateBulkInvitations::new([
    ///     NewInvitation::new("ann@example.com").expires_in_days(7),
    ///     NewInvitation::new("bob@example.com").notify(false),
    /// ]);
    /// let request = invite.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     concat!(
    ///         r#"[{"email_address":"ann@example.com","expires_in_days":7},"#,
    ///         r#"{"email_address":"bob@example.com","notify":false}]"#
    ///     )
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "invitationsBulkCreate")]
    #[doc(alias = "CreateBulkInvitationsRequestBody")]
    pub struct CreateBulkInvitations {
        /// The invitations.
        invitations: WholeBody<Vec<NewInvitation>>,
    }
);

input! {
    /// Somebody to invite.
    pub struct NewInvitation {
        /// Where the invitation goes.
        email_address: String,
    }
    struct Optional {
        /// What the new user's public metadata will hold.
        public_metadata: Nullable<JsonObject>,
        /// Where the invitation's link leads: needed if you wrote your own page for it.
        redirect_url: Nullable<String>,
        /// Whether Clerk sends an email; it does unless this is `false`.
        notify: Nullable<bool>,
        /// Whether to go on if there is an invitation already, or if another user has claimed the
        /// address; not unless set.
        ignore_existing: Nullable<bool>,
        /// For how many days it can be accepted, from 1 to 365; 30 unless set.
        expires_in_days: Nullable<u32>,
        /// What the email looks like; the invitation's own template unless set.
        template_slug: InvitationTemplate,
    }
}

open_enum! {
    /// What the email of an invitation looks like.
    pub enum InvitationTemplate {
        /// An invitation.
        Invitation = "invitation",
        /// An invitation of somebody who was on the waitlist.
        WaitlistInvitation = "waitlist_invitation",
    }
}

operation!(
    Invitations::create,
    POST("/invitations"),
    returns(Invitation),
    errors(400, 422),
    /// Invite somebody.
    ///
    /// Clerk mails them unless [`notify`](CreateInvitation::notify) is `false`. Nobody who is a
    /// user already can be invited, and nobody who is invited already, unless
    /// [`ignore_existing`](CreateInvitation::ignore_existing) is set. Not repeated when it may have
    /// arrived: that would be an error, or with `ignore_existing` a second email.
    #[doc(alias = "invitationsCreate")]
    #[doc(alias = "createInvitation")]
    #[doc(alias = "CreateInvitationRequestBody")]
    pub struct CreateInvitation {
        /// Where the invitation goes.
        #[doc(alias = "emailAddress")]
        email_address: Body<String>,
    },
    struct Optional {
        /// What the new user's public metadata will hold.
        #[doc(alias = "publicMetadata")]
        public_metadata: Body<JsonObject>,
        /// Where the invitation's link leads: needed if you wrote your own page for it.
        #[doc(alias = "redirectUrl")]
        redirect_url: Body<String>,
        /// Whether Clerk sends an email; it does unless this is `false`.
        notify: Body<Nullable<bool>>,
        /// Whether to go on if there is an invitation already, or if another user has claimed the
        /// address; not unless set.
        #[doc(alias = "ignoreExisting")]
        ignore_existing: Body<Nullable<bool>>,
        /// For how many days it can be accepted, from 1 to 365; 30 unless set.
        #[doc(alias = "expiresInDays")]
        expires_in_days: Body<Nullable<u32>>,
        /// What the email looks like.
        #[doc(alias = "templateSlug")]
        template_slug: Body<InvitationTemplate>,
    }
);

operation!(
    Invitations::list,
    GET("/invitations"),
    returns(PlainList<Invitation>),
    errors(),
    pages(Invitation, total_if(paginated)),
    /// List the invitations that were not revoked, the newest first unless ordered otherwise.
    #[doc(alias = "invitationsList")]
    #[doc(alias = "listInvitations")]
    #[doc(alias = "ListInvitationsRequest")]
    pub struct ListInvitations {},
    struct Optional {
        /// Only those with this status. `revoked` can be asked for, though by Clerk's documentation
        /// the list has none of those.
        status: Query<InvitationStatus>,
        /// Only those whose email address or id matches this text.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// The order: `created_at`, `expires_at` or `email_address`, with `-` in front for
        /// descending. `-created_at` unless set.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
        /// Whether to tell how many there are in all.
        paginated: Query<bool>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    Invitations::revoke,
    POST("/invitations/{invitation_id}/revoke"),
    returns(Invitation),
    errors(400, 404),
    // Revoking twice may be an error, so after a lost answer the caller looks for themselves.
    /// Revoke an invitation: its link does not work any more.
    ///
    /// It does not keep the person from signing up without the link. Not repeated when it may have
    /// arrived: an invitation cannot be revoked twice.
    #[doc(alias = "invitationsRevoke")]
    #[doc(alias = "revokeInvitation")]
    #[doc(alias = "RevokeInvitationRequest")]
    pub struct RevokeInvitation {
        /// The invitation.
        #[doc(alias = "invitationId")]
        invitation_id: Path<InvitationId>,
    }
);

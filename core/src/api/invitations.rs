//! Invitations to the application.
use serde::{Deserialize, Serialize};

use crate::{
    Arg, JsonObject, Nullable,
    json::keep_null,
    model::{Invitation, macros::open_enum},
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
    /// Nobody who is a user already can be invited, and nobody who is invited already unless
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
    ///     r#"[{"email_address":"ann@example.com","expires_in_days":7},{"email_address":"bob@example.com","notify":false}]"#
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

/// Somebody to invite.
// A member that is not one of these would be lost without notice, so it is refused: this is what
// somebody asks for, and not what a server answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewInvitation {
    /// Where the invitation goes.
    pub email_address: String,
    /// What the new user's public metadata will hold.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "keep_null")]
    pub public_metadata: Option<Nullable<JsonObject>>,
    /// Where the invitation's link leads.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "keep_null")]
    pub redirect_url: Option<Nullable<String>>,
    /// Whether Clerk sends an email.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "keep_null")]
    pub notify: Option<Nullable<bool>>,
    /// Whether it does not matter that there is an invitation already.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "keep_null")]
    pub ignore_existing: Option<Nullable<bool>>,
    /// For how many days it can be accepted.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "keep_null")]
    pub expires_in_days: Option<Nullable<u32>>,
    /// What the email looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_slug: Option<InvitationTemplate>,
}

impl NewInvitation {
    /// Invites whoever has this email address.
    pub fn new(email_address: impl Arg<String>) -> Self {
        Self {
            email_address: email_address.into_arg(),
            public_metadata: None,
            redirect_url: None,
            notify: None,
            ignore_existing: None,
            expires_in_days: None,
            template_slug: None,
        }
    }

    /// Sets what the new user's public metadata will hold.
    #[must_use]
    pub fn public_metadata(mut self, metadata: impl Arg<Nullable<JsonObject>>) -> Self {
        self.public_metadata = Some(metadata.into_arg());
        self
    }

    /// Sets where the invitation's link leads: needed if you wrote your own page for it.
    #[must_use]
    pub fn redirect_url(mut self, url: impl Arg<Nullable<String>>) -> Self {
        self.redirect_url = Some(url.into_arg());
        self
    }

    /// Sets whether Clerk sends an email; it does unless this is `false`.
    #[must_use]
    pub fn notify(mut self, notify: impl Arg<Nullable<bool>>) -> Self {
        self.notify = Some(notify.into_arg());
        self
    }

    /// Sets whether it does not matter that there is an invitation already, or that another user
    /// has claimed the address; it does unless this is `true`.
    #[must_use]
    pub fn ignore_existing(mut self, ignore: impl Arg<Nullable<bool>>) -> Self {
        self.ignore_existing = Some(ignore.into_arg());
        self
    }

    /// Sets for how many days it can be accepted, from 1 to 365; 30 unless set.
    #[must_use]
    pub fn expires_in_days(mut self, days: impl Arg<Nullable<u32>>) -> Self {
        self.expires_in_days = Some(days.into_arg());
        self
    }

    /// Sets what the email looks like; the invitation's own template unless set.
    #[must_use]
    pub fn template_slug(mut self, template: impl Arg<InvitationTemplate>) -> Self {
        self.template_slug = Some(template.into_arg());
        self
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

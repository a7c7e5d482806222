use super::macros::ids;
use crate::{
    Arg,
    operation::multipart::{IntoPart, Part},
};

ids! {
    /// Identifies an actor token (`act_…`).
    ActorTokenId;
    /// Identifies a link to the admin portal (`apl_…`), for which tokens are issued.
    AdminPortalLinkId;
    /// Identifies a token of a link to the admin portal (`aplt_…`).
    AdminPortalLinkTokenId;
    /// Identifies an agent. It is the same for all tasks under one name of an agent.
    AgentId;
    /// Identifies a task of an agent.
    AgentTaskId;
    /// Identifies an entry of the allowlist.
    AllowlistIdentifierId;
    /// Identifies an API key (`ak_…`).
    ApiKeyId;
    /// Identifies whom an API key is for: a user (`user_…`), an organization (`org_…`), a machine
    /// (`mch_…`). The id of each can be passed; requests also take text that begins with `scim_`.
    ApiKeySubject;
    /// Identifies a plan to which users or organizations subscribe.
    BillingPlanId;
    /// Identifies a price of a plan.
    BillingPriceId;
    /// Identifies the product that a plan is part of.
    BillingProductId;
    /// Identifies a statement of billing.
    #[doc(alias = "statementID")]
    BillingStatementId;
    /// Identifies an entry of the blocklist.
    BlocklistIdentifierId;
    /// Identifies a client: a browser or a device with sessions.
    ClientId;
    /// Identifies a change of a payer's credit.
    CreditLedgerEntryId;
    /// Identifies a group of users, as the directory's identity provider calls it.
    DirectoryGroupId;
    /// Identifies the rule that the users in a group of a directory have a role.
    DirectoryGroupRoleMappingId;
    /// Identifies a directory from which users are provisioned.
    DirectoryId;
    /// Identifies a discount.
    DiscountId;
    /// Identifies the use of a discount for an item of a subscription.
    DiscountRedemptionId;
    /// Identifies a domain of an instance.
    DomainId;
    /// Identifies an email address of a user (`idn_…`).
    EmailAddressId;
    /// Identifies an email that was sent to a user (`ema_…`).
    EmailId;
    /// Identifies an account of a user with an enterprise's identity provider.
    EnterpriseAccountId;
    /// Identifies a connection to an enterprise's identity provider.
    EnterpriseConnectionId;
    /// Identifies a test of an enterprise connection.
    EnterpriseConnectionTestRunId;
    /// Identifies the OAuth settings of an enterprise connection.
    EnterpriseOauthConfigId;
    /// Identifies an account of a user with an OAuth provider (`eac_…`).
    ExternalAccountId;
    /// Identifies a feature that plans have.
    FeatureId;
    /// Names a change, so that it is made once however often it is asked for. Make up a new one for
    /// each change, and keep it when asking again.
    IdempotencyKey;
    /// Identifies something by which a user can be identified (`idn_…`): a phone number, an
    /// account, an email address.
    IdentificationId;
    /// Identifies an uploaded image (`img_…`).
    ImageId;
    /// Identifies an instance of Clerk (`ins_…`).
    InstanceId;
    /// Identifies an invitation to the application (`inv_…`).
    InvitationId;
    /// Refers to the IT contact for whom a link to the admin portal is; any text.
    ItContactId;
    /// Identifies a JWT template.
    JwtTemplateId;
    /// Names a JWT template, as tokens are asked for by name.
    JwtTemplateName;
    /// Identifies a token of a machine (`mt_…`).
    M2mTokenId;
    /// Identifies a machine (`mch_…`).
    MachineId;
    /// Identifies an OAuth access token that Clerk issued (`oat_…`).
    OauthAccessTokenId;
    /// Identifies an OAuth application, for which Clerk is the identity provider.
    OauthApplicationId;
    /// Identifies an OAuth application in the protocol: its `client_id`.
    OauthClientId;
    /// Identifies a domain of an organization (`orgdmn_…`).
    OrganizationDomainId;
    /// Identifies an organization (`org_…`).
    OrganizationId;
    /// Identifies an invitation to an organization.
    OrganizationInvitationId;
    /// Identifies the membership of a user in an organization (`orgmem_…`).
    OrganizationMembershipId;
    /// Identifies a passkey of a user.
    PasskeyId;
    /// Identifies who receives payments.
    PayeeId;
    /// Identifies who pays: a user or an organization.
    PayerId;
    /// Identifies an attempt to collect a payment.
    PaymentAttemptId;
    /// Identifies a payment.
    PaymentId;
    /// Identifies a way to pay, such as a card.
    PaymentMethodId;
    /// Identifies a way to pay, in the older form of the API. See [`PaymentMethodId`].
    PaymentSourceId;
    /// Identifies a permission. See [`PermissionKey`] for its name.
    PermissionId;
    /// Names a permission (`org:sys_memberships:manage`).
    PermissionKey;
    /// Identifies a phone number of a user (`idn_…`).
    PhoneNumberId;
    /// Identifies a check of a domain's proxy.
    ProxyCheckId;
    /// Identifies an allowed redirect URL.
    RedirectUrlId;
    /// Identifies a role in organizations. See [`RoleKey`] for its name.
    RoleId;
    /// Names a role in an organization (`org:admin`).
    RoleKey;
    /// Identifies a set of roles. See [`RoleSetKey`] for its name.
    RoleSetId;
    /// Names a set of roles that an organization uses (`role_set:default`).
    RoleSetKey;
    /// Names or identifies a set of roles: a [`RoleSetKey`] or a [`RoleSetId`] can be passed.
    ///
    /// ```
    /// use clerk_core::{
    ///     api::role_sets::GetRoleSet,
    ///     model::{RoleSetId, RoleSetKey},
    /// };
    ///
    /// let get = GetRoleSet::new(RoleSetKey::from("role_set:default"));
    /// assert_eq!(get.role_set_key_or_id, "role_set:default");
    /// GetRoleSet::new(RoleSetId::from("an id"));
    /// ```
    RoleSetKeyOrId;
    /// Identifies a migration of members from one set of roles to another.
    RoleSetMigrationId;
    /// Identifies an account of a user with a SAML identity provider.
    SamlAccountId;
    /// Identifies a connection to a SAML identity provider.
    SamlConnectionId;
    /// Identifies a directory that provisions users with SCIM.
    ScimDirectoryId;
    /// Identifies a group of users, as the SCIM directory's identity provider calls it.
    ScimGroupId;
    /// Identifies the rule that the users in a group of a SCIM directory have a role.
    ScimGroupRoleMappingId;
    /// Identifies the latest activity of a session.
    SessionActivityId;
    /// Identifies a session (`sess_…`).
    SessionId;
    /// Identifies an attempt to sign in.
    SignInId;
    /// Identifies a sign-in token.
    SignInTokenId;
    /// Identifies an attempt to sign up.
    SignUpId;
    /// Identifies a text message that was sent to a phone (`sms_…`).
    SmsId;
    /// Identifies what a user or an organization has subscribed to.
    SubscriptionId;
    /// Identifies what a subscription is made of.
    SubscriptionItemId;
    /// Identifies a template of an email or a text message.
    TemplateId;
    /// Identifies a device that a user trusts.
    TrustedDeviceId;
    /// Identifies a user (`user_…`).
    UserId;
    /// Identifies a verification that the backend does itself, with a code.
    VerificationId;
    /// Identifies an entry of the waitlist.
    WaitlistEntryId;
    /// Identifies a web3 wallet of a user (`idn_…`).
    Web3WalletId;
    /// Identifies the workspace at Clerk that owns an application (`org_…`).
    WorkspaceId;
}

/// Lets ids of one kind be passed for another, which they are as well.
macro_rules! passes_for {
    ($Name:ident: $($From:ty),*) => {$(
        impl Arg<$Name> for $From {
            fn into_arg(self) -> $Name {
                $Name::from(self.as_str())
            }
        }
    )*};
}

// Fewer words for what is at hand: what takes several kinds of ids takes each of them as it is.
passes_for!(ApiKeySubject: UserId, &UserId, OrganizationId, &OrganizationId, MachineId, &MachineId);
passes_for!(RoleSetKeyOrId: RoleSetKey, &RoleSetKey, RoleSetId, &RoleSetId);

impl IntoPart for UserId {
    fn part(&self) -> Part {
        Part::text(self)
    }
}

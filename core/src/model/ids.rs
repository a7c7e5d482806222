use super::macros::ids;

ids! {
    /// Identifies an actor token (`act_…`).
    ActorTokenId;
    /// Identifies a statement of billing.
    #[doc(alias = "statementID")]
    BillingStatementId;
    /// Identifies a directory from which users are provisioned.
    DirectoryId;
    /// Identifies an email address of a user (`idn_…`).
    EmailAddressId;
    /// Identifies an account of a user with an enterprise's identity provider.
    EnterpriseAccountId;
    /// Identifies a connection to an enterprise's identity provider.
    EnterpriseConnectionId;
    /// Identifies an account of a user with an OAuth provider (`eac_…`).
    ExternalAccountId;
    /// Identifies something by which a user can be identified (`idn_…`): an email address, a phone
    /// number, an account.
    IdentificationId;
    /// Identifies an uploaded image (`img_…`).
    ImageId;
    /// Identifies an instance of Clerk (`ins_…`).
    InstanceId;
    /// Identifies an invitation to the application (`inv_…`).
    InvitationId;
    /// Identifies a token of a machine (`mt_…`).
    M2mTokenId;
    /// Identifies a machine (`mch_…`).
    MachineId;
    /// Identifies an organization (`org_…`).
    OrganizationId;
    /// Identifies a domain of an organization (`orgdmn_…`).
    OrganizationDomainId;
    /// Identifies a user's membership in an organization (`orgmem_…`).
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
    /// Names a permission (`org:sys_memberships:manage`).
    PermissionKey;
    /// Identifies a phone number of a user (`idn_…`).
    PhoneNumberId;
    /// Names a role in an organization (`org:admin`).
    RoleKey;
    /// Names a set of roles that an organization uses (`role_set:default`).
    RoleSetKey;
    /// Identifies an account of a user with a SAML identity provider.
    SamlAccountId;
    /// Identifies a connection to a SAML identity provider.
    SamlConnectionId;
    /// Identifies a session (`sess_…`).
    SessionId;
    /// Identifies what a subscription is made of.
    SubscriptionItemId;
    /// Identifies a user (`user_…`).
    UserId;
    /// Identifies a web3 wallet of a user (`idn_…`).
    Web3WalletId;
}

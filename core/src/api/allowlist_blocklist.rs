//! The allowlist and the blocklist: who can sign up, and who is kept out.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let lists = clerk.allowlist_blocklist();
//! let allowed = lists.create_allowlist_identifier("ann@example.com").notify(true).send();
//! let blocked = lists.create_blocklist_identifier("mallory@example.net").send();
//! let kept_out = lists.list_blocklist_identifiers().send(); // `.await` it with clerk-hyper
//! # }
//! ```
//!
//! Whether the instance goes by these lists is one of its settings: see
//! [`UpdateInstanceRestrictions`](super::instance_settings::UpdateInstanceRestrictions).
use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    model::{
        AllowlistIdentifierId, BlocklistIdentifierId, DeletedObject, InstanceId, InvitationId,
        List, ObjectType, PlainList, macros::open_enum,
    },
    operation::macros::{group, operation},
};

group! {
    /// The allowlist and the blocklist: who can sign up, and who is kept out.
    #[doc(alias = "allowlistBlocklist")]
    allowlist_blocklist => AllowlistBlocklist, tag = "Allow-list / Block-list"
}

operation!(
    AllowlistBlocklist::list_allowlist_identifiers,
    GET("/allowlist_identifiers"),
    returns(PlainList<AllowlistIdentifier>),
    errors(401, 402),
    pages(AllowlistIdentifier, total_if(paginated)),
    /// List the identifiers on the allowlist: who can sign up.
    #[doc(alias = "allowlistIdentifiersList")]
    #[doc(alias = "listAllowlistIdentifiers")]
    #[doc(alias = "ListAllowlistIdentifiersRequest")]
    pub struct ListAllowlistIdentifiers {},
    struct Optional {
        /// Whether to tell how many there are in all.
        paginated: Query<bool>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    AllowlistBlocklist::create_allowlist_identifier,
    POST("/allowlist_identifiers"),
    returns(AllowlistIdentifier),
    errors(400, 402, 422),
    /// Put an identifier on the allowlist.
    ///
    /// Not repeated when it may have arrived: with [`notify`](CreateAllowlistIdentifier::notify),
    /// somebody might be invited twice.
    #[doc(alias = "allowlistIdentifiersCreate")]
    #[doc(alias = "createAllowlistIdentifier")]
    #[doc(alias = "CreateAllowlistIdentifierRequestBody")]
    pub struct CreateAllowlistIdentifier {
        /// The email address, phone number or web3 wallet of somebody who can sign up.
        identifier: Body<String>,
    },
    struct Optional {
        /// Whether to send an invitation there, which a web3 wallet cannot get; not unless set.
        notify: Body<bool>,
    }
);

operation!(
    AllowlistBlocklist::delete_allowlist_identifier,
    DELETE("/allowlist_identifiers/{identifier_id}"),
    returns(DeletedObject),
    errors(402, 404),
    /// Take an identifier off the allowlist.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "allowlistIdentifiersDelete")]
    #[doc(alias = "deleteAllowlistIdentifier")]
    #[doc(alias = "DeleteAllowlistIdentifierRequest")]
    pub struct DeleteAllowlistIdentifier {
        /// The entry: its id, and not the identifier that it is about.
        #[doc(alias = "identifierId")]
        identifier_id: Path<AllowlistIdentifierId>,
    }
);

operation!(
    AllowlistBlocklist::list_blocklist_identifiers,
    GET("/blocklist_identifiers"),
    returns(List<BlocklistIdentifier>),
    errors(401, 402),
    /// List everything on the blocklist: who is kept out.
    #[doc(alias = "blocklistIdentifiersList")]
    #[doc(alias = "listBlocklistIdentifiers")]
    pub struct ListBlocklistIdentifiers {}
);

operation!(
    AllowlistBlocklist::create_blocklist_identifier,
    POST("/blocklist_identifiers"),
    returns(BlocklistIdentifier),
    errors(400, 402, 422),
    /// Put an identifier on the blocklist.
    ///
    /// Not repeated when it may have arrived: look at the list before you do.
    #[doc(alias = "blocklistIdentifiersCreate")]
    #[doc(alias = "createBlocklistIdentifier")]
    #[doc(alias = "CreateBlocklistIdentifierRequestBody")]
    pub struct CreateBlocklistIdentifier {
        /// The email address, phone number or web3 wallet of somebody who is kept out.
        identifier: Body<String>,
    }
);

operation!(
    AllowlistBlocklist::delete_blocklist_identifier,
    DELETE("/blocklist_identifiers/{identifier_id}"),
    returns(DeletedObject),
    errors(402, 404),
    /// Take an identifier off the blocklist.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "blocklistIdentifiersDelete")]
    #[doc(alias = "deleteBlocklistIdentifier")]
    #[doc(alias = "DeleteBlocklistIdentifierRequest")]
    pub struct DeleteBlocklistIdentifier {
        /// The entry: its id, and not the identifier that it is about.
        #[doc(alias = "identifierId")]
        identifier_id: Path<BlocklistIdentifierId>,
    }
);

/// An entry of the allowlist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AllowlistIdentifier {
    /// Always `allowlist_identifier`.
    pub object: Option<ObjectType>,
    /// Its id.
    pub id: Option<AllowlistIdentifierId>,
    /// The invitation, if one was sent.
    pub invitation_id: Option<InvitationId>,
    /// The email address, phone number or web3 wallet.
    pub identifier: Option<String>,
    /// What it is.
    pub identifier_type: Option<RestrictedIdentifierType>,
    /// The instance.
    pub instance_id: Option<InstanceId>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// An entry of the blocklist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BlocklistIdentifier {
    /// Always `blocklist_identifier`.
    pub object: Option<ObjectType>,
    /// Its id.
    pub id: Option<BlocklistIdentifierId>,
    /// The email address, phone number or web3 wallet, or a whole domain of email addresses.
    pub identifier: Option<String>,
    /// What it is.
    pub identifier_type: Option<RestrictedIdentifierType>,
    /// The instance.
    pub instance_id: Option<InstanceId>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

open_enum! {
    /// What the allowlist or the blocklist has an entry for.
    pub enum RestrictedIdentifierType {
        /// An email address.
        EmailAddress = "email_address",
        /// A phone number.
        PhoneNumber = "phone_number",
        /// A web3 wallet.
        Web3Wallet = "web3_wallet",
    }
}

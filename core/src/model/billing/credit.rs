use serde::{Deserialize, Serialize};

use crate::{
    Rfc3339,
    model::{CreditLedgerEntryId, Money, ObjectType, PayerId, macros::open_enum},
};

/// How much credit a payer has.
#[doc(alias = "CommerceCreditBalanceResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreditBalance {
    /// Always `commerce_credit_balance`.
    pub object: ObjectType,
    /// What is left; `None` if there never was any credit.
    pub balance: Option<Money>,
}

/// A change of a payer's credit.
#[doc(alias = "CommerceCreditLedgerResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreditLedgerEntry {
    /// Always `commerce_credit_ledger`.
    pub object: ObjectType,
    /// Its id.
    pub id: CreditLedgerEntryId,
    /// Whose credit was changed.
    pub payer_id: PayerId,
    /// By how much: above zero if credit was added, below zero if it was taken away.
    pub amount: Money,
    /// What kind of thing the change came from, such as `grant`.
    pub source_type: String,
    /// The id of what the change came from.
    pub source_id: String,
    /// A note for those who read the ledger.
    pub note: Option<String>,
    /// When it was created.
    pub created_at: Rfc3339,
}

open_enum! {
    /// In which direction a payer's credit is changed.
    pub enum CreditAdjustment {
        /// Credit is added.
        Increase = "increase",
        /// Credit is taken away.
        Decrease = "decrease",
    }
}

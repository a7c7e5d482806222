use serde::{Deserialize, Serialize};

use crate::model::{
    BillingPlanId, BillingProductId, FeatureId, Money, ObjectType, macros::open_enum,
};

/// A plan to which users or organizations subscribe.
#[doc(alias = "CommercePlan")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BillingPlan {
    /// Always `commerce_plan`.
    pub object: ObjectType,
    /// Its id.
    pub id: BillingPlanId,
    /// Its name.
    pub name: String,
    /// What a month costs, billed by the month.
    pub fee: Option<Money>,
    /// What a month costs, billed by the year.
    pub annual_monthly_fee: Option<Money>,
    /// What a year costs, billed by the year.
    pub annual_fee: Option<Money>,
    /// What the plan is, for people.
    pub description: Option<String>,
    /// The product that the plan is part of.
    #[deprecated(note = "Nothing takes its place; a plan has an `id` of its own.")]
    pub product_id: BillingProductId,
    /// Whether it is the default plan.
    pub is_default: bool,
    /// Whether it is charged again and again.
    pub is_recurring: bool,
    /// Whether everybody can see it.
    pub publicly_visible: bool,
    /// Whether something is charged whatever the number of units.
    pub has_base_fee: bool,
    /// Who can subscribe to it.
    pub for_payer_type: PayerType,
    /// Its name in URLs.
    pub slug: String,
    /// A picture.
    pub avatar_url: Option<String>,
    /// What subscribers get.
    pub features: Option<Vec<Feature>>,
    /// Whether it can be tried for free.
    pub free_trial_enabled: bool,
    /// How many days a free trial lasts.
    pub free_trial_days: Option<i64>,
    /// What is charged by the unit, such as seats.
    pub unit_prices: Option<Vec<PlanUnitPrice>>,
}

/// Something that subscribers of a plan get.
#[doc(alias = "FeatureResponse")]
#[doc(alias = "FeatureResponse-2")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Feature {
    /// Always `feature`.
    pub object: ObjectType,
    /// Its id.
    pub id: FeatureId,
    /// Its name.
    pub name: String,
    /// What it is, for people.
    pub description: Option<String>,
    /// Its name in URLs.
    pub slug: String,
    /// A picture.
    pub avatar_url: Option<String>,
}

/// What a plan charges by the unit. Units are sold in blocks, at prices that depend on how many
/// there are.
#[doc(alias = "CommercePlanUnitPrice")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanUnitPrice {
    /// What the units are, such as `seats`.
    pub name: String,
    /// How many units make a block.
    pub block_size: i64,
    /// The tiers of prices.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub tiers: Vec<PlanUnitPriceTier>,
}

/// The blocks of units that have one price.
#[doc(alias = "CommercePlanUnitPriceTier")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanUnitPriceTier {
    /// The first of these blocks.
    pub starts_at_block: i64,
    /// The last of these blocks; `None` if there is no end.
    pub ends_after_block: Option<i64>,
    /// The price of a block.
    pub fee_per_block: Money,
}

open_enum! {
    /// How often a plan is billed.
    pub enum PlanPeriod {
        /// Every month.
        Month = "month",
        /// Every year.
        Annual = "annual",
    }
}

open_enum! {
    /// Who can subscribe to a plan.
    pub enum PayerType {
        /// Users.
        User = "user",
        /// Organizations.
        Org = "org",
    }
}

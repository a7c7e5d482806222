use serde::{Deserialize, Serialize};

use crate::model::macros::{input, open_enum};

input! {
    /// What the identity provider is told of who is about to sign in, as a request says it.
    ///
    /// ```
    /// use clerk_core::model::{LoginHintInput, LoginHintMode};
    /// use serde_json::json;
    ///
    /// let hint = LoginHintInput::new(LoginHintMode::CustomAttribute).source("employee_number");
    /// assert_eq!(
    ///     serde_json::to_value(&hint)?,
    ///     json!({ "mode": "custom_attribute", "source": "employee_number" })
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct LoginHintInput {
        /// What the hint is.
        mode: LoginHintMode,
    }
    struct Optional {
        /// Which member of the user's public metadata is the hint, for
        /// [`CustomAttribute`](LoginHintMode::CustomAttribute).
        source: String,
    }
}

/// What the identity provider is told of who is about to sign in: the parameter `login_hint`.
#[doc(alias = "SAMLConnectionLoginHint")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LoginHint {
    /// What the hint is.
    pub mode: LoginHintMode,
    /// Which member of the user's public metadata is the hint, for
    /// [`CustomAttribute`](LoginHintMode::CustomAttribute).
    pub source: Option<String>,
}

open_enum! {
    /// What a [`LoginHint`] is.
    pub enum LoginHintMode {
        /// The email address.
        EmailAddress = "email_address",
        /// A member of the user's public metadata.
        CustomAttribute = "custom_attribute",
        /// There is none.
        Off = "off",
    }
}

open_enum! {
    /// The identity provider of a SAML connection.
    pub enum SamlProvider {
        /// Any other.
        SamlCustom = "saml_custom",
        /// Okta.
        SamlOkta = "saml_okta",
        /// Google.
        SamlGoogle = "saml_google",
        /// Microsoft.
        SamlMicrosoft = "saml_microsoft",
    }
}

use serde::{Deserialize, Serialize};

use super::Users;
use crate::{
    Timestamp,
    model::{List, ObjectType, TrustedDeviceId, UserId, macros::open_enum},
    operation::macros::operation,
};

operation!(
    Users::list_trusted_devices,
    GET("/users/{user_id}/trusted_devices"),
    returns(List<TrustedDevice>),
    errors(403, 404, 500),
    /// List the trusted devices that a user enrolled, without revoked ones.
    #[doc(alias = "usersListTrustedDevices")]
    #[doc(alias = "listUserTrustedDevices")]
    #[doc(alias = "ListUserTrustedDevicesRequest")]
    pub struct ListUserTrustedDevices {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::revoke_trusted_device,
    DELETE("/users/{user_id}/trusted_devices/{trusted_device_id}"),
    returns(TrustedDevice),
    errors(403, 404, 500),
    /// Revoke a trusted device of a user. It must be active.
    ///
    /// Where an earlier attempt got no answer, an error may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "usersRevokeTrustedDevice")]
    #[doc(alias = "revokeUserTrustedDevice")]
    #[doc(alias = "RevokeUserTrustedDeviceRequest")]
    pub struct RevokeUserTrustedDevice {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The device.
        #[doc(alias = "trustedDeviceId")]
        trusted_device_id: Path<TrustedDeviceId>,
    }
);

/// A device that a user enrolled as trusted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TrustedDevice {
    /// Always `trusted_device`.
    pub object: ObjectType,
    /// Its id.
    pub id: TrustedDeviceId,
    /// What it runs.
    pub platform: TrustedDevicePlatform,
    /// Identifies the app on it.
    pub app_identifier: String,
    /// The name, if it has one.
    pub name: Option<String>,
    /// With what algorithm it signs.
    pub algorithm: TrustedDeviceAlgorithm,
    /// Whether it can be used.
    pub status: TrustedDeviceStatus,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

open_enum! {
    /// What a trusted device runs.
    pub enum TrustedDevicePlatform {
        /// iOS.
        Ios = "ios",
        /// Android.
        Android = "android",
    }
}

open_enum! {
    /// With what algorithm a trusted device signs.
    pub enum TrustedDeviceAlgorithm {
        /// ECDSA with P-256 and SHA-256.
        Es256 = "ES256",
    }
}

open_enum! {
    /// Whether a trusted device can be used.
    pub enum TrustedDeviceStatus {
        /// It can.
        Active = "active",
        /// It was revoked.
        Revoked = "revoked",
    }
}

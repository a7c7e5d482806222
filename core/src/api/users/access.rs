use super::Users;
use crate::{
    model::{User, UserId},
    operation::macros::operation,
};

operation!(
    Users::ban,
    POST("/users/{user_id}/ban"),
    returns(User),
    errors(402),
    // A user who is banned twice is as banned as one who is banned once.
    retry(Safe),
    /// Ban a user: end all sessions, and allow no new ones.
    #[doc(alias = "usersBan")]
    #[doc(alias = "banUser")]
    pub struct BanUser {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::bulk_ban,
    POST("/users/ban"),
    returns(Vec<User>),
    errors(400, 402),
    // As for one user.
    retry(Safe),
    /// Ban users: end all their sessions, and allow no new ones.
    #[doc(alias = "usersBulkBan")]
    pub struct UsersBan {
        /// The users, from 1 to 50.
        #[doc(alias = "userIds")]
        user_ids: Body<Vec<UserId>>,
    }
);

operation!(
    Users::unban,
    POST("/users/{user_id}/unban"),
    returns(User),
    errors(402),
    // A user who is unbanned twice is as unbanned as one who is unbanned once.
    retry(Safe),
    /// Lift the ban of a user, who can sign in again.
    #[doc(alias = "usersUnban")]
    #[doc(alias = "unbanUser")]
    #[doc(alias = "UnbanUserRequest")]
    pub struct UnbanUser {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::bulk_unban,
    POST("/users/unban"),
    returns(Vec<User>),
    errors(400, 402),
    // As for one user.
    retry(Safe),
    /// Lift the bans of users, who can sign in again.
    #[doc(alias = "usersBulkUnban")]
    #[doc(alias = "usersUnban")]
    #[doc(alias = "UsersUnbanRequestBody")]
    pub struct UsersUnban {
        /// The users, from 1 to 50.
        #[doc(alias = "userIds")]
        user_ids: Body<Vec<UserId>>,
    }
);

operation!(
    Users::lock,
    POST("/users/{user_id}/lock"),
    returns(User),
    errors(403),
    // At the worst the lock lasts longer by the time between the two.
    retry(Safe),
    /// Lock a user: allow no new sessions until the lock expires.
    ///
    /// How long a lock lasts is a setting of the instance. Whether it also ends the sessions that
    /// the user has is not documented; [`BanUser`] does.
    #[doc(alias = "usersLock")]
    #[doc(alias = "lockUser")]
    #[doc(alias = "LockUserRequest")]
    pub struct LockUser {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::unlock,
    POST("/users/{user_id}/unlock"),
    returns(User),
    errors(403),
    // A user who is unlocked twice is as unlocked as one who is unlocked once.
    retry(Safe),
    /// Lift the lock of a user, who can sign in again.
    #[doc(alias = "usersUnlock")]
    #[doc(alias = "unlockUser")]
    #[doc(alias = "UnlockUserRequest")]
    pub struct UnlockUser {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

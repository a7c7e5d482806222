//! Those who call the servers, and their tokens.
use std::time::{SystemTime, UNIX_EPOCH};

use clerk_core::testing::{TestKey, TokenBuilder};

/// The key of an instance whose Frontend API would be at clerk.example.com.
pub(crate) const PUBLISHABLE_KEY: &str = "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k";
const ISSUER: &str = "https://clerk.example.com";
pub(crate) const ORIGIN: &str = "https://app.example.com";
const HOUR: i64 = 3600;

/// The tokens by the names that they have in curl lines. Each lives for an hour, where a real one has a minute, and
/// is signed with a key that everybody can read in this repository.
pub(crate) fn tokens() -> Vec<(&'static str, String)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let session = |key: TestKey, user: &str, origin: &str| -> TokenBuilder {
        key.session(user).issuer(ISSUER).authorized_party(origin).lifetime(HOUR)
    };
    let ann = session(TestKey::first(), "user_ann", ORIGIN).organization("org_acme", "org:member");
    let adam = session(TestKey::first(), "user_adam", ORIGIN).organization("org_acme", "org:admin");
    vec![
        ("ANN", ann.clone().permissions(&[("posts", "read")]).mint(now)),
        ("ADMIN", adam.mint(now)),
        // Support, in the place of Ann.
        ("SUPPORT", ann.clone().actor("user_support").mint(now)),
        ("EXPIRED", ann.mint(now - 2 * HOUR)),
        // Made for another front end of the same instance.
        ("ELSEWHERE", session(TestKey::first(), "user_ann", "https://other.example.com").mint(now)),
        // Of another instance.
        ("STRANGER", session(TestKey::second(), "user_ann", ORIGIN).mint(now)),
    ]
}

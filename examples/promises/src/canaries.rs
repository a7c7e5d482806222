//! Secrets that are looked for.
use std::{collections::BTreeMap, fmt::Write as _};

/// How long a piece of a secret must be to be found wherever it begins: of two pieces of half the length, one is in it.
const HALF: usize = 6;

/// Secrets of several kinds, each with a marker of its own, and what was looked through for them.
#[derive(Clone, Debug, Default)]
pub struct Canaries {
    /// What is looked for, and what kind of secret it belongs to.
    needles: BTreeMap<String, &'static str>,
    kinds: Vec<&'static str>,
}

impl Canaries {
    /// A marker for this kind of secret: 24 letters and digits, the same in every run.
    pub fn marker(&mut self, kind: &'static str) -> String {
        // FNV-1a, and then what its bits give: nothing that anybody would write by accident.
        let mut state = kind.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        let alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789".chars();
        let alphabet: Vec<char> = alphabet.collect();
        let mut marker = String::new();
        for _ in 0..24 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(state >> 40).unwrap_or_default() % alphabet.len();
            marker.extend(alphabet.get(at));
        }
        self.add(kind, &marker);
        marker
    }

    /// A secret that is what it is, such as a signed token: each piece of twelve characters counts, as it is and in
    /// base64 and hexadecimal.
    pub fn add(&mut self, kind: &'static str, secret: &str) {
        self.kinds.push(kind);
        let mut forms = vec![secret.to_owned()];
        let mut hexadecimal = String::new();
        for byte in secret.bytes() {
            let _ = write!(hexadecimal, "{byte:02x}");
        }
        forms.push(hexadecimal);
        // Where a text begins in base64 has three ways to come out; what depends on its neighbours is left out.
        forms.extend((0..3).map(|at| {
            let text = base64(&[&vec![b' '; at][..], secret.as_bytes()].concat());
            text.chars().skip(4).take(text.len().saturating_sub(8)).collect()
        }));
        for form in forms {
            for piece in form.as_bytes().chunks_exact(HALF) {
                self.needles.insert(String::from_utf8_lossy(piece).into_owned(), kind);
            }
        }
    }

    /// How many kinds there are.
    pub fn kinds(&self) -> usize {
        self.kinds.len()
    }

    /// The kinds of secrets of which a piece is in `text`.
    pub fn found(&self, text: &str) -> Vec<&'static str> {
        let mut found: Vec<_> = self
            .needles
            .iter()
            .filter(|(needle, kind)| {
                text.match_indices(needle.as_str()).any(|(at, _)| self.is_long(text, at, kind))
            })
            .map(|(_, kind)| *kind)
            .collect();
        found.dedup();
        found
    }

    /// Whether more of the same secret is beside a piece: six characters alone may be anybody's.
    fn is_long(&self, text: &str, at: usize, kind: &str) -> bool {
        let is_piece = |from: usize| {
            text.get(from..from.saturating_add(HALF))
                .and_then(|piece| self.needles.get(piece))
                .is_some_and(|other| *other == kind)
        };
        is_piece(at.saturating_add(HALF)) || at.checked_sub(HALF).is_some_and(is_piece)
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks_exact(3) {
        let bits = three.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for shift in [18, 12, 6, 0] {
            text.extend(ALPHABET.get(bits >> shift & 63).map(|byte| char::from(*byte)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_in_every_form() {
        let mut canaries = Canaries::default();
        let marker = canaries.marker("a kind");
        canaries.marker("another kind");
        for (text, found) in [
            (format!("Bearer {marker}"), true),
            (marker[6..18].to_owned(), true),
            (marker[..6].to_owned(), false),
            (base64(format!("user:{marker}:").as_bytes()), true),
            (base64(format!("user2:{marker}:").as_bytes()), true),
            (base64(format!("user22:{marker}:").as_bytes()), true),
            ("nothing at all".to_owned(), false),
        ] {
            assert_eq!(
                canaries.found(&text),
                if found { vec!["a kind"] } else { vec![] },
                "{text}"
            );
        }
    }
}

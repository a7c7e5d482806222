//! Numbers that look random and are the same in every run.
use std::time::Duration;

/// A generator: `SplitMix64`, which is small and good enough to choose faults.
#[derive(Clone, Debug)]
pub struct Random(u64);

/// The seed of this run: `CLERK_PROMISES_SEED`, if it is a number.
pub fn seed() -> u64 {
    let text = std::env::var("CLERK_PROMISES_SEED").unwrap_or_default();
    text.parse().unwrap_or(20_260_512)
}

impl Random {
    /// Another sequence for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Another sequence for each of many, such as connections and calls: whoever comes first, each
    /// has its own.
    pub fn of(seed: u64, kind: u64, number: usize) -> Self {
        let mut random = Self(seed ^ kind.wrapping_mul(0xD1B5_4A32_D192_ED03));
        Self(random.number() ^ (number as u64).wrapping_mul(0xA24B_AED4_963E_E407))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() >> 1).unwrap_or_default().checked_rem(end).unwrap_or_default()
    }

    /// Whether something happens that does so `percent` times out of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of some values; the default of the type if there are none.
    pub fn one_of<T: Clone + Default>(&mut self, values: &[T]) -> T {
        let at = self.below(values.len());
        values.get(at).cloned().unwrap_or_default()
    }

    /// Less than so many milliseconds, in steps of microseconds.
    pub fn millis_below(&mut self, end: usize) -> Duration {
        Duration::from_micros(self.below(end.saturating_mul(1000)) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let mut random = Random::new(0);
        // The first numbers of SplitMix64, as published.
        assert_eq!(
            [random.number(), random.number()],
            [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4]
        );
        assert_eq!(Random::of(1, 2, 3).number(), Random::of(1, 2, 3).number());
        assert_ne!(Random::of(1, 2, 3).number(), Random::of(1, 2, 4).number());
        assert_eq!((random.below(0), random.one_of::<u8>(&[])), (0, 0));
        assert!((0..1000).all(|_| random.below(7) < 7));
    }
}

//! Which passages are worth a closer look, by how long they are and how often a word stands in them.

/// Up to how many times a word may stand in a passage for it to be told whether that is enough.
const COUNTS: usize = 16;

/// How much higher the threshold may be than the one that was reckoned with.
const STALE: f64 = 1.02;

/// Tells which passages may reach a threshold, without scoring them.
pub(super) struct Worthwhile {
    threshold: f64,
    /// By how often the word stands in a passage, the number of lengths, from the shortest, that are short enough. The
    /// last one is for all higher counts.
    lengths: [u16; COUNTS],
}

impl Default for Worthwhile {
    fn default() -> Self {
        Self { threshold: 0.0, lengths: [256; COUNTS] }
    }
}

impl Worthwhile {
    /// Takes account of a threshold, which is never lower than the one before. `score` tells what a passage gets whose
    /// length has this number and in which the word stands so often; a longer one never gets more.
    pub(super) fn raise(&mut self, threshold: f64, score: impl Fn(u8, u32) -> f64) {
        if threshold <= self.threshold * STALE {
            return;
        }
        self.threshold = threshold;
        for (count, lengths) in (0..).zip(&mut self.lengths[..COUNTS - 1]) {
            let reaches = |length: u16| score(u8::try_from(length).unwrap_or(u8::MAX), count) >= threshold;
            let (mut short, mut long) = (0, 256);
            while short < long {
                let middle = u16::midpoint(short, long);
                if reaches(middle) { short = middle + 1 } else { long = middle }
            }
            *lengths = short;
        }
    }

    /// Whether there are passages that cannot reach the threshold, as far as is known.
    pub(super) fn tells(&self) -> bool {
        self.threshold > 0.0
    }

    /// Whether a passage may reach the threshold; true for every one that does.
    pub(super) fn holds(&self, length: u8, count: u32) -> bool {
        u16::from(length) < self.lengths[(count as usize).min(COUNTS - 1)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_reaches_the_threshold_is_held_worthwhile(
            mut thresholds in prop::collection::vec(0.0..1.2_f64, 1..5),
            length in 0..=u8::MAX,
            count in 1..30_u32,
        ) {
            thresholds.sort_by(f64::total_cmp);
            let score = |length, count| f64::from(count) / (f64::from(count) + 0.3 + 0.02 * f64::from(length));
            let mut worthwhile = Worthwhile::default();
            for threshold in thresholds {
                worthwhile.raise(threshold, score);
                let reaches = score(length, count) >= threshold;
                prop_assert!(worthwhile.holds(length, count) || !reaches);
                let is_far = score(length, count) * STALE < threshold && (count as usize) < COUNTS - 1;
                prop_assert!(!(worthwhile.holds(length, count) && is_far));
            }
        }
    }
}

//! What documents state of themselves, as terms that can be filtered by and counted.
//!
//! A fact is a value under a name; a value may be a list, of which each member counts, or hold facts of its own,
//! whose names follow behind a dot. The field `fact` of each passage has for each value of its document the term
//!
//! ```text
//! key U+0000 value U+0000 kind
//! ```
//!
//! and for each key `key U+0000` alone. Keys are folded, values are as they were stated: they are folded when they
//! are compared, so that they can be shown. Documents are hostile, so all of it is bounded: [`MAX_FACTS`] terms a
//! document, [`MAX_KEY`] bytes a key, [`MAX_VALUE`] bytes a value. What goes beyond is still stored with the passage.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::analysis::fold_case;

/// The most terms that the facts of one document give; those of the last keys are left out.
pub const MAX_FACTS: usize = 256;

/// The longest key, in bytes; facts with longer ones give no terms.
pub const MAX_KEY: usize = 128;

/// The longest value, in bytes; longer ones are cut to it and can be found by their beginnings alone.
pub const MAX_VALUE: usize = 256;

/// How deep facts may hold facts.
const MAX_DEPTH: usize = 16;

const SEPARATOR: char = '\0';

/// One value of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact<'t> {
    /// The value, as text.
    pub value: &'t str,
    /// What the value was.
    pub kind: FactKind,
}

/// What the value of a fact was before it became a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// A text, or true or false.
    Text,
    /// A number.
    Number,
    /// A text that was cut to the length of a term.
    Cut,
}

impl Fact<'_> {
    /// Whether the value is only the beginning of what was stated.
    pub fn is_cut(&self) -> bool {
        self.kind == FactKind::Cut
    }
}

impl FactKind {
    const ALL: [(Self, char); 3] = [(Self::Text, 't'), (Self::Number, 'n'), (Self::Cut, 'c')];

    fn letter(self) -> char {
        let of_kind = Self::ALL.iter().find(|(kind, _)| *kind == self);
        of_kind.expect("every kind has a letter").1
    }
}

/// The form of a key in which keys are the same: folded, with `_` for each character that cannot be typed in one.
pub fn folded_key(key: &str) -> String {
    let is_plain = |c: char| match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || "_-./@".contains(c),
        false => !c.is_whitespace() && !c.is_control() && !"“”„‟\u{ff02}\u{200b}\u{feff}".contains(c),
    };
    fold_case(key).chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

/// What the terms of all values of a folded key start with; by itself the term that says that there is one.
pub fn terms_of_key(key: &str) -> String {
    format!("{key}{SEPARATOR}")
}

/// The fact that a term holds, if it holds more than a key.
pub fn fact_of_term(term: &str) -> Option<Fact<'_>> {
    let (_, fact) = term.split_once(SEPARATOR)?;
    let (value, letter) = fact.rsplit_once(SEPARATOR)?;
    let (kind, _) = FactKind::ALL.into_iter().find(|(_, known)| letter.starts_with(*known))?;
    Some(Fact { value, kind })
}

/// The terms of a document's facts.
pub(super) fn terms(facts: &BTreeMap<String, Value>) -> BTreeSet<String> {
    let mut terms = Terms::default();
    for (key, value) in facts {
        terms.add(&folded_key(key), value, MAX_DEPTH);
    }
    terms.0
}

#[derive(Default)]
struct Terms(BTreeSet<String>);

impl Terms {
    fn add(&mut self, key: &str, value: &Value, depth: usize) {
        if key.len() > MAX_KEY || depth == 0 || self.0.len() >= MAX_FACTS {
            return;
        }
        match value {
            Value::Null => {}
            Value::Bool(value) => self.add_value(key, &value.to_string(), FactKind::Text),
            Value::Number(number) => self.add_value(key, &shown_number(number), FactKind::Number),
            Value::String(text) => self.add_text(key, text),
            Value::Array(values) => values.iter().for_each(|value| self.add(key, value, depth - 1)),
            Value::Object(facts) => {
                self.put(terms_of_key(key));
                for (inner, value) in facts {
                    self.add(&format!("{key}.{}", folded_key(inner)), value, depth - 1);
                }
            }
        }
    }

    fn add_text(&mut self, key: &str, text: &str) {
        let is_cut = text.len() > MAX_VALUE;
        let text: String = text[..text.floor_char_boundary(MAX_VALUE)]
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        match is_cut {
            true => self.add_value(key, text.trim_start(), FactKind::Cut),
            false => self.add_value(key, text.trim(), FactKind::Text),
        }
    }

    fn add_value(&mut self, key: &str, value: &str, kind: FactKind) {
        self.put(terms_of_key(key));
        self.put(format!("{key}{SEPARATOR}{value}{SEPARATOR}{}", kind.letter()));
    }

    fn put(&mut self, term: String) {
        if self.0.len() < MAX_FACTS {
            self.0.insert(term);
        }
    }
}

/// A number in one form: a whole one without a fraction.
fn shown_number(number: &serde_json::Number) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(value) if number.is_f64() && value.fract() == 0.0 && value.abs() < EXACT => {
            format!("{value:.0}")
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn terms_of(facts: Value) -> Vec<String> {
        let Value::Object(facts) = facts else { panic!("facts are an object") };
        terms(&facts.into_iter().collect()).into_iter().map(|term| term.replace(SEPARATOR, "|")).collect()
    }

    #[test]
    fn values_lists_and_facts_of_facts_become_terms() {
        let facts = json!({"Desk": "Asia", "tags": ["a", "B", "a"], "n": 10.0, "on": true, "none": null,
            "by": [{"Name": "Kim", "age": 30}], "publication date": "2023-11-12"});
        assert_eq!(
            terms_of(facts),
            [
                "by|",
                "by.age|",
                "by.age|30|n",
                "by.name|",
                "by.name|Kim|t",
                "desk|",
                "desk|Asia|t",
                "n|",
                "n|10|n",
                "on|",
                "on|true|t",
                "publication_date|",
                "publication_date|2023-11-12|t",
                "tags|",
                "tags|B|t",
                "tags|a|t",
            ]
        );
    }

    #[test]
    fn long_values_are_cut_and_long_keys_left_out() {
        let (value, key) = ("é".repeat(MAX_VALUE), "k".repeat(MAX_KEY + 1));
        let terms = terms_of(json!({ "a": value, key: 1 }));
        assert_eq!(terms, ["a|".to_owned(), format!("a|{}|c", "é".repeat(MAX_VALUE / 2))]);
    }

    #[test]
    fn a_document_gives_a_bounded_number_of_terms() {
        let many: Vec<_> = (0..10_000).collect();
        assert_eq!(terms_of(json!({ "a": many, "b": 1 })).len(), MAX_FACTS);
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!({ "a": deep });
        }
        assert!(terms_of(json!({ "a": deep })).len() <= MAX_DEPTH);
    }

    proptest! {
        #[test]
        fn a_term_gives_its_fact_back(key in any::<String>(), value in any::<String>()) {
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            let terms = terms(&BTreeMap::from([(key.clone(), Value::String(value.clone()))]));
            let start = terms_of_key(&folded_key(&key));
            for term in &terms {
                prop_assert!(term.starts_with(&start));
                let is_whole = value.len() <= MAX_VALUE;
                if let Some(fact) = fact_of_term(term).filter(|_| is_whole) {
                    prop_assert_eq!(fact, Fact { value: value.trim(), kind: FactKind::Text });
                } else {
                    prop_assert!(term == &start || !is_whole);
                }
            }
        }
    }
}

//! Placeholder.

use super::compose::Composition;
use super::{ExtractError, Extracted, extracted};
use crate::document::Facts;

/// Extracts what it holds.
pub(super) fn extract(_bytes: &[u8]) -> Result<Extracted, ExtractError> {
    Ok(extracted(Facts::default(), Composition::default().finish()))
}

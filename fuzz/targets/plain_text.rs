//! Reads any bytes as plain text.
#![no_main]

use tidings::document::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidings_fuzz::text(Format::Text, bytes));

//! Reads any bytes as a manual page.
#![no_main]

use tidings::document::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidings_fuzz::text(Format::Man, bytes));

//! Reads any bytes as JSON Lines.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidings_fuzz::json_lines(bytes));

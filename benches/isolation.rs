//! What reading a document in a child costs beyond reading it in the process: `cargo bench --bench isolation`.
//!
//! Both read the same fixtures in turns, in one run, so that the difference does not depend on the machine's mood.

use std::ffi::OsString;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use tidings::document::Format;
use tidings::extract::extract_binary;
use tidings::isolate::{ARGUMENT, Children, Options};

/// How often each document is read in each way.
const ROUNDS: usize = 300;

#[expect(clippy::print_stdout, reason = "a bench shows its table")]
fn main() {
    let command: Vec<OsString> = vec![env!("CARGO_BIN_EXE_tidings").into(), ARGUMENT.into()];
    let options = Options { command, ..Options::default() };
    let mut children = Children::new(&options);
    println!("{:<28} {:>9} {:>10} {:>10} {:>10}", "document", "bytes", "inside", "in a child", "more");
    for (name, format) in [
        ("workbook.libreoffice.xls", Format::Xls),
        ("workbook.libreoffice.xlsx", Format::Xlsx),
        ("report.libreoffice.odt", Format::Odt),
        ("report.pandoc.epub", Format::Epub),
        ("report.libreoffice.pdf", Format::Pdf),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        let bytes = fs::read(path).expect("a fixture");
        let (mut inside, mut in_child) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let expected = black_box(extract_binary(&bytes, format)).expect("a fixture can be read");
            inside.push(start.elapsed());
            let start = Instant::now();
            let found = black_box(children.extract(&bytes, format)).expect("a child reads it too");
            in_child.push(start.elapsed());
            assert_eq!(expected, found);
        }
        let (inside, in_child) = (median(inside), median(in_child));
        let more = in_child.saturating_sub(inside);
        println!("{name:<28} {:>9} {inside:>10.1?} {in_child:>10.1?} {more:>10.1?}", bytes.len());
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

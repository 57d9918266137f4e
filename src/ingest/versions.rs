//! What a pass reads again when an extractor has become a better one.

use std::sync::Mutex;

use super::*;
use crate::extract;
use crate::index::Kind;

/// Makes a pass over `folder`, a moment after what is in it was last changed; gives its report and which files it read.
fn pass(folder: &Path, index: &Path) -> (Report, usize) {
    let read = Mutex::new(0);
    let mut writer = Writer::open(index, Duration::ZERO).expect("an index");
    let options = Options { roots: vec![folder.to_owned()], ..Options::default() };
    let tell = |event: Event<'_>| {
        if let Event::FileDone { .. } = event {
            *read.lock().expect("not poisoned") += 1;
        }
    };
    let report = ingest(&mut writer, index, &options, &tell).expect("a pass");
    writer.close().expect("closed");
    (report, read.into_inner().expect("not poisoned"))
}

/// Puts it on record that a file was read by the extractor of an older version.
fn read_by_older(index: &Path, file: &str) {
    let mut writer = Writer::open(index, Duration::ZERO).expect("an index");
    let snapshot = Snapshot::open(index).expect("an index");
    let manifest = snapshot.manifest().expect("a manifest");
    let (id, before) = manifest.iter().find(|(id, _)| id.ends_with(file)).expect("the file");
    let mut record = snapshot.record(id).expect("readable").expect("the record");
    record.fingerprint.extractor -= 256;
    let mut composer = writer.composer(&Dictionaries::default());
    composer.put(record, &[], Kind::Document, Some(before)).expect("put");
    writer.commit().expect("committed");
    writer.close().expect("closed");
}

#[test]
fn an_extractor_that_is_improved_reads_its_own_documents_again_and_no_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = tempfile::tempdir().expect("a folder");
    let index = index.path().join("index");
    let long_ago = std::time::SystemTime::now() - Duration::from_secs(3_600);
    for (name, content) in [("a.md", "# One"), ("b.txt", "Two"), ("c.csv", "d,e\n1,2\n")] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        std::fs::File::options()
            .append(true)
            .open(&path)
            .and_then(|file| file.set_modified(long_ago))
            .expect("dated");
    }
    let (report, read) = pass(folder.path(), &index);
    assert_eq!((report.added, read), (3, 3));
    assert_eq!(pass(folder.path(), &index).1, 0, "nothing changed");
    read_by_older(&index, "a.md");
    let (report, read) = pass(folder.path(), &index);
    assert_eq!((report.unchanged, report.changed, read), (3, 0, 1));
    let snapshot = Snapshot::open(&index).expect("an index");
    assert_eq!(snapshot.meta().totals.passages, 3, "its passages are there again");
    assert_eq!(pass(folder.path(), &index).1, 0);
}

#[test]
fn what_holds_other_formats_is_opened_again_when_any_of_these_is_read_otherwise() {
    use crate::document::Format;
    let holders = [Format::Zip, Format::Tar, Format::Email, Format::Mbox];
    let others = Format::ALL.into_iter().filter(|format| !holders.contains(format));
    let sum: u32 = others.map(extract::version).sum();
    for holder in holders {
        assert!(extract::version(holder) > sum, "{holder}");
        assert!(
            extract::extractor(Some(holder)) < 1 << 16,
            "{holder}: there is room for the rules beside it"
        );
    }
}

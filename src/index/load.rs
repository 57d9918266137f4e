//! How much waits for tantivy's threads: bounded in bytes, since tantivy itself counts documents, however large.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tantivy::TantivyDocument;
use tantivy::schema::document::Document;

/// How many bytes of entries may wait. More than this only where one document alone has more.
const MOST: usize = 24 << 20;

/// How long to wait at most: threads that have ended take nothing any more, which the writer is told another way.
const PATIENCE: Duration = Duration::from_secs(60);

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Load {
    waiting: Mutex<usize>,
    less: Condvar,
}

/// A part of what waits, until it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    load: Arc<Load>,
    bytes: usize,
}

impl Load {
    /// Adds so many bytes, when there is room for them.
    pub(super) fn add(self: &Arc<Self>, bytes: usize) -> Arc<Share> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |waiting: &mut usize| *waiting > 0 && *waiting + bytes > MOST;
        let outcome = self.less.wait_timeout_while(waiting, PATIENCE, is_full);
        let (mut waiting, _) = outcome.unwrap_or_else(PoisonError::into_inner);
        *waiting += bytes;
        Arc::new(Share { load: Arc::clone(self), bytes })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut waiting = self.load.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting -= self.bytes;
        self.load.less.notify_one();
    }
}

/// An entry on its way to tantivy, with its document's share of what waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) entry: TantivyDocument,
    pub(super) _share: Arc<Share>,
}

impl Document for Waiting {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.entry.iter_fields_and_values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_waits_until_there_is_room() {
        let load = Arc::new(Load::default());
        let first = load.add(MOST);
        let adding = {
            let load = Arc::clone(&load);
            std::thread::spawn(move || drop(load.add(2 * MOST)))
        };
        assert_eq!(
            *load.waiting.lock().expect("not poisoned"),
            MOST,
            "the second is larger than what is left"
        );
        drop(first);
        adding.join().expect("it was added");
        assert_eq!(*load.waiting.lock().expect("not poisoned"), 0);
    }
}

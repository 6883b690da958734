//! What a node keeps through a crash: its vote, its log and its last snapshot. The disk never fails
//! here, and takes no time.

use super::Types;
use openraft::{
    BasicNode, Entry, LogId, LogState, OptionalSend, RaftLogReader, SnapshotMeta, StorageError, Vote,
    storage::{LogFlushed, RaftLogStorage},
};
use std::{
    collections::BTreeMap,
    fmt::Debug,
    ops::RangeBounds,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A clone is the same disk: a node that is restarted finds what it wrote.
#[derive(Clone, Default)]
pub struct Disk(Arc<Mutex<Written>>);

#[derive(Default)]
struct Written {
    vote: Option<Vote<u64>>,
    log: BTreeMap<u64, Entry<Types>>,
    purged: Option<LogId<u64>>,
    snapshot: Option<Kept>,
}

/// A snapshot: what it is of, and the register then.
#[derive(Clone)]
pub struct Kept {
    pub meta: SnapshotMeta<u64, BasicNode>,
    pub value: u64,
}

impl Disk {
    /// Keeps a snapshot instead of the one before.
    pub fn keep(&self, snapshot: Kept) {
        self.written().snapshot = Some(snapshot);
    }

    /// The last snapshot.
    pub fn snapshot(&self) -> Option<Kept> {
        self.written().snapshot.clone()
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        // No code that can panic runs with the lock held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RaftLogReader<Types> for Disk {
    async fn try_get_log_entries<R: RangeBounds<u64> + Clone + Debug + OptionalSend>(
        &mut self,
        range: R,
    ) -> Result<Vec<Entry<Types>>, StorageError<u64>> {
        Ok(self.written().log.range(range).map(|(_, entry)| entry.clone()).collect())
    }
}

impl RaftLogStorage<Types> for Disk {
    type LogReader = Disk;

    async fn get_log_state(&mut self) -> Result<LogState<Types>, StorageError<u64>> {
        let written = self.written();
        let last = written.log.last_key_value().map(|(_, entry)| entry.log_id).or(written.purged);
        Ok(LogState { last_purged_log_id: written.purged, last_log_id: last })
    }

    async fn get_log_reader(&mut self) -> Disk {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote<u64>) -> Result<(), StorageError<u64>> {
        self.written().vote = Some(*vote);
        Ok(())
    }

    async fn read_vote(&mut self) -> Result<Option<Vote<u64>>, StorageError<u64>> {
        Ok(self.written().vote)
    }

    async fn append<I>(&mut self, entries: I, flushed: LogFlushed<Types>) -> Result<(), StorageError<u64>>
    where
        I: IntoIterator<Item = Entry<Types>> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        self.written().log.extend(entries.into_iter().map(|entry| (entry.log_id.index, entry)));
        flushed.log_io_completed(Ok(()));
        Ok(())
    }

    async fn truncate(&mut self, from: LogId<u64>) -> Result<(), StorageError<u64>> {
        self.written().log.split_off(&from.index);
        Ok(())
    }

    async fn purge(&mut self, upto: LogId<u64>) -> Result<(), StorageError<u64>> {
        let mut written = self.written();
        written.log = written.log.split_off(&(upto.index + 1));
        written.purged = Some(upto);
        Ok(())
    }
}

//! The register: a state machine in memory, filled from snapshot and log again after a crash.
//!
//! A write that came late, after a newer one, changes nothing: clients that hear no answer ask again.

use super::{
    Types,
    disk::{Disk, Kept},
};
use openraft::{
    BasicNode, Entry, EntryPayload, LogId, OptionalSend, RaftSnapshotBuilder, Snapshot, SnapshotMeta,
    StorageError, StorageIOError, StoredMembership, storage::RaftStateMachine,
};
use std::{
    io::Cursor,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A clone is the same register.
#[derive(Clone)]
pub struct Register {
    state: Arc<Mutex<State>>,
    disk: Disk,
}

#[derive(Default)]
struct State {
    value: u64,
    applied: Option<LogId<u64>>,
    membership: StoredMembership<u64, BasicNode>,
}

impl Register {
    /// As it was at the last snapshot on this disk.
    pub fn new(disk: Disk) -> Self {
        let state = disk.snapshot().map(State::from).unwrap_or_default();
        Register { state: Arc::new(Mutex::new(state)), disk }
    }

    /// What this node knows, which others may be ahead of.
    pub fn value(&self) -> u64 {
        self.state().value
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs with the lock held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn apply(&mut self, entry: Entry<Types>) -> u64 {
        self.applied = Some(entry.log_id);
        match entry.payload {
            EntryPayload::Blank => {}
            EntryPayload::Normal(value) => self.value = self.value.max(value),
            EntryPayload::Membership(members) => {
                self.membership = StoredMembership::new(Some(entry.log_id), members);
            }
        }
        self.value
    }

    fn keep(&self) -> Kept {
        let meta = SnapshotMeta {
            last_log_id: self.applied,
            last_membership: self.membership.clone(),
            snapshot_id: format!("{:?}", self.applied),
        };
        Kept { meta, value: self.value }
    }
}

impl From<Kept> for State {
    fn from(Kept { meta, value }: Kept) -> State {
        State { value, applied: meta.last_log_id, membership: meta.last_membership }
    }
}

impl From<Kept> for Snapshot<Types> {
    fn from(Kept { meta, value }: Kept) -> Snapshot<Types> {
        Snapshot { meta, snapshot: Box::new(Cursor::new(value.to_le_bytes().to_vec())) }
    }
}

impl RaftSnapshotBuilder<Types> for Register {
    async fn build_snapshot(&mut self) -> Result<Snapshot<Types>, StorageError<u64>> {
        let kept = self.state().keep();
        self.disk.keep(kept.clone());
        Ok(kept.into())
    }
}

impl RaftStateMachine<Types> for Register {
    type SnapshotBuilder = Register;

    async fn applied_state(
        &mut self,
    ) -> Result<(Option<LogId<u64>>, StoredMembership<u64, BasicNode>), StorageError<u64>> {
        let state = self.state();
        Ok((state.applied, state.membership.clone()))
    }

    async fn apply<I>(&mut self, entries: I) -> Result<Vec<u64>, StorageError<u64>>
    where
        I: IntoIterator<Item = Entry<Types>> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let mut state = self.state();
        Ok(entries.into_iter().map(|entry| state.apply(entry)).collect())
    }

    async fn get_snapshot_builder(&mut self) -> Register {
        self.clone()
    }

    async fn begin_receiving_snapshot(&mut self) -> Result<Box<Cursor<Vec<u8>>>, StorageError<u64>> {
        Ok(Box::default())
    }

    async fn install_snapshot(
        &mut self,
        meta: &SnapshotMeta<u64, BasicNode>,
        snapshot: Box<Cursor<Vec<u8>>>,
    ) -> Result<(), StorageError<u64>> {
        let bytes = snapshot.into_inner().try_into().map_err(|bytes: Vec<u8>| {
            let why = std::io::Error::other(format!("a snapshot of {} bytes is no number", bytes.len()));
            StorageIOError::read_snapshot(Some(meta.signature()), &why)
        })?;
        let kept = Kept { meta: meta.clone(), value: u64::from_le_bytes(bytes) };
        self.disk.keep(kept.clone());
        *self.state() = kept.into();
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> Result<Option<Snapshot<Types>>, StorageError<u64>> {
        Ok(self.disk.snapshot().map(Snapshot::from))
    }
}

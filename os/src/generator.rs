//! A generator that another crate keeps in a thread-local, found by watching its bytes.
//!
//! Some generators are seeded from a count of the whole process, once a thread, and no function sets them:
//! what they draw follows no seed. But their states are among the thread-locals of this program, a block
//! of memory that is laid out alike on every thread. So on a thread of its own it is watched which bytes of
//! the block change when the generator draws; on another, whether it begins with what is put there. Only
//! if it does, to the last bit, is it found. Otherwise nothing is ever written, and all is as it was.
//!
//! The state must be 64 bits, at the same place on all threads, beside one byte that says whether there is
//! one. Linux only: elsewhere the bounds of the block are not told.

/// A generator in a thread-local of another crate, with a state of 64 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Generator {
    /// How far the state is from this crate's thread-local, in bytes.
    state: isize,
    /// And the byte that says whether there is one.
    mark: isize,
    /// What it says then.
    there: u8,
}

/// What a generator had on this thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kept {
    mark: u8,
    state: u64,
}

#[cfg(not(all(overrides, target_os = "linux")))]
impl Generator {
    /// Finds the generator that `draw` draws from, if it can be found.
    ///
    /// `prepare` does what comes before the first draw on a thread: it initialises what else the crate
    /// keeps there.
    pub fn find(_prepare: fn(), _draw: fn()) -> Option<Generator> {
        None
    }

    /// Gives the generator of this thread a state, and returns what it had.
    pub fn seed(&self, _state: u64) -> Kept {
        Kept { mark: self.there, state: 0 }
    }

    /// Gives it back what it had.
    pub fn restore(&self, _kept: Kept) {}
}

#[cfg(all(overrides, target_os = "linux"))]
mod found {
    use super::{Generator, Kept};
    use crate::here::{address, outside};
    use libc::{c_int, c_void, dl_phdr_info, size_t};
    use std::{
        hash::{BuildHasher as _, RandomState},
        hint::black_box,
        ops::Range,
        ptr::{with_exposed_provenance, with_exposed_provenance_mut},
        thread::Builder,
    };

    /// Blocks that are larger are not looked at.
    const LARGEST: usize = 1 << 16;
    /// How many draws are watched: one of them changes each byte of the state.
    const DRAWS: usize = 16;

    impl Generator {
        /// Finds the generator that `draw` draws from, if it can be found.
        ///
        /// `prepare` does what comes before the first draw on a thread: it initialises what else the crate
        /// keeps there. Starts a thread, or two, so it is best called once.
        ///
        /// ```
        /// use reenact_os::Generator;
        /// use std::cell::Cell;
        ///
        /// thread_local!(static STATE: Cell<Option<u64>> = const { Cell::new(None) });
        /// fn draw() -> u64 {
        ///     let state = STATE.get().unwrap_or(99).wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        ///     STATE.set(Some(state));
        ///     state
        /// }
        /// # if reenact_os::SUPPORTED && cfg!(target_os = "linux") {
        /// let generator = Generator::find(|| (), || { draw(); }).expect("it is found");
        /// let kept = generator.seed(7);
        /// let first = draw();
        /// generator.seed(7);
        /// assert_eq!(draw(), first);
        /// generator.restore(kept);
        /// # }
        /// ```
        pub fn find(prepare: fn(), draw: fn()) -> Option<Generator> {
            let (found, states) = on_a_new_thread(move || watched(prepare, draw))??;
            let follows = if read(at(found.mark)) == found.there {
                // It drew on this thread already, and what is asked is how it begins.
                on_a_new_thread(move || found.follows(&states, draw))?
            } else {
                found.follows(&states, draw)
            };
            follows.then_some(found)
        }

        /// Gives the generator of this thread a state, and returns what it had.
        pub fn seed(&self, state: u64) -> Kept {
            let kept = Kept { mark: read(at(self.mark)), state: self.read() };
            // Zero is where generators of shifts stand still.
            self.restore(Kept { mark: self.there, state: state.max(1) });
            kept
        }

        /// Gives it back what it had.
        pub fn restore(&self, kept: Kept) {
            write(at(self.mark), kept.mark);
            for (place, byte) in (at(self.state)..).zip(kept.state.to_ne_bytes()) {
                write(place, byte);
            }
        }

        fn read(&self) -> u64 {
            let mut bytes = [0; 8];
            for (place, byte) in (at(self.state)..).zip(&mut bytes) {
                *byte = read(place);
            }
            u64::from_ne_bytes(bytes)
        }

        /// Whether on this thread, where it never drew, it goes on from the first of these states.
        fn follows(&self, states: &[u64], draw: fn()) -> bool {
            let Some((&first, rest)) = states.split_first() else { return false };
            let kept = self.seed(first);
            let follows = rest.iter().all(|&state| {
                draw();
                self.read() == state && read(at(self.mark)) == self.there
            });
            self.restore(kept);
            follows
        }
    }

    /// Watches the block of this thread while `draw` is called: what it says of the generator, and the states
    /// that it had in turn.
    fn watched(prepare: fn(), draw: fn()) -> Option<(Generator, Vec<u64>)> {
        let block = block()?;
        prepare();
        // The keys of hash maps change with each that is made, and a seed may be made of them.
        let key = || black_box(RandomState::new().hash_one(0));
        key();
        let before = copy(&block);
        key();
        let noise = copy(&block);
        let mut copies: Vec<Vec<u8>> = (0..=DRAWS).map(|_| vec![0; block.len()]).collect();
        for copy in &mut copies {
            draw();
            copy_to(&block, copy);
        }
        let is_noise = |i: usize| (i & !7..(i & !7) + 8).any(|j| before.get(j) != noise.get(j));
        let changes = |i: &usize| copies.windows(2).any(|two| two[0][*i] != two[1][*i]) && !is_noise(*i);
        let changed: Vec<usize> = (0..block.len()).filter(changes).collect();
        let (&first, &last) = (changed.first()?, changed.last()?);
        let state = first & !3;
        // Within a word on each side, one byte says that there is a state now.
        let beside = state.saturating_sub(8)..(state + 16).min(block.len());
        let told = |i: &usize| !(state..state + 8).contains(i) && noise[*i] != copies[0][*i] && !is_noise(*i);
        let marks: Vec<usize> = beside.filter(told).collect();
        let &[mark] = marks.as_slice() else { return None };
        if last >= state + 8 || state + 8 > block.len() {
            return None;
        }
        let distance = |i: usize| (block.start + i).wrapping_sub(address()).cast_signed();
        let found = Generator { state: distance(state), mark: distance(mark), there: copies[0][mark] };
        let word = |copy: &Vec<u8>| copy[state..state + 8].try_into().map(u64::from_ne_bytes).ok();
        Some((found, copies.iter().filter_map(word).collect()))
    }

    fn on_a_new_thread<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> Option<R> {
        let thread = Builder::new().name("reenact-generator".to_owned());
        outside(|| thread.spawn(f)).ok()?.join().ok()
    }

    /// Where something is on this thread that is so far from this crate's thread-local.
    fn at(distance: isize) -> usize {
        address().wrapping_add_signed(distance)
    }

    fn read(place: usize) -> u8 {
        // SAFETY: the place is in the block of this thread: it is in the bounds that the dynamic linker
        // told, or as far from `HERE` as one that was, and all threads have the same layout. The block was
        // filled by the loader, so every byte has a value, and no other thread uses it. The read is volatile,
        // so nothing is concluded from it about what Rust keeps there.
        unsafe { with_exposed_provenance::<u8>(place).read_volatile() }
    }

    fn write(place: usize, byte: u8) {
        // SAFETY: the place is in the block of this thread, as above. It holds the state of a generator, or
        // the mark beside it: that was watched, and tried out with these very bytes. They are those that the
        // generator itself has put there, or any for the state, of which each is a value. It is plain memory
        // in a cell, to which no reference exists while none of that crate's functions runs; none does, for
        // it is user code that calls this, or the beginning and the end of a run.
        unsafe { with_exposed_provenance_mut::<u8>(place).write_volatile(byte) }
    }

    fn copy(block: &Range<usize>) -> Vec<u8> {
        let mut copy = vec![0; block.len()];
        copy_to(block, &mut copy);
        copy
    }

    fn copy_to(block: &Range<usize>, copy: &mut [u8]) {
        for (place, byte) in block.clone().zip(copy) {
            *byte = read(place);
        }
    }

    /// The thread-locals of this thread, as far as they are those of the program or library that holds this
    /// crate's.
    fn block() -> Option<Range<usize>> {
        let mut block: Option<Range<usize>> = None;
        // SAFETY: the function below is what is asked for, and the pointer is to a local variable of the
        // type that it expects.
        unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut block).cast()) };
        block.filter(|block| block.len() <= LARGEST)
    }

    /// Called for each program and library; not 0 ends that.
    unsafe extern "C" fn look(info: *mut dl_phdr_info, _size: size_t, out: *mut c_void) -> c_int {
        // SAFETY: the dynamic linker passes what it knows of one of them.
        let info = unsafe { &*info };
        let start = info.dlpi_tls_data.expose_provenance();
        for i in 0..usize::from(info.dlpi_phnum) {
            // SAFETY: it has so many headers.
            let header = unsafe { info.dlpi_phdr.add(i) };
            // SAFETY: as above.
            let header = unsafe { &*header };
            let block = start..start.saturating_add(header.p_memsz as usize);
            if header.p_type == libc::PT_TLS && start != 0 && block.contains(&address()) {
                // SAFETY: `block` passed a pointer to a variable of this type, and waits for this.
                unsafe { out.cast::<Option<Range<usize>>>().write(Some(block)) };
                return 1;
            }
        }
        0
    }
}

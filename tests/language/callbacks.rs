//! Callbacks: programs in the manner of event-driven code.

use crate::common::{MILLI, Notes, always, run};
use reenact::clock::{self, CallbackHandle};
use std::{cell::RefCell, rc::Rc, time::Duration};

#[test]
fn a_callback_may_call_for_the_next() {
    fn tick(left: u32, notes: Notes<u128>) {
        notes.put(clock::now().since_start().as_millis());
        if left > 0 {
            clock::call_later(10 * MILLI, move || tick(left - 1, notes));
        }
    }
    run(|_| async {
        let notes = Notes::new();
        tick(3, notes.clone());
        clock::sleep(Duration::from_secs(1)).await;
        assert_eq!(notes.all(), [0, 10, 20, 30]);
    });
}

/// Reports only after a pause: each new call takes the former back.
#[test]
fn a_debounce_is_a_callback_that_is_set_anew() {
    struct Debounce(RefCell<Option<CallbackHandle>>);
    impl Debounce {
        fn touch(&self, f: impl FnOnce() + 'static) {
            if let Some(former) = self.0.replace(Some(clock::call_later(5 * MILLI, f))) {
                former.cancel();
            }
        }
    }
    always(10, |_| async {
        let (notes, debounce) = (Notes::new(), Debounce(RefCell::default()));
        for pause in [1, 2, 3, 9, 4, 20] {
            let notes = notes.clone();
            debounce.touch(move || notes.put(clock::now().since_start().as_millis()));
            clock::sleep(pause * MILLI).await;
        }
        assert_eq!(notes.all(), [11, 24]);
    });
}

/// A lease that ends unless it is renewed.
#[test]
fn a_watchdog_is_a_callback_that_is_mostly_cancelled() {
    always(10, |_| async {
        let notes = Notes::new();
        let mut beats = 0;
        loop {
            let expired = notes.clone();
            let watchdog = clock::call_later(10 * MILLI, move || expired.put("expired"));
            beats += 1;
            clock::sleep(if beats < 5 { 9 * MILLI } else { 11 * MILLI }).await;
            watchdog.cancel();
            if notes.len() > 0 {
                break;
            }
        }
        assert_eq!((beats, notes.all()), (5, vec!["expired"]));
    });
}

#[test]
fn callbacks_and_tasks_share_what_they_like() {
    run(|_| async {
        let sum = Rc::new(RefCell::new(0));
        for i in 1..=4 {
            let sum = sum.clone();
            clock::call_later(i * MILLI, move || *sum.borrow_mut() += i);
        }
        clock::sleep(5 * MILLI).await;
        assert_eq!(*sum.borrow(), 10);
    });
}

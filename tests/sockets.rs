//! The same programs on the operating system's sockets and on the simulated ones.
//!
//! Each scenario is one text, compiled twice: against tokio's sockets, which are the system's, on
//! loopback, and against ours, without faults, on one host and on two. What the program saw must be the
//! same: bytes, ends, the kinds of errors, and their order. Linux is what is simulated, so only there is
//! it compared.
#![cfg(target_os = "linux")]

#[path = "sockets/real.rs"]
mod real;
#[path = "sockets/simulated.rs"]
#[expect(clippy::duplicate_mod, reason = "the scenarios are compiled against both kinds of sockets")]
mod simulated;

use simulated::Place;
use std::{fmt::Debug, io};

/// What a program saw, a line a call.
#[derive(Default)]
struct Saw(Vec<String>);

impl Saw {
    fn new() -> Self {
        Saw::default()
    }

    /// Notes a fact.
    fn note(&mut self, what: &str, fact: impl Debug) {
        self.0.push(format!("{what}: {fact:?}"));
    }

    /// Notes what a call returned: of an error its kind, and its number where there is no word for it.
    fn result<T: Debug>(&mut self, what: &str, result: io::Result<T>) {
        self.0.push(match result {
            Ok(value) => format!("{what}: {value:?}"),
            Err(error) => format!("{what}: {}", word(&error)),
        });
    }
}

fn word(error: &io::Error) -> String {
    match (format!("{:?}", error.kind()), error.raw_os_error()) {
        (kind, Some(number)) if kind == "Uncategorized" => format!("error {number}"),
        (kind, _) => kind,
    }
}

/// On how many orders of tasks and latencies each simulated scenario runs.
const SEEDS: u64 = 5;

macro_rules! alike {
    ($($room:ident { $($name:ident)+ })+) => {$(
        mod $room {
            use super::{Place, SEEDS, real, simulated};

            $(#[test]
            fn $name() {
                let real = real::saw(real::$room::$name);
                assert!(!real.is_empty(), "a scenario notes what it saw");
                for place in [Place::Loopback, Place::Apart] {
                    for seed in 0..SEEDS {
                        let simulated = simulated::saw(seed, place, simulated::$room::$name);
                        assert_eq!(simulated, real, "simulated (left) and real, {place:?}, seed {seed}");
                    }
                }
            })+
        }
    )+};
}

alike! {
    opening {
        an_echo
        addresses_of_both_ends
        nobody_listens
        who_connects_need_not_be_accepted_yet
        several_accepts_at_once
        a_dropped_listener_resets_who_waits
        a_dropped_listener_spares_who_was_accepted
        a_port_that_is_in_use
        an_address_of_another_host
        any_port
        a_port_after_its_listener
        a_port_beside_an_accepted_connection
        a_port_after_the_server_has_closed_first
        a_port_of_a_connection_that_lives
        a_wildcard_beside_an_address
        a_port_given_to_connect_from
        a_port_to_connect_from_again
        a_port_to_connect_from_at_once
        options
        a_full_queue
    }
    bytes {
        many_small_writes_are_read_at_once
        reads_smaller_than_writes
        a_megabyte
        nothing_read_or_written
        several_buffers_in_one_write
        a_look_ahead
        tries_that_would_wait
        readiness
        a_writer_waits_for_its_reader
        both_ways_at_once
        halves
    }
    closing {
        the_end_after_all_bytes
        half_a_close
        a_close_twice
        a_close_by_both
        a_write_after_the_own_end
        a_write_after_the_peer_is_gone
        reads_after_both_have_closed
        options_after_both_have_closed
        a_dropped_write_half
        a_dropped_read_half
        halves_of_two_streams
        a_listener_dropped_before_its_stream
        a_client_gone_before_it_is_accepted
    }
    resets {
        a_peer_that_had_something_unread
        a_linger_of_nothing
        bytes_before_a_reset
        a_write_after_a_reset
        a_writer_that_waits_is_reset
        an_error_taken
        an_end_and_then_a_reset
        addresses_after_a_reset
        readiness_after_a_reset
        a_shutdown_after_a_reset
        a_reset_before_the_accept
    }
    datagrams {
        there_and_back
        boundaries
        a_datagram_cut_off
        a_datagram_looked_at
        a_connected_socket_hears_its_peer_only
        what_came_before_the_connect
        another_address_on_a_connected_socket
        nobody_there_for_a_connected_socket
        nobody_there_for_an_unconnected_socket
        a_send_without_an_address
        a_datagram_too_large
        a_socket_in_use
        tries_that_would_wait
        a_full_inbox
        a_closed_socket_is_free_at_once
    }
}

//! What holds for files of recorded cases, whatever they contain.

use super::{Case, Loaded, MESSAGE, Saved, line, load, remark, with, without, word};
use proptest::prelude::{Just, Strategy as _, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use reenact_sim::{Strategy, Tape};

const NAME: &str = "raft::elects";
const SHOWN: &str = "tests/raft.reenact-regressions";
const HEAD: &str = "# head\n";

fn case(seed: u64, message: &str) -> Case {
    Case { line: 0, tape: Tape::seed(seed, Strategy::Random), digest: !seed, message: message.to_owned() }
}

fn text(cases: &[Case]) -> String {
    cases.iter().map(|case| line(NAME, case) + "\n").collect()
}

fn read(bytes: &[u8]) -> Loaded {
    load(bytes, NAME, SHOWN)
}

fn seeds(loaded: &Loaded) -> Vec<u64> {
    loaded.cases.iter().map(|case| case.tape.header.seed).collect()
}

fn split(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').collect()
}

#[test]
fn a_line_is_name_token_digest_and_remark() {
    let case = case(7, "two leaders in term 4");
    let token = case.tape.token();
    assert_eq!(line(NAME, &case), format!("raft::elects {token} fffffffffffffff8 # two leaders in term 4"));
    let loaded = read(text(std::slice::from_ref(&case)).as_bytes());
    assert_eq!(loaded, Loaded { cases: vec![Case { line: 1, ..case }], notes: vec![] });
}

#[test]
fn lines_of_other_tests_and_remarks_say_nothing() {
    let mine = line(NAME, &case(1, "mine"));
    let file = format!("# raft::elects r1:x\n\n  \nraft::elects_two r1:x\ngone::test zzz\n\t{mine}\r\n#\n");
    let loaded = read(file.as_bytes());
    assert_eq!((seeds(&loaded), loaded.cases[0].line, loaded.notes), (vec![1], 6, vec![]));
}

#[test]
fn both_sides_of_a_conflict_are_run_and_one_sentence_is_said() {
    let [a, b, c] = [1, 2, 3].map(|seed| line(NAME, &case(seed, "")));
    let file = format!("{a}\n<<<<<<< HEAD\n{b}\n||||||| base\n=======\r\n{c}\n>>>>>>> theirs\n");
    let loaded = read(file.as_bytes());
    assert_eq!(seeds(&loaded), [1, 2, 3]);
    assert_eq!(
        loaded.notes,
        [
            "tests/raft.reenact-regressions has conflict markers of git (lines 2, 4, 5 and 7): they are skipped and \
          the cases of both sides are run; delete these lines"
        ]
    );
    // Eight of them are a rule that somebody drew, and so is one that is set in.
    assert_eq!(read(b"========\n  =======\n").notes, Vec::<String>::new());
}

#[test]
fn a_line_that_cannot_be_read_is_named_with_the_reason() {
    let token = Tape::seed(1, Strategy::Random).token();
    for (rest, why) in [
        ("".to_owned(), "no token stands behind the name of the test"),
        (" # later".to_owned(), "no token stands behind the name of the test"),
        (" 42 0".to_owned(), "this is no token: a token looks like"),
        (format!(" {} 0123456789abcdef", &token[..30]), "this token is damaged"),
        (format!(" {token}"), "no digest stands behind its token"),
        (format!(" {token} # two leaders"), "no digest stands behind its token"),
        (format!(" {token} 123"), "its digest `123` is not 16 hexadecimal digits"),
        (format!(" {token} +123456789abcdef"), "is not 16 hexadecimal digits"),
        (format!(" {token} 0123456789abcdef two"), "something that does not begin with `#`"),
    ] {
        let loaded = read(format!("\n{NAME}{rest}\n").as_bytes());
        assert_eq!((loaded.cases.len(), loaded.notes.len()), (0, 1), "{rest}");
        let note = &loaded.notes[0];
        assert!(
            note.starts_with("tests/raft.reenact-regressions:2 cannot be read, so this case of"),
            "{note}"
        );
        assert!(note.contains(why), "{note}");
    }
    let many = read(format!("{NAME} r1:0\n").repeat(100).as_bytes()).notes;
    assert_eq!(many.len(), 6);
    assert!(many[5].ends_with(": 95 more lines of raft::elects cannot be read and are not run"));
}

#[test]
fn what_is_there_twice_is_run_once() {
    let first = case(1, "first");
    // The same decisions, taken from a run that did something else.
    let mut again = Case { digest: 5, ..case(1, "again") };
    (again.tape.header.digest, again.tape.header.steps) = (77, 78);
    let loaded = read(text(&[first, case(2, ""), again, case(2, "")]).as_bytes());
    assert_eq!((seeds(&loaded), loaded.cases[0].digest), (vec![1, 2], !1));
    assert_eq!(
        loaded.notes,
        [
            "tests/raft.reenact-regressions repeats earlier cases of raft::elects (lines 3 and 4): each is run once; \
          delete these lines"
        ]
    );
}

#[test]
fn bytes_that_are_no_text_are_read_as_far_as_possible() {
    let mut file = b"# caf\xe9\n".to_vec();
    file.extend(line(NAME, &case(1, "said")).as_bytes());
    file.extend(b"\xff\n");
    let loaded = read(&file);
    assert_eq!((seeds(&loaded), loaded.cases[0].message.as_str()), (vec![1], "said\u{fffd}"));
    assert_eq!(loaded.notes.len(), 1);
    assert!(loaded.notes[0].starts_with("tests/raft.reenact-regressions:1 is not UTF-8"));
    let with_mark = format!("\u{feff}{}", text(&[case(1, "")]));
    assert_eq!(seeds(&read(with_mark.as_bytes())), [1]);
}

#[test]
fn remarks_are_one_printable_line() {
    assert_eq!(remark("\n  assertion `left == right` failed\n left: 1"), "assertion `left == right` failed");
    assert_eq!(remark("a\tb \u{1b}[31m\u{202e}\"c\\d'"), "a\\tb \\u{1b}[31m\\u{202e}\"c\\d'");
    assert_eq!(remark(" \n\r\n"), "");
    let long = remark(&"é".repeat(500));
    assert_eq!(long.chars().count(), MESSAGE);
    assert!(long.ends_with('…'));
    assert!(!line(NAME, &case(1, "")).contains('#'));
}

#[test]
fn a_new_file_begins_with_its_head_and_an_old_one_stays_as_it_is() {
    let case = case(1, "x");
    let mine = line(NAME, &case);
    let added = |bytes: &[u8]| with(bytes, NAME, &case, false, HEAD).bytes.expect("it is added");
    assert_eq!(added(b""), format!("# head\n{mine}\n").as_bytes());
    assert_eq!(added(b"a\n"), format!("a\n{mine}\n").as_bytes());
    assert_eq!(added(b"a"), format!("a\n{mine}\n").as_bytes());
    assert_eq!(added(b"a\r\nb"), format!("a\r\nb\r\n{mine}\r\n").as_bytes());
}

#[test]
fn an_update_changes_token_and_digest_and_nothing_else() {
    let old = case(1, "");
    let mut new = Case { digest: 5, message: "said anew".to_owned(), ..case(1, "") };
    new.tape.header.digest = 5;
    let (token, renewed) = (old.tape.token(), new.tape.token());
    let file = format!("#\r\n  {NAME}\t{token}  {:016x} # as I say\r\nother", old.digest);
    let kept = with(file.as_bytes(), NAME, &new, false, HEAD);
    assert_eq!((kept.what, kept.bytes), (Saved::Already, None));
    let updated = with(file.as_bytes(), NAME, &new, true, HEAD);
    let expected = format!("#\r\n  {NAME}\t{renewed}  0000000000000005 # as I say\r\nother");
    assert_eq!((updated.what, updated.bytes.as_deref()), (Saved::Updated, Some(expected.as_bytes())));
    let again = with(expected.as_bytes(), NAME, &new, true, HEAD);
    assert_eq!((again.what, again.bytes), (Saved::Already, None));
}

#[test]
fn names_become_one_word() {
    assert_eq!(word(NAME), NAME);
    assert_eq!(word("a die # 6\n"), "a_die___6_");
    assert_eq!(word(""), "_");
    assert_eq!(word("======="), "_=======");
}

#[test]
fn a_file_of_ten_thousand_lines_is_read_at_once() {
    let others: String =
        (0..9_990).map(|seed| line("raft::other", &case(seed, "not this one")) + "\n").collect();
    let mine = text(&(0..10).map(|seed| case(seed, "")).collect::<Vec<_>>());
    let file = others + &mine;
    // The fastest of several, since the machine may do something else.
    let fastest = (0..5).map(|_| {
        let watch = crate::env::stopwatch();
        assert_eq!(read(file.as_bytes()).cases.len(), 10);
        watch()
    });
    let fastest = fastest.min().expect("five");
    assert!(fastest.as_millis() < 100, "{fastest:?}");
}

/// Lines of a file: of this test, of others, and of nobody.
fn lines() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        (0..6u64, any::<bool>()).prop_map(|(seed, said)| {
            let mut case = case(seed, if said { "said" } else { "" });
            case.tape.header.steps = said as u64;
            line(NAME, &case).into_bytes()
        }),
        (0..6u64).prop_map(|seed| line("raft::other", &case(seed, "")).into_bytes()),
        ".{0,20}".prop_map(|rest| format!("{NAME} {rest}").into_bytes()),
        prop::collection::vec(any::<u8>(), 0..20),
        prop_oneof![Just("<<<<<<< HEAD"), Just("======="), Just("# remark"), Just("")]
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let end = prop_oneof![Just("\n"), Just("\r\n")];
    let lines = prop::collection::vec((line, end), 0..12);
    (lines, any::<bool>()).prop_map(|(lines, last_end)| {
        let last = lines.len().saturating_sub(1);
        let whole = |(i, (line, end)): (usize, &(Vec<u8>, &str))| {
            let end = if i == last && !last_end { "" } else { *end };
            [line.as_slice(), end.as_bytes()].concat()
        };
        lines.iter().enumerate().flat_map(whole).collect()
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let loaded = read(&bytes);
        prop_assert!(loaded.cases.is_empty());
    }

    #[test]
    fn what_is_written_is_read_again(message in ".{0,150}", name in ".{0,20}", seed: u64, digest: u64, steps: u64) {
        let mut written = Case { digest, ..case(seed, &message) };
        written.tape.header.steps = steps;
        let bytes = with(b"", &name, &written, false, HEAD).bytes.expect("it is added");
        let loaded = load(&bytes, &name, SHOWN);
        let expected = Case { line: 2, message: remark(&message), ..written };
        prop_assert_eq!(loaded, Loaded { cases: vec![expected], notes: vec![] });
    }

    #[test]
    fn adding_keeps_every_byte(bytes in lines(), seed in 0..12u64) {
        let case = case(seed, "new");
        let edit = with(&bytes, NAME, &case, false, HEAD);
        let there = seeds(&read(&bytes)).contains(&seed);
        prop_assert_eq!(edit.what, if there { Saved::Already } else { Saved::Added });
        if let Some(new) = edit.bytes {
            prop_assert!(new.starts_with(&bytes));
            let mut expected = seeds(&read(&bytes));
            expected.push(seed);
            prop_assert_eq!(seeds(&read(&new)), expected);
            let added = split(&new[bytes.len()..]).len();
            prop_assert!(added <= 2, "the line, and the head or the end of the line before");
        }
    }

    #[test]
    fn updating_and_removing_touch_the_lines_of_that_run_alone(bytes in lines(), seed in 0..6u64) {
        let case = Case { digest: 5, ..case(seed, "new") };
        let is_it = |text: &[u8]| seeds(&read(text)).contains(&seed);
        let updated = with(&bytes, NAME, &case, true, HEAD);
        if updated.what == Saved::Updated {
            let new = updated.bytes.expect("it changed");
            let (old, new) = (split(&bytes), split(&new));
            prop_assert_eq!(old.len(), new.len());
            for (old, new) in old.iter().zip(new) {
                let kept = if is_it(old) { read(new).cases[0].digest == 5 } else { *old == new };
                prop_assert!(kept);
            }
        }
        let removed = without(&bytes, NAME, &[case.tape]);
        let left: Vec<&[u8]> = split(&bytes).into_iter().filter(|text| !is_it(text)).collect();
        prop_assert_eq!(removed.what, split(&bytes).len() - left.len());
        prop_assert_eq!(removed.bytes.unwrap_or(bytes.clone()), left.concat());
    }
}

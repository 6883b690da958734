//! What is read: lines of the protocol, arguments of the program.

use crate::{
    options::{self, Options, USAGE},
    protocol::{Answer, NotUnderstood, Request, Transfer},
};

#[test]
fn a_line_is_read_as_it_was_written() {
    let transfer = Transfer { id: "a-1".into(), from: "a".into(), to: "b".into(), amount: 7 };
    for request in [Request::Transfer(transfer), Request::Balance("a".into())] {
        assert_eq!(request.to_string().parse(), Ok(request));
    }
    for answer in [Answer::Done, Answer::Refused, Answer::Busy, Answer::Balance(7), Answer::Invalid] {
        assert_eq!(answer.to_string().parse(), Ok(answer));
    }
    for line in ["", "TRANSFER a-1 a b", "TRANSFER a-1 a b -7", "BALANCE", "HELLO a"] {
        assert_eq!(line.parse::<Request>(), Err(NotUnderstood), "{line}");
        assert_eq!(line.parse::<Answer>(), Err(NotUnderstood), "{line}");
    }
}

fn parse(line: &str) -> Result<Options, String> {
    options::parse(line.split_whitespace().map(str::to_owned))
}

#[test]
fn arguments_choose_the_bank_and_the_seeds() {
    let default = Options { fixed: false, help: false, seeds: (0, 50_000) };
    assert_eq!(parse(""), Ok(default.clone()));
    assert_eq!(parse("--fixed"), Ok(Options { fixed: true, ..default.clone() }));
    assert_eq!(parse("--seeds 10 --fixed"), Ok(Options { fixed: true, seeds: (0, 10), ..default.clone() }));
    assert_eq!(parse("--seed 0xff"), Ok(Options { seeds: (255, 1), ..default.clone() }));
    assert_eq!(parse("-h"), Ok(Options { help: true, ..default }));
}

#[test]
fn wrong_arguments_are_named() {
    for (line, word) in [
        ("--sedes", "`--sedes`"),
        ("7", "`7`"),
        ("--seeds", "`--seeds`"),
        ("--seeds 0", "at least 1"),
        ("--seeds -1", "`-1`"),
        ("--seed 18446744073709551616", "2^64-1"),
        ("--seeds 10 --seed 3", "chosen once"),
    ] {
        let sentence = parse(line).expect_err(line);
        assert!(sentence.contains(word), "{line}: {sentence}");
    }
    for argument in ["--fixed", "--seeds", "--seed"] {
        assert!(USAGE.contains(argument));
    }
}

//! Makes a program that breaks the law smaller, for people: takes away whatever it can.

use super::program::{Hold, Op, Program, Task};

/// The smallest program found that is still `broken`.
pub(crate) fn reduce(program: Program, broken: impl Fn(&Program) -> bool) -> Program {
    let mut least = program;
    'again: loop {
        for smaller in smaller(&least) {
            if broken(&smaller) {
                least = smaller;
                continue 'again;
            }
        }
        return least;
    }
}

/// All programs with one thing less.
fn smaller(program: &Program) -> Vec<Program> {
    let roots = shorter(&program.roots, smaller_task);
    roots.into_iter().map(|roots| Program { roots, ..program.clone() }).collect()
}

/// All lists with one element less, or with one element smaller.
fn shorter<T: Clone>(list: &[T], smaller: impl Fn(&T) -> Vec<T>) -> Vec<Vec<T>> {
    let without =
        |i| list.iter().enumerate().filter(|&(at, _)| at != i).map(|(_, one)| one.clone()).collect();
    let mut all: Vec<Vec<T>> = (0..list.len()).map(without).collect();
    for (i, element) in list.iter().enumerate() {
        for one in smaller(element) {
            let mut with = list.to_vec();
            with[i] = one;
            all.push(with);
        }
    }
    all
}

fn smaller_task(task: &Task) -> Vec<Task> {
    shorter(&task.ops, smaller_op).into_iter().map(|ops| Task { ops, ..task.clone() }).collect()
}

fn smaller_op(op: &Op) -> Vec<Op> {
    let ops = |ops: &Vec<Op>, made: &dyn Fn(Vec<Op>) -> Op| {
        shorter(ops, smaller_op).into_iter().map(made).collect()
    };
    let task = |task: &Task, made: &dyn Fn(Task) -> Op| smaller_task(task).into_iter().map(made).collect();
    match op {
        Op::Detach(child) => task(child, &Op::Detach),
        Op::Join(child) => task(child, &Op::Join),
        Op::OnDone(child) => task(child, &Op::OnDone),
        Op::Abort { task: child, after } => task(child, &|task| Op::Abort { task, after: *after }),
        Op::Set(tasks) => shorter(tasks, smaller_task).into_iter().map(Op::Set).collect(),
        Op::JoinAll(times) => shorter(times, |_| Vec::new()).into_iter().map(Op::JoinAll).collect(),
        Op::Unordered(times) => shorter(times, |_| Vec::new()).into_iter().map(Op::Unordered).collect(),
        Op::Timeout(time, inner) => ops(inner, &|ops| Op::Timeout(*time, ops)),
        Op::Branch(one, other) => {
            let mut all: Vec<Op> = ops(one, &|one| Op::Branch(one, other.clone()));
            all.extend(shorter(other, smaller_op).into_iter().map(|other| Op::Branch(one.clone(), other)));
            all
        }
        Op::Cut { a, b, hold: Hold::During(inner) } => {
            ops(inner, &|ops| Op::Cut { a: *a, b: *b, hold: Hold::During(ops) })
        }
        _ => Vec::new(),
    }
}

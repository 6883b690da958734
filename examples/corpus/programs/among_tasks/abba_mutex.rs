//! Two transfers between the same two accounts, in opposite directions, lock each other out.
//!
//! A transfer holds the account that pays while it asks for the fee, which a clerk knows. A refund
//! asks the clerk first how much there is to give back, so that it comes behind the transfer as long
//! as everybody takes turns. Bigger sizes have more such pairs, with accounts of their own.

use super::{
    Race,
    Version::{self, Buggy, Fixed},
    rt,
};
use futures::{
    FutureExt, StreamExt,
    channel::{mpsc, oneshot},
};
use std::sync::Arc;
use tokio::sync::Mutex;

pub(crate) const RACE: Race = Race {
    name: "abba_mutex",
    about: "Two accounts are locked in the order payer, payee: a payment each way is a deadlock.",
    sizes: &[1, 4, 16],
    minimum: 1,
    minimum_in_words: "The transfer is overtaken by the refund when it has heard the fee.",
    random_finds_it: true,
    lopsided: false,
    body: |version, size| run(version, size).boxed(),
};

const OPENING: u32 = 100;
const FEE: u32 = 2;

struct Bank {
    accounts: Vec<Mutex<u32>>,
    clerk: mpsc::UnboundedSender<oneshot::Sender<u32>>,
}

impl Bank {
    async fn fee(&self) -> u32 {
        let (answer, fee) = oneshot::channel();
        self.clerk.unbounded_send(answer).expect("the clerk is there as long as the bank");
        fee.await.expect("the clerk answers")
    }

    async fn transfer(&self, version: Version, from: usize, to: usize, amount: u32) {
        // The fix: all lock in one order, whichever way the money goes.
        let (first, second) = match version {
            Buggy => (from, to),
            Fixed => (from.min(to), from.max(to)),
        };
        let mut first_balance = self.accounts[first].lock().await;
        let fee = self.fee().await;
        let mut second_balance = self.accounts[second].lock().await;
        let (payer, payee) = match first == from {
            true => (&mut *first_balance, &mut *second_balance),
            false => (&mut *second_balance, &mut *first_balance),
        };
        *payer -= amount + fee;
        *payee += amount;
    }

    async fn refund(&self, version: Version, from: usize, to: usize) {
        let amount = self.fee().await;
        self.transfer(version, from, to, amount).await;
    }
}

async fn run(version: Version, size: usize) {
    let (clerk, mut questions) = mpsc::unbounded::<oneshot::Sender<u32>>();
    let bank = Arc::new(Bank { accounts: (0..2 * size).map(|_| Mutex::new(OPENING)).collect(), clerk });
    let mut payments = Vec::new();
    for pair in 0..size {
        let (here, there) = (2 * pair, 2 * pair + 1);
        let (bank, same_bank) = (bank.clone(), bank.clone());
        payments.push(rt::spawn(async move { bank.transfer(version, here, there, 10).await }));
        payments.push(rt::spawn(async move { same_bank.refund(version, there, here).await }));
    }
    rt::spawn(async move {
        while let Some(question) = questions.next().await {
            // Who does not wait any more needs no answer.
            let _ = question.send(FEE);
        }
    });
    for payment in payments {
        payment.await.expect("no payment panics");
    }
    let mut total = 0;
    for account in &bank.accounts {
        total += *account.lock().await;
    }
    assert_eq!(total, 2 * size as u32 * (OPENING - FEE), "each account has paid one fee");
}

//! The service: words kept under keys, asked for by lines of text. It names no runtime.

use super::Platform;
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

type Words = Arc<Mutex<BTreeMap<String, String>>>;

/// Answers whoever connects, until listening fails.
///
/// # Errors
///
/// What the listener says.
pub async fn serve<P: Platform>(platform: P, listener: P::Listener) -> io::Result<()> {
    let words = Words::default();
    loop {
        let stream = platform.accept(&listener).await?;
        let words = words.clone();
        platform.spawn(async move {
            // A connection that breaks is its client's affair.
            let _ = converse(stream, words).await;
        });
    }
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, words: Words) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let answer = answer(line.trim_end(), &words);
        stream.write_all(format!("{answer}\n").as_bytes()).await?;
        line.clear();
    }
    Ok(())
}

fn answer(line: &str, words: &Words) -> String {
    // No code that can panic runs with the lock held.
    let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
    match line.split(' ').collect::<Vec<_>>()[..] {
        ["put", key, word] => {
            words.insert(key.to_owned(), word.to_owned());
            "done".to_owned()
        }
        ["get", key] => words.get(key).map_or("nothing".to_owned(), |word| format!("it is {word}")),
        _ => "what?".to_owned(),
    }
}

/// A client that connects for each question, and asks again when there is no answer in time.
#[derive(Clone, Debug)]
pub struct Client<P> {
    platform: P,
    server: String,
}

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a question is asked.
const TRIES: u32 = 10;

impl<P: Platform> Client<P> {
    /// A client of the server at an address.
    pub fn new(platform: P, server: impl Into<String>) -> Self {
        Client { platform, server: server.into() }
    }

    /// Asks until there is an answer.
    ///
    /// # Errors
    ///
    /// The last one, when all tries have failed.
    pub async fn ask(&self, question: &str) -> io::Result<String> {
        let mut last = io::ErrorKind::TimedOut.into();
        for _ in 0..TRIES {
            match self.platform.timeout(PATIENCE, self.ask_once(question)).await {
                Ok(answer) => return Ok(answer),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn ask_once(&self, question: &str) -> io::Result<String> {
        let mut stream = BufReader::new(self.platform.connect(&self.server).await?);
        stream.write_all(format!("{question}\n").as_bytes()).await?;
        let mut answer = String::new();
        match stream.read_line(&mut answer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(answer.trim_end().to_owned()),
        }
    }
}

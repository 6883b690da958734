//! A client of the bank that does not give up: it waits so long for an answer, then asks again on a
//! new connection.

use crate::protocol::{Answer, PORT, Request};
use futures::{AsyncBufReadExt, AsyncWriteExt, io::BufReader};
use reenact::{clock, net::TcpStream, trace};
use std::{io, time::Duration};

/// How long an answer may take.
const TIME_OUT: Duration = Duration::from_millis(200);
/// How long to leave a bank alone that is busy or cannot be reached.
const PAUSE: Duration = Duration::from_millis(20);

/// A client, and its connection while it has one.
#[derive(Default)]
pub(crate) struct Client {
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    /// Asks until there is an answer, however often that takes.
    pub(crate) async fn ask(&mut self, request: &Request) -> Answer {
        loop {
            trace::mark("asks", request.subject());
            match clock::timeout(TIME_OUT, self.ask_once(request)).await {
                Ok(Ok(Answer::Busy)) => clock::sleep(PAUSE).await,
                Ok(Ok(answer)) => {
                    trace::mark("is told", format_args!("{} {answer}", request.subject()));
                    return answer;
                }
                // No connection, or one that broke.
                Ok(Err(_)) => {
                    self.connection = None;
                    clock::sleep(PAUSE).await;
                }
                // The answer may come yet, on the old connection: nobody must take it for the answer
                // to the next request.
                Err(_) => self.connection = None,
            }
        }
    }

    async fn ask_once(&mut self, request: &Request) -> io::Result<Answer> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(BufReader::new(TcpStream::connect(("bank", PORT)).await?)),
        };
        connection.get_mut().write_all(format!("{request}\n").as_bytes()).await?;
        let mut line = String::new();
        connection.read_line(&mut line).await?;
        // The end of the stream is an empty line, and no answer either.
        line.parse().map_err(|_| io::ErrorKind::InvalidData.into())
    }
}

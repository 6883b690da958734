//! The server: an ordinary tonic service, whose waits are virtual.

use super::{
    generated::weather_server::{Weather, WeatherServer},
    messages::{Reading, Station, Watched},
};
use futures::stream::{BoxStream, StreamExt, unfold};
use reenact::{clock, net::TcpListener, trace};
use std::{io, time::Duration};
use tonic::{Request, Response, Status, service::Routes};

/// Where it listens.
pub const PORT: u16 = 50_051;

/// Asks clients whether they are there, so often and so long.
pub const KEEP_ALIVE: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(5));

struct Stations;

/// The main of the node `station`.
pub async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    let routes = Routes::new(WeatherServer::new(Stations));
    reenact::tonic::serve(listener, routes).http2_keep_alive(KEEP_ALIVE.0, KEEP_ALIVE.1).await
}

#[tonic::async_trait]
impl Weather for Stations {
    async fn latest(&self, request: Request<Station>) -> Result<Response<Reading>, Status> {
        let Station { name, takes } = request.into_inner();
        let call = Call { what: "latest", done: false };
        clock::sleep(Duration::from_millis(takes)).await;
        call.finish();
        Ok(Response::new(Reading { name, number: 1 }))
    }

    type WatchStream = BoxStream<'static, Result<Reading, Status>>;

    async fn watch(&self, request: Request<Watched>) -> Result<Response<Self::WatchStream>, Status> {
        let Watched { name, count, every } = request.into_inner();
        let call = Call { what: "watch", done: false };
        let readings = unfold((call, 1), move |(call, number)| {
            let name = name.clone();
            async move {
                if number > count {
                    call.finish();
                    return None;
                }
                clock::sleep(Duration::from_millis(every)).await;
                Some((Ok(Reading { name, number }), (call, number + 1)))
            }
        });
        Ok(Response::new(readings.boxed()))
    }
}

/// Leaves a mark in the trace when a call is given up before it is done.
struct Call {
    what: &'static str,
    done: bool,
}

impl Call {
    fn finish(mut self) {
        self.done = true;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.done {
            trace::mark("gives up", self.what);
        }
    }
}

//! The room behind a route of an axum router, which turns a request into a WebSocket.
//!
//! axum's own extractor for that, `ws`, spawns on tokio whoever talks over the WebSocket. Here the handler
//! answers the handshake with tungstenite, and spawns on the simulation.

use super::room::{Room, host};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use hyper_util::rt::TokioIo;
use reenact::net::TcpListener;
use std::io;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, handshake::server::create_response_with_body, protocol::Role},
};

/// The main of the node `room`.
pub async fn serve() -> io::Result<()> {
    let router = Router::new().route("/", get(enter)).with_state(Room::default());
    reenact::serve(TcpListener::bind("0.0.0.0:80").await?, router).await
}

async fn enter(State(room): State<Room>, mut request: Request) -> Result<Response, (StatusCode, String)> {
    let upgrade = hyper::upgrade::on(&mut request);
    let answer = create_response_with_body(&request, Body::empty)
        .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    // How a member leaves is the member's affair.
    reenact::spawn(async move {
        let stream = upgrade.await.map_err(|error| Error::Io(io::Error::other(error)))?;
        host(WebSocketStream::from_raw_socket(TokioIo::new(stream), Role::Server, None).await, room).await
    });
    Ok(answer)
}

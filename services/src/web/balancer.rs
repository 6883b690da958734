//! The balancer: every request goes to the shop that has the seat, bodies streamed both ways.

use super::api::SHOPS;
use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{StatusCode, Uri},
    response::Response,
    routing::any,
};
use hyper_util::client::legacy::Client;
use reenact::{clock, hyper::Connector, net::TcpListener};
use std::{io, time::Duration};

/// How long a shop may take to answer.
const SHOP: Duration = Duration::from_secs(10);

/// The main of the node `balancer`.
pub async fn serve() -> io::Result<()> {
    let router = Router::new()
        .route("/seats/{seat}/{*rest}", any(forward))
        .with_state(reenact::hyper::client::<Body>());
    reenact::serve(TcpListener::bind("0.0.0.0:80").await?, router).await
}

async fn forward(
    State(shops): State<Client<Connector, Body>>,
    Path((seat, _)): Path<(u32, String)>,
    mut request: Request,
) -> Result<Response, StatusCode> {
    let uri = format!("http://shop-{}{}", seat % SHOPS, request.uri().path());
    *request.uri_mut() = Uri::try_from(uri).map_err(|_| StatusCode::BAD_REQUEST)?;
    match clock::timeout(SHOP, shops.request(request)).await {
        Ok(Ok(response)) => Ok(response.map(Body::new)),
        Ok(Err(_)) => Err(StatusCode::BAD_GATEWAY),
        Err(_) => Err(StatusCode::GATEWAY_TIMEOUT),
    }
}

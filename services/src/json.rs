//! JSON over HTTP, as a client sees it.

use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, StatusCode, body::Bytes, header::CONTENT_TYPE};
use reenact::{clock, hyper::Connector};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// A client with a pool of connections: clones share it.
pub type HttpClient = hyper_util::client::legacy::Client<Connector, Full<Bytes>>;

/// Posts JSON and reads JSON.
///
/// # Errors
///
/// What the server said instead; `GATEWAY_TIMEOUT` if it said nothing in time, `BAD_GATEWAY` if it
/// could not be reached or understood.
pub async fn post<Answer: DeserializeOwned>(
    client: &HttpClient,
    uri: &str,
    body: &(impl Serialize + Sync),
    within: Duration,
) -> Result<Answer, StatusCode> {
    let body = serde_json::to_vec(body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let request = Request::builder().method(Method::POST).uri(uri);
    let request = request.header(CONTENT_TYPE, "application/json").body(Full::from(body));
    let request = request.map_err(|_| StatusCode::BAD_REQUEST)?;
    let talk = async {
        let answer = client.request(request).await.map_err(|_| StatusCode::BAD_GATEWAY)?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
        if status.is_success() { Ok(body.to_bytes()) } else { Err(status) }
    };
    let bytes = clock::timeout(within, talk).await.map_err(|_| StatusCode::GATEWAY_TIMEOUT)??;
    serde_json::from_slice(&bytes).map_err(|_| StatusCode::BAD_GATEWAY)
}

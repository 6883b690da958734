//! Writes tonic's client and server of the weather service, as `tonic-build` does from a `.proto` file;
//! described in Rust, since that needs no `protoc`.

use tonic_build::manual::{Builder, Method, Service};

fn main() {
    let method = |name: &str, route: &str, input: &str| {
        Method::builder()
            .name(name)
            .route_name(route)
            .input_type(format!("crate::grpc::messages::{input}"))
            .output_type("crate::grpc::messages::Reading")
            .codec_path("tonic_prost::ProstCodec")
    };
    let weather = Service::builder()
        .name("Weather")
        .package("weather")
        .method(method("latest", "Latest", "Station").build())
        .method(method("watch", "Watch", "Watched").server_streaming().build())
        .build();
    Builder::new().build_transport(false).compile(&[weather]);
}

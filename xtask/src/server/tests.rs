//! The server as a browser sees it, over a real connection.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use super::PageServer;

/// Serves one page for the rest of the test process and returns the address.
fn start() -> String {
    let folder = tempfile::tempdir().unwrap().keep();
    fs::write(folder.join("index.html"), "<p>page</p>").unwrap();
    fs::write(folder.join("engine_bg.wasm"), b"\0asm").unwrap();
    fs::write(folder.join("engine_bg.wasm.gz"), "packed").unwrap();
    let server = PageServer::bind("127.0.0.1:0".parse().unwrap(), &folder).unwrap();
    let address = server.address();
    server.serve_in_background();
    address
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned()
}

fn ask(address: &str, method: &str, url: &str, more: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{method} {url} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{more}\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn field<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}: ")))
}

#[test]
fn pages_come_with_type_policy_and_content() {
    let address = start();
    let answer = ask(&address, "GET", "/", "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("<p>page</p>"));
    assert_eq!(
        field(&answer, "Content-Type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(field(&answer, "X-Content-Type-Options"), Some("nosniff"));
    let policy = field(&answer, "Content-Security-Policy").unwrap();
    assert!(policy.contains("connect-src 'self';") && !policy.contains("unsafe-inline"));

    let wasm = ask(&address, "GET", "/engine_bg.wasm", "");
    assert_eq!(field(&wasm, "Content-Type"), Some("application/wasm"));
}

#[test]
fn a_smaller_copy_is_sent_as_what_it_unpacks_to() {
    let address = start();
    let answer = ask(
        &address,
        "GET",
        "/engine_bg.wasm",
        "Accept-Encoding: gzip, br\r\n",
    );
    assert_eq!(field(&answer, "Content-Encoding"), Some("gzip"));
    assert_eq!(field(&answer, "Content-Type"), Some("application/wasm"));
    assert_eq!(field(&answer, "Vary"), Some("Accept-Encoding"));
    assert!(answer.ends_with("packed"));
    let plain = ask(&address, "GET", "/engine_bg.wasm", "");
    assert_eq!(field(&plain, "Content-Encoding"), None);
}

#[test]
fn an_unchanged_file_is_not_sent_again() {
    let address = start();
    let first = ask(&address, "GET", "/", "");
    let tag = field(&first, "ETag").unwrap();
    let second = ask(&address, "GET", "/", &format!("If-None-Match: {tag}\r\n"));
    assert!(second.starts_with("HTTP/1.1 304"), "{second}");
    assert!(!second.contains("<p>page</p>"));
}

#[test]
fn other_methods_and_unknown_files_are_refused_with_the_policy() {
    let address = start();
    for (method, url, status) in [
        ("POST", "/", "405"),
        ("GET", "/none", "404"),
        ("GET", "/../etc/passwd", "400"),
    ] {
        let answer = ask(&address, method, url, "");
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
        assert!(field(&answer, "Content-Security-Policy").is_some());
    }
}

#[test]
fn a_head_request_gets_no_content() {
    let address = start();
    let answer = ask(&address, "HEAD", "/", "");
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[test]
fn a_taken_address_is_one_clear_line() {
    let address = start();
    let folder = tempfile::tempdir().unwrap();
    let Err(error) = PageServer::bind(address.parse().unwrap(), folder.path()) else {
        unreachable!("one address was given out twice");
    };
    assert!(error.to_string().contains("--port"), "{error}");
}

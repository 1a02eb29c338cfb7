//! A static server for the page: only files of one folder, only reading, with strict security headers.
//! The page needs nothing more than this, so any static server can stand in its place.
//! `headers` holds what is promised to browsers, `files` the way from an address to a file.

mod files;
pub mod headers;

pub use files::media_type;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use anyhow::Result;
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

use crate::steps::note;
use crate::toolchain::Missing;

/// Requests that are answered at once; each may wait for a slow reader.
const WORKERS: usize = 16;

/// A bound server for one folder.
pub struct PageServer {
    server: Arc<Server>,
    root: PathBuf,
}

impl PageServer {
    /// Takes the address; nothing is answered before [`Self::serve`].
    ///
    /// # Errors
    /// [`Missing`] when the address is in use or not this machine's.
    pub fn bind(address: SocketAddr, root: &Path) -> Result<Self> {
        let server = Server::http(address).map_err(|error| {
            Missing::because(format!(
                "cannot listen on {address} ({error}): choose another with --port or --host"
            ))
        })?;
        Ok(Self {
            server: Arc::new(server),
            root: root.to_path_buf(),
        })
    }

    /// What to type into a browser.
    pub fn address(&self) -> String {
        match self.server.server_addr().to_ip() {
            Some(address) => format!("http://{address}/"),
            None => "an unnamed socket".to_owned(),
        }
    }

    /// Answers requests until the process ends.
    pub fn serve(self) {
        for worker in self.spawn_workers() {
            let _ = worker.join();
        }
    }

    /// Answers requests in the background until the process ends.
    pub fn serve_in_background(self) {
        self.spawn_workers();
    }

    fn spawn_workers(self) -> Vec<thread::JoinHandle<()>> {
        (0..WORKERS)
            .map(|_| {
                let server = Arc::clone(&self.server);
                let root = self.root.clone();
                thread::spawn(move || {
                    while let Ok(request) = server.recv() {
                        // A browser that went away is no failure of the server.
                        let _ = answer(request, &root);
                    }
                })
            })
            .collect()
    }
}

fn answer(request: Request, root: &Path) -> io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return refuse(request, 405, "Only GET and HEAD are served here.\n");
    }
    let file = match files::resolve(root, request.url(), field(&request, "Accept-Encoding")) {
        Ok(file) => file,
        Err(files::Refusal::BadAddress) => {
            return refuse(request, 400, "This address is not well formed.\n");
        }
        Err(files::Refusal::NotFound) => {
            return refuse(request, 404, "There is no such file here.\n");
        }
    };
    let fields = headers::of_file(&file);
    if field(&request, "If-None-Match") == file.tag {
        return request.respond(with_headers(Response::empty(304), fields));
    }
    let content = match std::fs::File::open(&file.path) {
        Ok(content) => content,
        Err(error) => {
            note(&format!("cannot read {}: {error}", file.path.display()));
            return refuse(request, 500, "This file cannot be read.\n");
        }
    };
    request.respond(with_headers(Response::from_file(content), fields))
}

/// A header of the request; empty where it has none of this name.
fn field<'a>(request: &'a Request, name: &'static str) -> &'a str {
    let mut headers = request.headers().iter();
    headers
        .find(|header| header.field.equiv(name))
        .map_or("", |header| header.value.as_str())
}

fn refuse(request: Request, status: u16, text: &str) -> io::Result<()> {
    let mut fields = headers::of_every_answer();
    fields.push(("Content-Type", "text/plain; charset=utf-8".to_owned()));
    let response = Response::from_string(text).with_status_code(StatusCode(status));
    request.respond(with_headers(response, fields))
}

fn with_headers<R: io::Read>(
    mut response: Response<R>,
    fields: Vec<(&'static str, String)>,
) -> Response<R> {
    for (name, value) in fields {
        // All names and values are ASCII of our own, so none is refused.
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    response
}

#[cfg(test)]
mod tests;

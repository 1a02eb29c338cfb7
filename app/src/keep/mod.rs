//! What the reader takes along: a report, pictures of the map, a table of many photographs.
//! All of it is made in the page's memory and handed to the browser's own "save" by [`download`]: no request, no server.
//! Nothing of a photograph but its pixels gets into a picture, and not even those into a report.

pub mod csv;
pub mod download;
pub mod picture;
pub mod report;

//! A user's words, fit for a line of text.
//!
//! Pure. Names are the user's and may hold anything: line feeds, escape sequences, nothing at all.

/// A user's word on one line: what cannot be printed is escaped, and a word that is empty, or
/// begins or ends with a blank, stands in quotes.
pub(super) fn printable(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    // Quotes are harmless, so they are kept from `escape_debug`.
    for piece in word.split_inclusive(['"', '\'']) {
        let quote = piece.chars().next_back().filter(|&last| last == '"' || last == '\'');
        let rest = &piece[..piece.len() - quote.map_or(0, char::len_utf8)];
        text.extend(rest.escape_debug());
        text.extend(quote);
    }
    if text.is_empty() || text.starts_with(' ') || text.ends_with(' ') { format!("\"{text}\"") } else { text }
}

//! Tests of the parser: trees, statement ends, and recovery after errors.

use bumpalo::Bump;

use super::parse;

#[test]
fn a_wrong_first_token_is_named_where_it_stands() {
    for (source, line) in [("a\n}", 2), ("a\n\n)", 3), ("a\n@", 2), ("if a {\n    b\n    )\n}", 3)]
    {
        let arena = Bump::new();
        let (_, errors) = parse(&arena, source);
        let start = errors[0].span.start as usize;
        assert_eq!(source[..start].matches('\n').count() + 1, line, "{source:?}: {errors:?}");
    }
}

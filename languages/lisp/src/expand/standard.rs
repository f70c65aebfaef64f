//! The libraries of the system: what they export, and the sources of those that are written in
//! Scheme.
//!
//! Everything of R7RS is defined in one scope, by builtins, forms of the expander and the prelude;
//! these tables say which library gives which names to programs.

/// All libraries that a program begins with if it imports nothing.
pub(super) const ALL: &[&str] = &[
    "scheme base",
    "scheme case-lambda",
    "scheme char",
    "scheme complex",
    "scheme cxr",
    "scheme eval",
    "scheme file",
    "scheme inexact",
    "scheme lazy",
    "scheme load",
    "scheme process-context",
    "scheme read",
    "scheme repl",
    "scheme time",
    "scheme write",
    "srfi 8",
    "srfi 9",
    "srfi 16",
    "srfi 6",
    "srfi 30",
    "srfi 39",
    "srfi 46",
    "srfi 62",
    "srfi 87",
    "lisp extras",
    "scheme r5rs",
    "srfi 23",
];

/// The library with everything that the system is made of: for its other libraries.
pub(super) const INTERNAL: &str = "lisp internal";

/// The names that a library exports.
pub(super) fn names(library: &str) -> Option<impl Iterator<Item = &'static str>> {
    TABLE.iter().find(|(name, _)| *name == library).map(|(_, names)| names.split_whitespace())
}

/// The source of a library that is read when somebody imports it.
pub(super) fn source(library: &str) -> Option<&'static str> {
    SOURCES.iter().find(|(name, _)| *name == library).map(|(_, source)| *source)
}

const SOURCES: &[(&str, &str)] = &[
    ("srfi 1", include_str!("../../scheme/srfi/1.sld")),
    ("srfi 2", include_str!("../../scheme/srfi/2.sld")),
    ("srfi 26", include_str!("../../scheme/srfi/26.sld")),
    ("srfi 69", include_str!("../../scheme/srfi/69.sld")),
    ("srfi 133", include_str!("../../scheme/srfi/133.sld")),
    ("srfi 141", include_str!("../../scheme/srfi/141.sld")),
    ("srfi 151", include_str!("../../scheme/srfi/151.sld")),
];

/// Libraries that R7RS-large calls otherwise.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("scheme list", "srfi 1"),
    ("scheme vector", "srfi 133"),
    ("scheme division", "srfi 141"),
    ("scheme bitwise", "srfi 151"),
];

/// What a library of R7RS-large is called here.
pub(super) fn own_name(library: &str) -> Option<&'static str> {
    OTHER_NAMES.iter().find(|(name, _)| *name == library).map(|(_, own)| *own)
}

const TABLE: &[(&str, &str)] = &[
    (
        "scheme base",
        "* + - / < <= = > >= _ => ... abs and append apply assoc assq assv begin binary-port? \
         boolean=? boolean? bytevector bytevector-append bytevector-copy bytevector-copy! \
         bytevector-length bytevector-u8-ref bytevector-u8-set! bytevector? caar cadr \
         call-with-current-continuation call-with-port call-with-values call/cc car case cdar \
         cddr cdr ceiling char->integer char-ready? char<=? char<? char=? char>=? char>? \
         char? close-input-port close-output-port close-port complex? cond cond-expand cons \
         current-error-port current-input-port current-output-port define define-record-type \
         define-syntax define-values denominator do dynamic-wind else eof-object eof-object? \
         eq? equal? eqv? error error-object-irritants error-object-message error-object? \
         even? exact exact-integer-sqrt exact-integer? exact? expt features file-error? floor \
         floor-quotient floor-remainder floor/ flush-output-port for-each gcd \
         get-output-bytevector get-output-string guard if include include-ci inexact inexact? \
         input-port-open? input-port? integer->char integer? lambda lcm length let let* \
         let*-values let-syntax let-values letrec letrec* letrec-syntax list list->string \
         list->vector list-copy list-ref list-set! list-tail list? make-bytevector make-list \
         make-parameter make-string make-vector map max member memq memv min modulo negative? \
         newline not null? number->string number? numerator odd? open-input-bytevector \
         open-input-string open-output-bytevector open-output-string or output-port-open? \
         output-port? pair? parameterize peek-char port? peek-u8 positive? procedure? quasiquote \
         quote quotient raise raise-continuable rational? rationalize read-bytevector \
         read-bytevector! read-char read-error? read-line read-string read-u8 real? remainder \
         reverse round set! set-car! set-cdr! square string string->list string->number \
         string->symbol string->utf8 string->vector string-append string-copy string-copy! \
         string-fill! string-for-each string-length string-map string-ref string-set! \
         string<=? string<? string=? string>=? string>? string? substring symbol->string \
         symbol=? symbol? syntax-error syntax-rules textual-port? truncate truncate-quotient \
         truncate-remainder truncate/ u8-ready? unless unquote unquote-splicing utf8->string \
         values vector vector->list vector->string vector-append vector-copy vector-copy! \
         vector-fill! vector-for-each vector-length vector-map vector-ref vector-set! vector? \
         when with-exception-handler write-bytevector write-char write-string write-u8 zero? \
         import define-library",
    ),
    ("scheme case-lambda", "case-lambda"),
    (
        "scheme char",
        "char-alphabetic? char-ci<=? char-ci<? char-ci=? char-ci>=? char-ci>? char-downcase \
         char-foldcase char-lower-case? char-numeric? char-upcase char-upper-case? \
         char-whitespace? digit-value string-ci<=? string-ci<? string-ci=? string-ci>=? \
         string-ci>? string-downcase string-foldcase string-upcase",
    ),
    ("scheme complex", "angle imag-part magnitude make-polar make-rectangular real-part"),
    (
        "scheme cxr",
        "caaar caadr cadar caddr cdaar cdadr cddar cdddr caaaar caaadr caadar caaddr cadaar \
         cadadr caddar cadddr cdaaar cdaadr cdadar cdaddr cddaar cddadr cdddar cddddr",
    ),
    ("scheme eval", "environment eval"),
    (
        "scheme file",
        "call-with-input-file call-with-output-file delete-file file-exists? \
         open-binary-input-file open-binary-output-file open-input-file open-output-file \
         with-input-from-file with-output-to-file",
    ),
    ("scheme inexact", "acos asin atan cos exp finite? infinite? log nan? sin sqrt tan"),
    ("scheme lazy", "delay delay-force force make-promise promise?"),
    ("scheme load", "load"),
    (
        "scheme process-context",
        "command-line emergency-exit exit get-environment-variable get-environment-variables",
    ),
    ("scheme read", "read"),
    ("scheme repl", "interaction-environment"),
    ("scheme time", "current-jiffy current-second jiffies-per-second"),
    ("scheme write", "display write write-shared write-simple"),
    ("srfi 8", "receive"),
    ("srfi 9", "define-record-type"),
    ("srfi 16", "case-lambda"),
    ("srfi 6", "open-input-string open-output-string get-output-string"),
    ("srfi 30", ""),
    ("srfi 39", "make-parameter parameterize"),
    ("srfi 46", "syntax-rules"),
    ("srfi 62", ""),
    ("srfi 87", "case"),
    (
        "lisp extras",
        "assert merge-point! gensym void box unbox set-box! box? 1+ -1+ exact->inexact \
         inexact->exact cons-stream receive list-index filter reduce fold-left fold-right \
         delete last-pair except-last-pair! runtime real-time random iota \
         string-search-forward string-index assertion-violation call-with-output-string \
         with-output-to-string pp boolean=? vector-grow subvector vector-head vector-tail \
         list-head sublist first second third fourth fifth append! reverse! \
         exact-rational? exact-nonnegative-integer? default-object? vector-binary-search \
         flush-output true false the-empty-stream stream-pair? stream-null? empty-stream? \
         stream-car stream-cdr stream-head stream-tail ",
    ),
    (
        "scheme r5rs",
        "* + - / < <= = > >= abs acos and angle append apply asin assoc assq assv atan begin \
         boolean? caar cadr call-with-current-continuation call-with-input-file \
         call-with-output-file call-with-values car case cdar cddr cdr ceiling char->integer \
         char-alphabetic? char-ci<=? char-ci<? char-ci=? char-ci>=? char-ci>? char-downcase \
         char-lower-case? char-numeric? char-ready? char-upcase char-upper-case? \
         char-whitespace? char<=? char<? char=? char>=? char>? char? close-input-port \
         close-output-port complex? cond cons cos current-input-port current-output-port \
         define define-syntax delay denominator display do dynamic-wind else => ... _ \
         eof-object? eq? equal? eqv? eval even? exact->inexact exact? exp expt floor for-each \
         force gcd if imag-part inexact->exact inexact? input-port? integer->char integer? \
         interaction-environment lambda lcm length let let* let-syntax letrec letrec-syntax \
         list list->string list->vector list-ref list-tail list? load log magnitude \
         make-polar make-rectangular make-string make-vector map max member memq memv min \
         modulo negative? newline not null-environment null? number->string number? numerator \
         odd? open-input-file open-output-file or output-port? pair? peek-char positive? \
         procedure? quasiquote quote unquote unquote-splicing quotient rational? rationalize \
         read read-char real-part real? remainder reverse round scheme-report-environment \
         set! set-car! set-cdr! sin sqrt string string->list string->number string->symbol \
         string-append string-ci<=? string-ci<? string-ci=? string-ci>=? string-ci>? \
         string-copy string-fill! string-length string-ref string-set! string<=? string<? \
         string=? string>=? string>? string? substring symbol->string symbol? syntax-rules \
         tan truncate values vector vector->list vector-fill! vector-length vector-ref \
         vector-set! vector? with-input-from-file with-output-to-file write write-char zero? \
         caaar caadr cadar caddr cdaar cdadr cddar cdddr caaaar caaadr caadar caaddr cadaar \
         cadadr caddar cadddr cdaaar cdaadr cdadar cdaddr cddaar cddadr cdddar cddddr",
    ),
    ("srfi 23", "error"),
];

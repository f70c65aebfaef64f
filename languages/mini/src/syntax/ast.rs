//! The syntax tree of a Mini program, as the parser leaves it.
//!
//! Nodes live in a `bumpalo` arena and refer to each other by plain references: the tree is immutable,
//! freed at once, and dropping it never recurses. What the resolver finds out about names stands beside
//! the tree, in tables indexed by the ids given here (see `super::resolve`).
//!
//! Every node knows its place in the source. `height` is the longest path down to a leaf; the parser
//! keeps it below `MAX_HEIGHT`, so that walking a tree recursively is safe on a
//! [deep stack](frontend::with_deep_stack).

use super::token::Span;

/// No expression, statement or block is higher than this.
pub const MAX_HEIGHT: u32 = 120_000;

/// Numbers one occurrence of a name: a use or a declaration. Index into
/// [`Resolution::names`](super::resolve::Resolution::names).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameId(pub u32);

/// Numbers a block. Index into [`Resolution::blocks`](super::resolve::Resolution::blocks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockId(pub u32);

/// Numbers a function: the program itself is number 0. Index into
/// [`Resolution::functions`](super::resolve::Resolution::functions).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FunctionId(pub u32);

/// A whole program.
#[derive(Debug)]
pub struct Program<'a> {
    /// The outermost block.
    pub body: &'a Block<'a>,
    /// How many [`NameId`]s there are.
    pub names: u32,
    /// How many [`BlockId`]s there are.
    pub blocks: u32,
    /// How many [`FunctionId`]s there are, the program included.
    pub functions: u32,
}

/// Statements with a scope of their own.
#[derive(Debug)]
pub struct Block<'a> {
    /// Its number.
    pub id: BlockId,
    /// From `{` to `}`; the whole source for the program's block.
    pub span: Span,
    /// The statements in order.
    pub statements: &'a [Stmt<'a>],
    /// One more than the height of its highest statement.
    pub height: u32,
}

/// An occurrence of a variable's name.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// The name itself.
    pub text: &'a str,
    /// Where it stands.
    pub span: Span,
    /// The number of this occurrence.
    pub id: NameId,
}

/// The name of a field, a method or a key: a constant, not a variable.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// The name itself.
    pub text: &'a str,
    /// Where it stands.
    pub span: Span,
}

/// A statement.
#[derive(Debug)]
pub struct Stmt<'a> {
    /// What it is.
    pub kind: StmtKind<'a>,
    /// From its first to its last token.
    pub span: Span,
    /// See the module's description.
    pub height: u32,
}

/// The kinds of statements.
#[derive(Debug)]
pub enum StmtKind<'a> {
    /// An expression whose value is dropped.
    Expr(&'a Expr<'a>),
    /// `let name = value`
    Let {
        /// The variable that is declared.
        name: Name<'a>,
        /// Its first value.
        value: &'a Expr<'a>,
    },
    /// `target = value` or `target op= value`
    Assign {
        /// What is assigned.
        target: Target<'a>,
        /// The operator of `op=`.
        op: Option<BinaryOp>,
        /// Where the operator stands (of a plain assignment: the `=`).
        op_span: Span,
        /// The right side.
        value: &'a Expr<'a>,
    },
    /// `if c { } else if d { } else { }`
    If {
        /// `if` and every `else if`, in order; never empty.
        arms: &'a [Arm<'a>],
        /// The last `else`.
        otherwise: Option<&'a Block<'a>>,
    },
    /// `while c { }`
    While {
        /// Evaluated before each turn.
        condition: &'a Expr<'a>,
        /// What is repeated.
        body: &'a Block<'a>,
    },
    /// `for x in e { }`; the variable is new in each turn, in a scope around the body.
    For {
        /// The variable.
        variable: Name<'a>,
        /// What is iterated over.
        iterable: &'a Expr<'a>,
        /// What is repeated.
        body: &'a Block<'a>,
    },
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `return` or `return e`
    Return(Option<&'a Expr<'a>>),
    /// `fn name(..) { }`: does nothing when it is reached; it is made at block entry.
    Function {
        /// The variable that is declared.
        name: Name<'a>,
        /// The function.
        function: &'a Function<'a>,
    },
    /// `class Name { }`: does nothing when it is reached; it is made at block entry.
    Class(&'a Class<'a>),
    /// `try { } catch e { }`; the variable has a scope around the handler.
    Try {
        /// What is tried.
        body: &'a Block<'a>,
        /// What was thrown.
        variable: Name<'a>,
        /// Where it is caught.
        handler: &'a Block<'a>,
    },
    /// `throw e`
    Throw(&'a Expr<'a>),
}

/// A condition and the block it guards.
#[derive(Debug)]
pub struct Arm<'a> {
    /// The condition.
    pub condition: &'a Expr<'a>,
    /// The block.
    pub body: &'a Block<'a>,
}

/// What can be assigned.
#[derive(Debug)]
pub enum Target<'a> {
    /// `x = ..`
    Variable(Name<'a>),
    /// `e[i] = ..`
    Index {
        /// `e`
        object: &'a Expr<'a>,
        /// `i`
        index: &'a Expr<'a>,
        /// The whole target.
        span: Span,
    },
    /// `e.k = ..`
    Field {
        /// `e`
        object: &'a Expr<'a>,
        /// `k`
        field: Field<'a>,
        /// The whole target.
        span: Span,
    },
}

/// A function: declared, literal, or method.
#[derive(Debug)]
pub struct Function<'a> {
    /// Its number.
    pub id: FunctionId,
    /// Its name, for messages and printing.
    pub name: Option<&'a str>,
    /// For a method: the name of its class.
    pub class: Option<&'a str>,
    /// For a method: the hidden variable `self`, in the scope of the parameters.
    pub this: Option<Name<'a>>,
    /// The parameters, in a scope around the body.
    pub parameters: &'a [Name<'a>],
    /// The body.
    pub body: &'a Block<'a>,
    /// From `fn` to `}`.
    pub span: Span,
}

/// A class.
#[derive(Debug)]
pub struct Class<'a> {
    /// The variable that is declared.
    pub name: Name<'a>,
    /// The class it extends.
    pub base: Option<Base<'a>>,
    /// Its methods, of different names.
    pub methods: &'a [&'a Function<'a>],
    /// From `class` to `}`.
    pub span: Span,
}

/// The base of a class.
#[derive(Debug)]
pub struct Base<'a> {
    /// The variable that holds it.
    pub name: Name<'a>,
    /// A hidden variable `super` in a scope around the methods: the value of `name` when the class was
    /// made. It belongs to the block of the class, like a `let`.
    pub variable: Name<'a>,
}

/// An expression.
#[derive(Debug)]
pub struct Expr<'a> {
    /// What it is.
    pub kind: ExprKind<'a>,
    /// From its first to its last token, parentheses around it included.
    pub span: Span,
    /// See the module's description.
    pub height: u32,
}

/// The kinds of expressions.
#[derive(Debug)]
pub enum ExprKind<'a> {
    /// `nil`
    Nil,
    /// `true` or `false`
    Bool(bool),
    /// An integer that fits a machine word.
    Int(i64),
    /// An integer that does not.
    BigInt {
        /// Its digits, no underscores and no prefix.
        digits: &'a str,
        /// 2, 10 or 16.
        radix: u32,
    },
    /// A float.
    Float(f64),
    /// A string, escapes replaced.
    String(&'a str),
    /// A variable; also `self`, which resolves as one.
    Name(Name<'a>),
    /// `[a, b]`
    Array(&'a [Expr<'a>]),
    /// `{k: v}`; keys may repeat.
    Object(&'a [Pair<'a>]),
    /// `fn(x) { }`
    Function(&'a Function<'a>),
    /// `- ~ not`
    Unary {
        /// The operator.
        op: UnaryOp,
        /// Its operand.
        operand: &'a Expr<'a>,
    },
    /// Arithmetic, bit operators and comparisons.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where it stands: the place of its errors.
        op_span: Span,
        /// The left operand.
        left: &'a Expr<'a>,
        /// The right operand.
        right: &'a Expr<'a>,
    },
    /// `and`, `or`
    Logical {
        /// Which of the two.
        op: LogicalOp,
        /// Always evaluated.
        left: &'a Expr<'a>,
        /// Evaluated if needed.
        right: &'a Expr<'a>,
    },
    /// `f(a, b)`; a method call if `callee` is a [`ExprKind::Field`] or [`ExprKind::Super`].
    Call {
        /// What is called.
        callee: &'a Expr<'a>,
        /// The arguments.
        arguments: &'a [Expr<'a>],
    },
    /// `a[i]`
    Index {
        /// `a`
        object: &'a Expr<'a>,
        /// `i`
        index: &'a Expr<'a>,
    },
    /// `o.name`
    Field {
        /// `o`
        object: &'a Expr<'a>,
        /// `name`
        field: Field<'a>,
    },
    /// `super.name`
    Super {
        /// The variable `self`.
        this: Name<'a>,
        /// The variable `super`: see [`Base::variable`].
        base: Name<'a>,
        /// `name`
        field: Field<'a>,
    },
}

/// A pair of an object literal.
#[derive(Debug)]
pub struct Pair<'a> {
    /// The key.
    pub key: Field<'a>,
    /// The value.
    pub value: Expr<'a>,
}

/// The operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `~`
    BitNot,
    /// `not`
    Not,
}

impl UnaryOp {
    /// How it is written.
    pub fn text(self) -> &'static str {
        match self {
            UnaryOp::Neg => "-",
            UnaryOp::BitNot => "~",
            UnaryOp::Not => "not",
        }
    }
}

/// The operators that evaluate their right operand only if needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogicalOp {
    /// `and`
    And,
    /// `or`
    Or,
}

/// The operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `**`
    Pow,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl BinaryOp {
    /// How it is written.
    pub fn text(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "**",
            BinaryOp::BitAnd => "&",
            BinaryOp::BitOr => "|",
            BinaryOp::BitXor => "^",
            BinaryOp::Shl => "<<",
            BinaryOp::Shr => ">>",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
        }
    }
}

impl Expr<'_> {
    /// The place that its errors are reported at, and the calls that it makes: the operator, the index,
    /// the name of the field or of the function, else the whole expression.
    pub fn place(&self) -> Span {
        match &self.kind {
            ExprKind::Binary { op_span, .. } => *op_span,
            ExprKind::Unary { op, .. } => {
                Span { end: self.span.start + op.text().len() as u32, ..self.span }
            }
            ExprKind::Call { callee, .. } => callee.place(),
            ExprKind::Index { index, .. } => index.span,
            ExprKind::Field { field, .. } | ExprKind::Super { field, .. } => field.span,
            ExprKind::Name(name) => name.span,
            _ => self.span,
        }
    }
}

impl Target<'_> {
    /// The place that its errors are reported at.
    pub fn place(&self) -> Span {
        match self {
            Target::Variable(name) => name.span,
            Target::Index { index, .. } => index.span,
            Target::Field { field, .. } => field.span,
        }
    }
}

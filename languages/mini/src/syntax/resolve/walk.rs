//! The first half of name resolution: walks the tree once, keeps the declarations that are visible,
//! and notes for every use which variable it means and whether that may be uninitialised.
//!
//! "May be uninitialised" is a question of places in the source. A block runs its statements in order,
//! so a `let` has run before everything that stands behind it in its block. A function is made either
//! where its literal stands or at the start of its block; if the variable is ready by then, the
//! function can never see it uninitialised.

use std::collections::HashMap;

use super::super::ast::{
    Block, Class, Expr, ExprKind, Function, FunctionId, Name, Program, Stmt, StmtKind, Target,
};
use super::super::errors::SyntaxError;
use super::super::token::Span;
use super::{
    BlockInfo, Capture, CaptureFrom, FunctionInfo, Options, Place, Storage, Variable, VariableId,
    VariableKind,
};

/// What the walk found.
pub(super) struct Walked<'a> {
    /// By name: what it means, without the storage that is not yet known.
    pub(super) raw: Vec<Raw>,
    /// See [`super::Resolution`].
    pub(super) variables: Vec<Variable<'a>>,
    /// See [`super::Resolution`].
    pub(super) blocks: Vec<BlockInfo<'a>>,
    /// See [`super::Resolution`].
    pub(super) functions: Vec<FunctionInfo>,
}

/// What a name means; the last field of each is the check.
#[derive(Clone, Copy)]
pub(super) enum Raw {
    /// A variable of the function the name stands in.
    Own(VariableId, bool),
    /// A variable of a function around it: which, the capture (if it does not become a global).
    Captured(VariableId, u32, bool),
    /// Not a variable of this program.
    Other(Place),
}

/// A function that is being walked.
struct Context {
    id: FunctionId,
    /// The first slot that is free.
    next_slot: u32,
    /// How many loops are around, within this function.
    loops: u32,
    /// For a method: if its class has a base.
    method: Option<bool>,
    /// The byte of the source at which the function is made, in the function around it.
    made_at: u32,
    captures: HashMap<VariableId, u32>,
}

struct Walk<'a, 'o> {
    options: Options<'o>,
    out: Walked<'a>,
    errors: Vec<SyntaxError>,
    /// The declarations of each name that are visible, the innermost last.
    visible: HashMap<&'a str, Vec<VariableId>>,
    contexts: Vec<Context>,
}

/// Walks a program.
pub(super) fn walk<'a>(
    program: &Program<'a>,
    options: Options<'_>,
) -> (Walked<'a>, Vec<SyntaxError>) {
    let out = Walked {
        raw: vec![Raw::Other(Place::Undeclared); program.names as usize],
        variables: Vec::new(),
        blocks: (0..program.blocks).map(|_| BlockInfo::default()).collect(),
        functions: (0..program.functions).map(|_| FunctionInfo::default()).collect(),
    };
    let mut walk =
        Walk { options, out, errors: Vec::new(), visible: HashMap::new(), contexts: Vec::new() };
    walk.enter_function(FunctionId(0), None, 0);
    walk.block(program.body, true);
    walk.leave_function();
    (walk.out, walk.errors)
}

impl<'a> Walk<'a, '_> {
    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(SyntaxError::new(span, message));
    }

    fn context(&mut self) -> &mut Context {
        self.contexts.last_mut().expect("the program's context is there from start to end")
    }

    fn enter_function(&mut self, id: FunctionId, method: Option<bool>, made_at: u32) {
        let captures = HashMap::new();
        self.contexts.push(Context { id, next_slot: 0, loops: 0, method, made_at, captures });
    }

    fn leave_function(&mut self) {
        self.contexts.pop();
    }

    /// Declares a variable in the innermost scope, whose names are `scope`.
    fn declare(
        &mut self,
        scope: &mut Vec<&'a str>,
        name: Name<'a>,
        kind: VariableKind,
        ready: u32,
    ) -> VariableId {
        let id = VariableId(self.out.variables.len() as u32);
        let context = self.context();
        let slot = context.next_slot;
        context.next_slot += 1;
        let function = context.id;
        let slots = &mut self.out.functions[function.0 as usize].slots;
        *slots = (*slots).max(slot + 1);
        self.out.variables.push(Variable {
            name: name.text,
            span: name.span,
            kind,
            function,
            slot,
            storage: Storage::Slot,
            captured: false,
            assigned: false,
            checked: false,
            ready,
            captured_early: false,
            root: false,
        });
        self.out.raw[name.id.0 as usize] = Raw::Own(id, false);
        self.visible.entry(name.text).or_default().push(id);
        scope.push(name.text);
        id
    }

    /// Ends a scope: its names are no longer visible, its slots are free.
    fn end_scope(&mut self, scope: Vec<&'a str>) {
        self.context().next_slot -= scope.len() as u32;
        for name in scope {
            if let Some(declarations) = self.visible.get_mut(name) {
                declarations.pop();
            }
        }
    }

    fn lookup(&self, name: &str) -> Option<VariableId> {
        self.visible.get(name).and_then(|d| d.last().copied())
    }

    /// A use of a variable: a read, or an assignment.
    fn use_name(&mut self, name: Name<'a>, assign: bool) {
        self.use_name_at(name, name.span.start, assign);
    }

    /// A use that happens when the code at byte `at` runs, wherever the name stands.
    fn use_name_at(&mut self, name: Name<'a>, at: u32, assign: bool) {
        let raw = match self.lookup(name.text) {
            Some(id) => self.use_variable(id, at, assign),
            None => Raw::Other(self.foreign(name.text)),
        };
        self.out.raw[name.id.0 as usize] = raw;
    }

    fn foreign(&self, name: &str) -> Place {
        if let Some(global) = (self.options.known)(name) {
            return Place::Global(global);
        }
        match (self.options.builtin)(name) {
            Some(builtin) => Place::Builtin(builtin),
            None => Place::Undeclared,
        }
    }

    fn use_variable(&mut self, id: VariableId, at: u32, assign: bool) -> Raw {
        let owner = self.variable(id).function;
        let home = self.contexts.iter().rposition(|c| c.id == owner).unwrap_or(0);
        let own = home + 1 == self.contexts.len();
        // The moment from which on the code around the name can run, in the owner's own terms.
        let moment = if own { at } else { self.contexts[home + 1].made_at };
        let variable = &mut self.out.variables[id.0 as usize];
        let early = moment < variable.ready;
        let always_ready = variable.kind != VariableKind::Let;
        let check = early && !always_ready;
        variable.checked |= check;
        variable.assigned |= assign;
        if own {
            return Raw::Own(id, check);
        }
        variable.captured = true;
        variable.captured_early |= early;
        let capture = if variable.root { 0 } else { self.capture(id, home) };
        Raw::Captured(id, capture, check)
    }

    /// Makes every function between the owner of a variable and the innermost one capture it.
    fn capture(&mut self, id: VariableId, home: usize) -> u32 {
        let mut from = CaptureFrom::Slot(self.variable(id).slot);
        let mut index = 0;
        for context in &mut self.contexts[home + 1..] {
            let captures = &mut self.out.functions[context.id.0 as usize].captures;
            index = *context.captures.entry(id).or_insert_with(|| {
                captures.push(Capture { variable: id, from, cell: false });
                captures.len() as u32 - 1
            });
            from = CaptureFrom::Capture(index);
        }
        index
    }

    fn variable(&self, id: VariableId) -> &Variable<'a> {
        &self.out.variables[id.0 as usize]
    }

    fn block(&mut self, block: &Block<'a>, root: bool) {
        let mut scope = Vec::new();
        let info = self.declarations(block, &mut scope, root);
        for (_, function) in &info.functions {
            self.function(function, block.span.start, None);
        }
        for class in &info.classes {
            self.class(class, block.span.start);
        }
        self.out.blocks[block.id.0 as usize] = info;
        for statement in block.statements {
            self.statement(statement);
        }
        self.end_scope(scope);
    }

    /// Declares what the statements of a block declare.
    fn declarations(
        &mut self,
        block: &Block<'a>,
        scope: &mut Vec<&'a str>,
        root: bool,
    ) -> BlockInfo<'a> {
        let mut info = BlockInfo::default();
        let mut here: HashMap<&'a str, VariableId> = HashMap::new();
        let mut classes: Vec<&'a Class<'a>> = Vec::new();
        for statement in block.statements {
            let (name, kind, ready) = match &statement.kind {
                StmtKind::Let { name, .. } => (*name, VariableKind::Let, statement.span.end),
                StmtKind::Function { name, function } => {
                    info.functions.push((*name, function));
                    (*name, VariableKind::Function, block.span.start + 1)
                }
                StmtKind::Class(class) => {
                    classes.push(class);
                    (class.name, VariableKind::Class, block.span.start + 1)
                }
                _ => continue,
            };
            if name.text.is_empty() {
                // Stands for a name that could not be read.
                continue;
            }
            if here.contains_key(name.text) {
                let message = format!("`{}` is already declared in this block", name.text);
                self.error(name.span, message);
                continue;
            }
            let id = self.declare(scope, name, kind, ready);
            self.out.variables[id.0 as usize].root = root;
            here.insert(name.text, id);
            info.variables.push(id);
        }
        info.classes = self.order(classes);
        for class in &info.classes {
            if let Some(base) = &class.base {
                // Visible only to the methods: taken out of sight until they are walked.
                let mut hidden = Vec::new();
                let id = self.declare(&mut hidden, base.variable, VariableKind::Super, 0);
                self.out.variables[id.0 as usize].root = root;
                info.variables.push(id);
                if let Some(declarations) = self.visible.get_mut(base.variable.text) {
                    declarations.pop();
                }
                // Keeps its slot until the block ends.
                scope.push("");
            }
        }
        info
    }

    /// Puts bases before the classes that extend them; a circle is an error.
    fn order(&mut self, classes: Vec<&'a Class<'a>>) -> Vec<&'a Class<'a>> {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Started,
            Done,
        }
        let index: HashMap<&str, usize> =
            classes.iter().enumerate().rev().map(|(i, c)| (c.name.text, i)).collect();
        let mut state = vec![State::New; classes.len()];
        let mut ordered = Vec::with_capacity(classes.len());
        for start in 0..classes.len() {
            // The chain from this class up to one that is done, or that is no class of this block.
            let mut chain = Vec::new();
            let mut at = start;
            while state[at] == State::New {
                state[at] = State::Started;
                chain.push(at);
                let base = classes[at].base.as_ref().and_then(|b| index.get(b.name.text));
                let Some(&base) = base else { break };
                if state[base] == State::Started {
                    let class = classes[at];
                    let span = class.base.as_ref().map_or(class.span, |b| b.name.span);
                    self.error(span, format!("class `{}` extends itself", class.name.text));
                }
                at = base;
            }
            for &done in chain.iter().rev() {
                state[done] = State::Done;
                ordered.push(classes[done]);
            }
        }
        ordered
    }

    fn class(&mut self, class: &'a Class<'a>, made_at: u32) {
        if let Some(base) = &class.base {
            self.use_name_at(base.name, made_at, false);
            if let Raw::Own(id, _) = self.out.raw[base.variable.id.0 as usize] {
                self.visible.entry(base.variable.text).or_default().push(id);
            }
        }
        let mut seen: HashMap<&str, ()> = HashMap::new();
        for method in class.methods {
            if let Some(name) = method.name
                && seen.insert(name, ()).is_some()
            {
                let message = format!("class `{}` has two methods `{name}`", class.name.text);
                self.error(method.span, message);
            }
            self.function(method, made_at, Some(class.base.is_some()));
        }
        if let Some(base) = &class.base
            && let Some(declarations) = self.visible.get_mut(base.variable.text)
        {
            declarations.pop();
        }
    }

    fn function(&mut self, function: &'a Function<'a>, made_at: u32, method: Option<bool>) {
        self.enter_function(function.id, method, made_at);
        let mut scope = Vec::new();
        if let Some(this) = function.this {
            self.declare(&mut scope, this, VariableKind::Parameter, 0);
        }
        let mut seen: HashMap<&str, ()> = HashMap::with_capacity(function.parameters.len());
        for parameter in function.parameters {
            if seen.insert(parameter.text, ()).is_some() {
                let message = format!("two parameters are called `{}`", parameter.text);
                self.error(parameter.span, message);
            }
            self.declare(&mut scope, *parameter, VariableKind::Parameter, 0);
        }
        self.block(function.body, false);
        self.end_scope(scope);
        self.leave_function();
    }

    fn statement(&mut self, statement: &Stmt<'a>) {
        match &statement.kind {
            StmtKind::Expr(e) | StmtKind::Throw(e) | StmtKind::Let { value: e, .. } => self.expr(e),
            StmtKind::Assign { target, value, .. } => {
                self.target(target);
                self.expr(value);
            }
            StmtKind::If { arms, otherwise } => {
                for arm in *arms {
                    self.expr(arm.condition);
                    self.block(arm.body, false);
                }
                if let Some(block) = otherwise {
                    self.block(block, false);
                }
            }
            StmtKind::While { condition, body } => {
                self.expr(condition);
                self.context().loops += 1;
                self.block(body, false);
                self.context().loops -= 1;
            }
            StmtKind::For { variable, iterable, body } => {
                self.expr(iterable);
                self.context().loops += 1;
                self.block_with(*variable, VariableKind::For, body);
                self.context().loops -= 1;
            }
            StmtKind::Try { body, variable, handler } => {
                self.block(body, false);
                self.block_with(*variable, VariableKind::Catch, handler);
            }
            StmtKind::Break if self.context().loops == 0 => {
                self.error(statement.span, "`break` outside of a loop");
            }
            StmtKind::Continue if self.context().loops == 0 => {
                self.error(statement.span, "`continue` outside of a loop");
            }
            StmtKind::Return(value) => {
                if self.contexts.len() == 1 {
                    self.error(statement.span, "`return` outside of a function");
                }
                if let Some(value) = value {
                    self.expr(value);
                }
            }
            // These are walked at the start of their block.
            StmtKind::Function { .. } | StmtKind::Class(_) => {}
            StmtKind::Break | StmtKind::Continue => {}
        }
    }

    /// A block with a scope of one variable around it.
    fn block_with(&mut self, variable: Name<'a>, kind: VariableKind, body: &Block<'a>) {
        let mut scope = Vec::new();
        self.declare(&mut scope, variable, kind, 0);
        self.block(body, false);
        self.end_scope(scope);
    }

    fn target(&mut self, target: &Target<'a>) {
        match target {
            Target::Variable(name) => self.use_name(*name, true),
            Target::Index { object, index, .. } => {
                self.expr(object);
                self.expr(index);
            }
            Target::Field { object, .. } => self.expr(object),
        }
    }

    fn expr(&mut self, expr: &Expr<'a>) {
        match &expr.kind {
            ExprKind::Nil
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::BigInt { .. }
            | ExprKind::Float(_)
            | ExprKind::String(_) => {}
            ExprKind::Name(name) if name.text == "self" => self.this(*name),
            ExprKind::Name(name) => self.use_name(*name, false),
            ExprKind::Array(elements) => elements.iter().for_each(|e| self.expr(e)),
            ExprKind::Object(pairs) => pairs.iter().for_each(|p| self.expr(&p.value)),
            ExprKind::Function(function) => {
                self.function(function, expr.span.start, None);
            }
            ExprKind::Unary { operand, .. } => self.expr(operand),
            ExprKind::Binary { left, right, .. } | ExprKind::Logical { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Call { callee, arguments } => {
                self.expr(callee);
                arguments.iter().for_each(|e| self.expr(e));
            }
            ExprKind::Index { object, index } => {
                self.expr(object);
                self.expr(index);
            }
            ExprKind::Field { object, .. } => self.expr(object),
            ExprKind::Super { this, base, .. } => {
                let method = self.contexts.iter().rev().find_map(|c| c.method);
                if method == Some(true) {
                    self.this(*this);
                    self.use_name(*base, false);
                } else {
                    let message = "`super` outside of a method of a class with a base";
                    self.error(Span { end: expr.span.start + 5, ..expr.span }, message);
                }
            }
        }
    }

    fn this(&mut self, name: Name<'a>) {
        if self.lookup("self").is_some() {
            self.use_name(name, false);
        } else {
            self.error(name.span, "`self` outside of a method");
        }
    }
}

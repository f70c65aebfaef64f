// one-way constraints that are propagated along a plan; after DeltaBlue, much reduced
const N = 1000; //@N

class Variable {
  constructor(value) { this.value = value; this.by = null; this.mark = 0; }
}

class Constraint {
  constructor(strength) { this.strength = strength; this.done = 0; }
  execute() { return null; }
  output() { return null; }
  inputsKnown(mark) { return true; }
  stronger(other) { return this.strength > other.strength; }
}

class Stay extends Constraint {
  constructor(variable, strength) { super(strength); this.variable = variable; }
  output() { return this.variable; }
}

class Edit extends Stay {
  constructor(variable, strength) { super(variable, strength); this.next = 0; }
  execute() { this.variable.value = this.next; }
}

class Equal extends Constraint {
  constructor(from, to, strength) { super(strength); this.from = from; this.to = to; }
  output() { return this.to; }
  inputsKnown(mark) { return this.from.mark === mark; }
  execute() { this.to.value = this.from.value; }
}

class Scale extends Equal {
  constructor(from, to, strength, factor, offset) {
    super(from, to, strength);
    this.factor = factor;
    this.offset = offset;
  }
  execute() { this.to.value = (this.from.value * this.factor + this.offset) % 1000003; }
}

class Planner {
  constructor() { this.constraints = []; this.mark = 0; }
  add(constraint) {
    this.constraints.push(constraint);
    const out = constraint.output();
    if (out.by === null || constraint.stronger(out.by)) out.by = constraint;
  }
  plan() {
    this.mark += 1;
    const mark = this.mark;
    const plan = [];
    let progress = true;
    while (progress) {
      progress = false;
      for (const c of this.constraints) {
        if (c.done !== mark && c.output().by === c && c.inputsKnown(mark)) {
          c.done = mark;
          c.output().mark = mark;
          plan.push(c);
          progress = true;
        }
      }
    }
    return plan;
  }
}

function chain(length, turns) {
  const planner = new Planner();
  const first = new Variable(0);
  const edit = new Edit(first, 5);
  planner.add(edit);
  let from = first;
  for (let i = 0; i < length; i++) {
    const to = new Variable(i);
    planner.add(new Stay(to, 1));
    if (i % 3 === 0) planner.add(new Scale(from, to, 4, 3, i));
    else planner.add(new Equal(from, to, 4));
    from = to;
  }
  const plan = planner.plan();
  let sum = 0;
  for (let t = 0; t < turns; t++) {
    edit.next = t;
    for (const c of plan) c.execute();
    sum = (sum + from.value) % 1000003;
  }
  return sum;
}

let check = 0;
for (let i = 0; i < N; i++) check = (check * 7 + chain(100, 100)) % 1000003;
console.log(String(check));

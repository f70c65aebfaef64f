// an interpreter of trees: each node is an object that evaluates itself
const N = 1500000; //@N

class Num {
  constructor(value) { this.value = value; }
  eval(env) { return this.value; }
}

class Get {
  constructor(slot) { this.slot = slot; }
  eval(env) { return env[this.slot]; }
}

class Put {
  constructor(slot, value) { this.slot = slot; this.value = value; }
  eval(env) { const v = this.value.eval(env); env[this.slot] = v; return v; }
}

class Binary {
  constructor(left, right) { this.left = left; this.right = right; }
  eval(env) { return this.apply(this.left.eval(env), this.right.eval(env)); }
}

class Add extends Binary { apply(a, b) { return a + b; } }
class Times extends Binary { apply(a, b) { return a * b; } }
class Modulo extends Binary { apply(a, b) { return a % b; } }
class Less extends Binary { apply(a, b) { return a < b; } }

class Choose {
  constructor(test, yes, no) { this.test = test; this.yes = yes; this.no = no; }
  eval(env) {
    if (this.test.eval(env)) return this.yes.eval(env);
    return this.no.eval(env);
  }
}

class Sequence {
  constructor(items) { this.items = items; }
  eval(env) {
    let last = null;
    for (const item of this.items) last = item.eval(env);
    return last;
  }
}

class While {
  constructor(test, body) { this.test = test; this.body = body; }
  eval(env) {
    let turns = 0;
    while (this.test.eval(env)) { this.body.eval(env); turns += 1; }
    return turns;
  }
}

function program(n) {
  const body = new Sequence([
    new Choose(new Less(new Modulo(new Get(0), new Num(3)), new Num(1)),
      new Put(1, new Add(new Get(1), new Get(0))),
      new Put(1, new Modulo(new Add(new Times(new Get(1), new Num(3)), new Num(7)), new Num(65521)))),
    new Put(0, new Add(new Get(0), new Num(1))),
  ]);
  return new While(new Less(new Get(0), new Num(n)), body);
}

const env = [0, 1];
const turns = program(N).eval(env);
console.log(`${turns} ${env[1]}`);

// an interpreter of bytecode for a stack machine, which runs a loop with a branch and a call in it
const N = 1500000; //@N

const PUSH = 0, LOAD = 1, STORE = 2, ADD = 3, SUB = 4, MUL = 5, MOD = 6;
const LESS = 7, JUMP = 8, BRANCH = 9, CALL = 10, RETURN = 11, HALT = 12;

class Machine {
  constructor(code) {
    this.code = code;
    this.stack = [];
    this.frames = [];
    this.locals = [0, 0, 0, 0];
  }
  run() {
    const { code, stack, frames, locals } = this;
    let at = 0;
    let steps = 0;
    for (;;) {
      const op = code[at];
      const arg = code[at + 1];
      at += 2;
      steps += 1;
      if (op === PUSH) stack.push(arg);
      else if (op === LOAD) stack.push(locals[arg]);
      else if (op === STORE) locals[arg] = stack.pop();
      else if (op === ADD) { const b = stack.pop(); stack.push(stack.pop() + b); }
      else if (op === SUB) { const b = stack.pop(); stack.push(stack.pop() - b); }
      else if (op === MUL) { const b = stack.pop(); stack.push(stack.pop() * b); }
      else if (op === MOD) { const b = stack.pop(); stack.push(stack.pop() % b); }
      else if (op === LESS) { const b = stack.pop(); stack.push(stack.pop() < b); }
      else if (op === JUMP) at = arg;
      else if (op === BRANCH) { if (!stack.pop()) at = arg; }
      else if (op === CALL) { frames.push(at); at = arg; }
      else if (op === RETURN) at = frames.pop();
      else return steps;
    }
  }
}

function program(n) {
  // locals: 0 = i, 1 = sum
  return [
    PUSH, 0, STORE, 0, PUSH, 1, STORE, 1,
    LOAD, 0, PUSH, n, LESS, 0, BRANCH, 46,
    LOAD, 0, PUSH, 3, MOD, 0, PUSH, 1, LESS, 0, BRANCH, 32,
    CALL, 48, JUMP, 36,
    LOAD, 1, CALL, 60,
    LOAD, 0, PUSH, -1, SUB, 0, STORE, 0, JUMP, 8,
    HALT, 0,
    LOAD, 1, LOAD, 0, ADD, 0, PUSH, 7, ADD, 0, JUMP, 60,
    PUSH, 3, MUL, 0, PUSH, 65521, MOD, 0, STORE, 1, RETURN, 0,
  ];
}

const machine = new Machine(program(N));
const steps = machine.run();
console.log(`${steps} ${machine.locals[1]}`);

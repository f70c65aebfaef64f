// counters: state in captured variables and in objects, behind function calls
const N = 20000000; //@N

function make() {
  let count = 0;
  const increase = (by) => { count += by; return count; };
  const get = () => count;
  return [increase, get];
}

class Counter {
  constructor() { this.count = 0; }
  increase(by) { this.count += by; return this; }
  get() { return this.count; }
}

function main() {
  const pair = make();
  const increase = pair[0];
  const counter = new Counter();
  const bump = counter.increase.bind(counter);
  for (let i = 0; i < N; i++) {
    increase(i % 3);
    counter.increase(1).increase(i % 2);
    bump(2);
  }
  const get = pair[1];
  console.log(`${get()} ${counter.get()}`);
}

main();

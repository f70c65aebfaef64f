// closures: made in the loop that calls them, and called through others
const N = 3000000; //@N

function compose(f, g) { return (x) => g(f(x)); }
function adder(n) { return (x) => x + n; }

function fold(n, start, step) {
  let value = start;
  for (let i = 0; i < n; i++) value = step(value, i);
  return value;
}

function main() {
  let sum = 0;
  for (let i = 0; i < N; i++) {
    const add = adder(i % 7);
    const twice = (x) => add(add(x));
    const f = compose(twice, (x) => (x * 3) % 1000003);
    sum = f(sum);
  }
  let calls = 0;
  const total = fold(N, 0, (value, i) => {
    calls += 1;
    return (value + i * calls) % 1000003;
  });
  console.log(`${sum} ${total} ${calls}`);
}

main();

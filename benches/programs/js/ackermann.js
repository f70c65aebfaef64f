// Ackermann's function: deep recursion, also in the arguments
const N = 60; //@N

function ack(m, n) {
  if (m === 0) return n + 1;
  if (n === 0) return ack(m - 1, 1);
  return ack(m - 1, ack(m, n - 1));
}

let sum = 0;
for (let i = 0; i < N; i++) sum += ack(2, 300 + i) + ack(3, 6);
console.log(String(sum));

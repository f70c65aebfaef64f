// Takeuchi's function: calls with three arguments
const N = 100; //@N

function tak(x, y, z) {
  if (y >= x) return z;
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

let sum = 0;
for (let i = 0; i < N; i++) sum += tak(18 + (i % 4), 12, 6);
console.log(String(sum));

// particles: objects with float fields that bounce in a box and pull at their neighbour
const N = 10000; //@N

class Particle {
  constructor(x, y, vx, vy) {
    this.x = x;
    this.y = y;
    this.vx = vx;
    this.vy = vy;
  }
  step(dt) {
    this.x += this.vx * dt;
    this.y += this.vy * dt;
    if (this.x < 0.0 || this.x > 1.0) this.vx = -this.vx;
    if (this.y < 0.0 || this.y > 1.0) this.vy = -this.vy;
  }
  pull(other) {
    const dx = other.x - this.x;
    const dy = other.y - this.y;
    const d = dx * dx + dy * dy + 0.01;
    this.vx += (dx * 0.0001) / d;
    this.vy += (dy * 0.0001) / d;
  }
  energy() {
    return 0.5 * (this.vx * this.vx + this.vy * this.vy);
  }
}

let seed = 42;
function random() {
  seed = (seed * 3877 + 29573) % 139968;
  return seed / 139968;
}

function main() {
  const all = [];
  for (let i = 0; i < 500; i++) all.push(new Particle(random(), random(), random() - 0.5, random() - 0.5));
  const last = all.length - 1;
  for (let t = 0; t < N; t++) {
    for (let i = 0; i < last; i++) {
      const p = all[i];
      p.pull(all[i + 1]);
      p.step(0.01);
    }
    all[last].step(0.01);
  }
  let sum = 0.0;
  for (const p of all) sum += p.energy();
  console.log(String(Math.floor(sum * 1000000)));
}

main();

# particles: objects with float fields that bounce in a box and pull at their neighbour
import math

N = 10000  #@N


class Particle:
    def __init__(self, x, y, vx, vy):
        self.x = x
        self.y = y
        self.vx = vx
        self.vy = vy

    def step(self, dt):
        self.x += self.vx * dt
        self.y += self.vy * dt
        if self.x < 0.0 or self.x > 1.0:
            self.vx = -self.vx
        if self.y < 0.0 or self.y > 1.0:
            self.vy = -self.vy

    def pull(self, other):
        dx = other.x - self.x
        dy = other.y - self.y
        d = dx * dx + dy * dy + 0.01
        self.vx += dx * 0.0001 / d
        self.vy += dy * 0.0001 / d

    def energy(self):
        return 0.5 * (self.vx * self.vx + self.vy * self.vy)


seed = 42


def random():
    global seed
    seed = (seed * 3877 + 29573) % 139968
    return seed / 139968


def main():
    particles = []
    for i in range(500):
        particles.append(Particle(random(), random(), random() - 0.5, random() - 0.5))
    last = len(particles) - 1
    for t in range(N):
        for i in range(last):
            p = particles[i]
            p.pull(particles[i + 1])
            p.step(0.01)
        particles[last].step(0.01)
    total = 0.0
    for p in particles:
        total += p.energy()
    print(math.floor(total * 1000000))


main()

-- particles: objects with float fields that bounce in a box and pull at their neighbour
local N = 10000 --@N

local Particle = {}
Particle.__index = Particle

local function particle(x, y, vx, vy)
  return setmetatable({ x = x, y = y, vx = vx, vy = vy }, Particle)
end

function Particle:step(dt)
  self.x = self.x + self.vx * dt
  self.y = self.y + self.vy * dt
  if self.x < 0.0 or self.x > 1.0 then self.vx = -self.vx end
  if self.y < 0.0 or self.y > 1.0 then self.vy = -self.vy end
end

function Particle:pull(other)
  local dx = other.x - self.x
  local dy = other.y - self.y
  local d = dx * dx + dy * dy + 0.01
  self.vx = self.vx + dx * 0.0001 / d
  self.vy = self.vy + dy * 0.0001 / d
end

function Particle:energy() return 0.5 * (self.vx * self.vx + self.vy * self.vy) end

local seed = 42
local function random()
  seed = (seed * 3877 + 29573) % 139968
  return seed / 139968
end

local all = {}
for i = 1, 500 do
  local x = random()
  local y = random()
  local vx = random() - 0.5
  all[i] = particle(x, y, vx, random() - 0.5)
end
local last = #all
for t = 1, N do
  for i = 1, last - 1 do
    local p = all[i]
    p:pull(all[i + 1])
    p:step(0.01)
  end
  all[last]:step(0.01)
end
local sum = 0.0
for i = 1, last do sum = sum + all[i]:energy() end
print(string.format("%d", math.floor(sum * 1000000)))

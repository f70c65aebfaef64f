-- richards: a scheduler of tasks that send each other packets; after the benchmark of Martin Richards, much reduced
local N = 120 --@N

local floor = math.floor
local bxor = bit and bit.bxor or load("return function(a, b) return a ~ b end")()

local function class(base)
  local c = setmetatable({}, { __index = base })
  c.__index = c
  return c
end

local function packet(kind, to)
  return { kind = kind, to = to, next = false, datum = 0, data = { 0, 0, 0, 0 } }
end

local Task = class()
local function task(kind, id, priority, next)
  return setmetatable({
    id = id, priority = priority, next = next,
    queue = false, held = false, waiting = false, runs = 0,
  }, kind)
end

function Task:append(p)
  p.next = false
  if not self.queue then
    self.queue = p
    return
  end
  local last = self.queue
  while last.next do last = last.next end
  last.next = p
end

function Task:take()
  local p = self.queue
  if p then
    self.queue = p.next
    p.next = false
  end
  return p
end

function Task:ready() return not self.held and not (self.waiting and not self.queue) end

local Idle = class(Task)
function Idle:run(scheduler)
  self.count = self.count - 1
  if self.count == 0 then
    self.held = true
    return
  end
  if self.control % 2 == 0 then
    self.control = floor(self.control / 2)
    scheduler:release(4)
  else
    self.control = bxor(floor(self.control / 2), 53256)
    scheduler:release(5)
  end
end

local Worker = class(Task)
function Worker:run(scheduler)
  local p = self:take()
  if not p then
    self.waiting = true
    return
  end
  self.waiting = false
  self.to = 5 - self.to
  p.datum = 0
  for i = 1, 4 do
    self.letter = self.letter % 26 + 1
    p.data[i] = 64 + self.letter
  end
  p.kind = self.to
  scheduler:send(p, self.to)
end

local Handler = class(Task)
function Handler:run(scheduler)
  local p = self:take()
  if not p then
    self.waiting = true
    return
  end
  self.waiting = false
  if p.datum < 4 then
    self.sum = (self.sum + p.data[p.datum + 1]) % 65521
    p.datum = p.datum + 1
    scheduler:send(p, self.device)
  else
    scheduler:send(p, 1)
  end
end

local Device = class(Task)
function Device:run(scheduler)
  if not self.pending then
    local p = self:take()
    if not p then
      self.waiting = true
      return
    end
    self.waiting = false
    self.pending = p
    self.held = true
  else
    local p = self.pending
    self.pending = false
    scheduler:send(p, self.handler)
  end
end

local Scheduler = class()
function Scheduler:add(t)
  self.tasks[#self.tasks + 1] = t
  self.first = t
  return t
end

function Scheduler:send(p, to)
  self.sent = self.sent + 1
  self.tasks[to + 1]:append(p)
end

function Scheduler:release(id)
  self.released = self.released + 1
  self.tasks[id + 1].held = false
end

function Scheduler:run()
  local t = self.first
  while t do
    if t:ready() then
      t.runs = t.runs + 1
      t:run(self)
      t = self.first
    else
      t = t.next
    end
  end
end

local function round()
  local s = setmetatable({ tasks = {}, first = false, sent = 0, released = 0 }, Scheduler)
  local idle = task(Idle, 0, 0, false)
  idle.control = 1
  idle.count = 10000
  s:add(idle)
  local worker = task(Worker, 1, 10, idle)
  worker.to = 2
  worker.letter = 0
  s:add(worker)
  local function handler(id, priority, next, device)
    local h = task(Handler, id, priority, next)
    h.device = device
    h.sum = 0
    return s:add(h)
  end
  local function device(id, next, handled)
    local d = task(Device, id, 1, next)
    d.handler = handled
    d.pending = false
    return s:add(d)
  end
  local a = handler(2, 20, worker, 4)
  local b = handler(3, 21, a, 5)
  device(4, b, 2)
  device(5, s.first, 3)
  for i = 1, 3 do worker:append(packet(0, 1)) end
  s:run()
  local runs = 0
  for i = 1, #s.tasks do runs = runs + s.tasks[i].runs end
  return (s.sent * 31 + s.released * 7 + runs + a.sum + b.sum) % 1000003
end

local check = 0
for i = 1, N do check = (check * 3 + round()) % 1000003 end
print(string.format("%d", check))

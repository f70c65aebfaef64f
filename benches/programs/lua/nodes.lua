-- an interpreter of trees: each node is an object that evaluates itself
local N = 1500000 --@N

local function class(base)
  local c = setmetatable({}, { __index = base })
  c.__index = c
  return c
end

local Number = class()
local function number(value) return setmetatable({ value = value }, Number) end
function Number:eval(env) return self.value end

local Get = class()
local function get(slot) return setmetatable({ slot = slot }, Get) end
function Get:eval(env) return env[self.slot + 1] end

local Set = class()
local function set(slot, value) return setmetatable({ slot = slot, value = value }, Set) end
function Set:eval(env)
  local v = self.value:eval(env)
  env[self.slot + 1] = v
  return v
end

local Binary = class()
function Binary:eval(env) return self:apply(self.left:eval(env), self.right:eval(env)) end
local function binary(apply)
  local c = class(Binary)
  c.apply = apply
  return function(left, right) return setmetatable({ left = left, right = right }, c) end
end
local add = binary(function(_, a, b) return a + b end)
local times = binary(function(_, a, b) return a * b end)
local modulo = binary(function(_, a, b) return a % b end)
local less = binary(function(_, a, b) return a < b end)

local Choose = class()
local function choose(test, yes, no) return setmetatable({ test = test, yes = yes, no = no }, Choose) end
function Choose:eval(env)
  if self.test:eval(env) then return self.yes:eval(env) end
  return self.no:eval(env)
end

local Sequence = class()
local function sequence(items) return setmetatable({ items = items }, Sequence) end
function Sequence:eval(env)
  local last
  local items = self.items
  for i = 1, #items do last = items[i]:eval(env) end
  return last
end

local While = class()
local function loop(test, body) return setmetatable({ test = test, body = body }, While) end
function While:eval(env)
  local turns = 0
  while self.test:eval(env) do
    self.body:eval(env)
    turns = turns + 1
  end
  return turns
end

local function program(n)
  local body = sequence({
    choose(less(modulo(get(0), number(3)), number(1)),
      set(1, add(get(1), get(0))),
      set(1, modulo(add(times(get(1), number(3)), number(7)), number(65521)))),
    set(0, add(get(0), number(1))),
  })
  return loop(less(get(0), number(n)), body)
end

local env = { 0, 1 }
local turns = program(N):eval(env)
print(string.format("%d %d", turns, env[2]))

-- one-way constraints that are propagated along a plan; after DeltaBlue, much reduced
local N = 1000 --@N

local function class(base)
  local c = setmetatable({}, { __index = base })
  c.__index = c
  return c
end

local function variable(value) return { value = value, by = false, mark = 0 } end

local Constraint = class()
function Constraint:execute() end
function Constraint:output() end
function Constraint:inputs_known(mark) return true end
function Constraint:stronger(other) return self.strength > other.strength end

local Stay = class(Constraint)
local function stay(v, strength) return setmetatable({ strength = strength, done = 0, variable = v }, Stay) end
function Stay:output() return self.variable end

local Edit = class(Stay)
local function edit(v, strength)
  return setmetatable({ strength = strength, done = 0, variable = v, next = 0 }, Edit)
end
function Edit:execute() self.variable.value = self.next end

local Equal = class(Constraint)
local function equal(from, to, strength)
  return setmetatable({ strength = strength, done = 0, from = from, to = to }, Equal)
end
function Equal:output() return self.to end
function Equal:inputs_known(mark) return self.from.mark == mark end
function Equal:execute() self.to.value = self.from.value end

local Scale = class(Equal)
local function scale(from, to, strength, factor, offset)
  return setmetatable({ strength = strength, done = 0, from = from, to = to, factor = factor, offset = offset }, Scale)
end
function Scale:execute() self.to.value = (self.from.value * self.factor + self.offset) % 1000003 end

local Planner = class()
function Planner:add(constraint)
  local constraints = self.constraints
  constraints[#constraints + 1] = constraint
  local out = constraint:output()
  if not out.by or constraint:stronger(out.by) then out.by = constraint end
end

function Planner:plan()
  self.mark = self.mark + 1
  local mark = self.mark
  local constraints = self.constraints
  local plan, size = {}, 0
  local progress = true
  while progress do
    progress = false
    for i = 1, #constraints do
      local c = constraints[i]
      if c.done ~= mark and c:output().by == c and c:inputs_known(mark) then
        c.done = mark
        c:output().mark = mark
        size = size + 1
        plan[size] = c
        progress = true
      end
    end
  end
  return plan
end

local function chain(length, turns)
  local planner = setmetatable({ constraints = {}, mark = 0 }, Planner)
  local first = variable(0)
  local source = edit(first, 5)
  planner:add(source)
  local from = first
  for i = 0, length - 1 do
    local to = variable(i)
    planner:add(stay(to, 1))
    if i % 3 == 0 then planner:add(scale(from, to, 4, 3, i)) else planner:add(equal(from, to, 4)) end
    from = to
  end
  local plan = planner:plan()
  local sum = 0
  for t = 0, turns - 1 do
    source.next = t
    for i = 1, #plan do plan[i]:execute() end
    sum = (sum + from.value) % 1000003
  end
  return sum
end

local check = 0
for i = 1, N do check = (check * 7 + chain(100, 100)) % 1000003 end
print(string.format("%d", check))

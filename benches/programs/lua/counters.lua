-- counters: state in captured variables and in objects, behind function calls
local N = 20000000 --@N

local function make()
  local count = 0
  local function increase(by)
    count = count + by
    return count
  end
  local function get() return count end
  return { increase, get }
end

local Counter = {}
Counter.__index = Counter

function Counter:increase(by)
  self.count = self.count + by
  return self
end

function Counter:get() return self.count end

local pair = make()
local increase = pair[1]
local counter = setmetatable({ count = 0 }, Counter)
local bump = function(by) return counter:increase(by) end
for i = 0, N - 1 do
  increase(i % 3)
  counter:increase(1):increase(i % 2)
  bump(2)
end
print(string.format("%d %d", pair[2](), counter:get()))

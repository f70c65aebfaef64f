-- closures: made in the loop that calls them, and called through others
local N = 3000000 --@N

local function compose(f, g) return function(x) return g(f(x)) end end
local function adder(n) return function(x) return x + n end end

local function fold(n, start, step)
  local value = start
  for i = 0, n - 1 do value = step(value, i) end
  return value
end

local sum = 0
for i = 0, N - 1 do
  local add = adder(i % 7)
  local twice = function(x) return add(add(x)) end
  local f = compose(twice, function(x) return x * 3 % 1000003 end)
  sum = f(sum)
end
local calls = 0
local total = fold(N, 0, function(value, i)
  calls = calls + 1
  return (value + i * calls) % 1000003
end)
print(string.format("%d %d %d", sum, total, calls))

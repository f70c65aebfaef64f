-- word count: a table with string keys
local N = 4000000 --@N

local floor = math.floor
local syllables = { "ka", "to", "mi", "ra", "ne", "so", "lu", "pe" }
local words = {}
local seed = 42
for i = 0, 999 do
  local word = ""
  for j = 1, 2 + i % 3 do
    seed = (seed * 3877 + 29573) % 139968
    word = word .. syllables[floor(seed / 100) % 8 + 1]
  end
  words[#words + 1] = word
end
local counts, size = {}, 0
for i = 1, N do
  seed = (seed * 3877 + 29573) % 139968
  local word = words[floor(seed / 17) % 1000 + 1]
  local n = counts[word]
  if n then
    counts[word] = n + 1
  else
    counts[word] = 1
    size = size + 1
  end
end
local best, most = "", 0
for word, n in pairs(counts) do
  if n > most or (n == most and word < best) then
    most = n
    best = word
  end
end
print(string.format("%d %s %d", size, best, most))

-- strings that grow: by a character, by pieces, looked at while they grow, read when they are done
local N = 50000 --@N

local function grow(n)
  local s = ""
  for i = 0, n - 1 do s = s .. string.char(97 + i % 26) end
  return s
end

local function rows(n)
  local out = ""
  for i = 0, n - 1 do out = out .. "row " .. i .. ": " .. (i * 7 % 1000) .. ";" end
  return out
end

local function words(n)
  local s = "-"
  local count = 0
  for i = 0, n - 1 do
    local last = s:sub(#s, #s)
    if i % 5 == 4 then
      s = s .. " "
    elseif last == " " then
      s = s .. "w"
      count = count + 1
    else
      s = s .. "x"
    end
  end
  return count + #s
end

local function sum(s)
  local h = 7
  for i = 1, #s do h = (h * 31 + s:byte(i)) % 1000003 end
  return h
end

local total = 0
for round = 0, 2 do
  total = (total * 3 + sum(grow(N))) % 1000003
  total = (total * 3 + sum(rows(math.floor(N / 4)))) % 1000003
  total = (total * 3 + words(N)) % 1000003
end
print(total)

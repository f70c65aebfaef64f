-- a parser and a printer of JSON; an object keeps its keys in order, null is a value of its own
local N = 200 --@N

local sub, find, concat = string.sub, string.find, table.concat
local null = {}

local Parser = {}
Parser.__index = Parser

local function parser(text) return setmetatable({ text = text, at = 1, last = #text }, Parser) end

function Parser:skip()
  while self.at <= self.last and find(" \n\t", sub(self.text, self.at, self.at), 1, true) do
    self.at = self.at + 1
  end
end

function Parser:value()
  self:skip()
  local c = sub(self.text, self.at, self.at)
  if c == "{" then return self:object() end
  if c == "[" then return self:array() end
  if c == '"' then return self:string() end
  if c == "t" then
    self.at = self.at + 4
    return true
  end
  if c == "f" then
    self.at = self.at + 5
    return false
  end
  if c == "n" then
    self.at = self.at + 4
    return null
  end
  return self:number()
end

function Parser:object()
  local keys, size, fields = {}, 0, {}
  local result = { keys = keys, fields = fields }
  self.at = self.at + 1
  self:skip()
  if sub(self.text, self.at, self.at) == "}" then
    self.at = self.at + 1
    return result
  end
  while true do
    self:skip()
    local key = self:string()
    self:skip()
    self.at = self.at + 1
    if fields[key] == nil then
      size = size + 1
      keys[size] = key
    end
    fields[key] = self:value()
    self:skip()
    local c = sub(self.text, self.at, self.at)
    self.at = self.at + 1
    if c == "}" then return result end
  end
end

function Parser:array()
  local items, size = {}, 0
  local result = { items = items }
  self.at = self.at + 1
  self:skip()
  if sub(self.text, self.at, self.at) == "]" then
    self.at = self.at + 1
    return result
  end
  while true do
    size = size + 1
    items[size] = self:value()
    self:skip()
    local c = sub(self.text, self.at, self.at)
    self.at = self.at + 1
    if c == "]" then return result end
  end
end

function Parser:string()
  local start = self.at + 1
  local at = start
  while sub(self.text, at, at) ~= '"' do at = at + 1 end
  self.at = at + 1
  return sub(self.text, start, at - 1)
end

function Parser:number()
  local start = self.at
  local at = start
  while at <= self.last and find("0123456789-.", sub(self.text, at, at), 1, true) do at = at + 1 end
  self.at = at
  return tonumber(sub(self.text, start, at - 1))
end

local function print_to(out, value)
  local kind = type(value)
  if value == null then
    out[#out + 1] = "null"
  elseif kind == "table" and value.keys then
    out[#out + 1] = "{"
    local first = true
    for i = 1, #value.keys do
      local key = value.keys[i]
      if not first then out[#out + 1] = "," end
      first = false
      out[#out + 1] = '"' .. key .. '":'
      print_to(out, value.fields[key])
    end
    out[#out + 1] = "}"
  elseif kind == "table" then
    out[#out + 1] = "["
    local first = true
    for i = 1, #value.items do
      if not first then out[#out + 1] = "," end
      first = false
      print_to(out, value.items[i])
    end
    out[#out + 1] = "]"
  elseif kind == "string" then
    out[#out + 1] = '"' .. value .. '"'
  else
    out[#out + 1] = tostring(value)
  end
end

local function document()
  local parts = {}
  for i = 0, 199 do
    local tags = '["a' .. tostring(i % 5) .. '", "b", null, true]'
    parts[#parts + 1] = '{"id": ' .. tostring(i) .. ', "name": "item ' .. tostring(i * 7 % 100)
      .. '", "price": ' .. tostring(i * 0.25 + 0.125) .. ', "tags": ' .. tags
      .. ', "in": {"x": -' .. tostring(i + 1) .. ', "y": [] }}'
  end
  return "[" .. concat(parts, ",\n ") .. "]"
end

local text = document()
local size, sum = 0, 0
for turn = 1, N do
  local value = parser(text):value()
  for i = 1, #value.items do
    local fields = value.items[i].fields
    sum = sum + fields.id + fields.price + #fields.tags.items
  end
  local out = {}
  print_to(out, value)
  local printed = concat(out, "")
  size = size + #printed
end
print(string.format("%d %d", size, math.floor(sum)))

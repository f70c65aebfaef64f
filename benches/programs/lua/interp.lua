-- an interpreter of bytecode for a stack machine, which runs a loop with a branch and a call in it
local N = 1500000 --@N

local PUSH, LOAD, STORE, ADD, SUB, MUL, MOD = 0, 1, 2, 3, 4, 5, 6
local LESS, JUMP, BRANCH, CALL, RETURN, HALT = 7, 8, 9, 10, 11, 12

local Machine = {}
Machine.__index = Machine

function Machine.new(code)
  return setmetatable({ code = code, stack = {}, frames = {}, locals = { 0, 0, 0, 0 } }, Machine)
end

function Machine:run()
  local code, stack, frames, locals = self.code, self.stack, self.frames, self.locals
  local at, steps, top, depth = 0, 0, 0, 0
  while true do
    local op, arg = code[at + 1], code[at + 2]
    at = at + 2
    steps = steps + 1
    if op == PUSH then
      top = top + 1
      stack[top] = arg
    elseif op == LOAD then
      top = top + 1
      stack[top] = locals[arg + 1]
    elseif op == STORE then
      locals[arg + 1] = stack[top]
      top = top - 1
    elseif op == ADD then
      top = top - 1
      stack[top] = stack[top] + stack[top + 1]
    elseif op == SUB then
      top = top - 1
      stack[top] = stack[top] - stack[top + 1]
    elseif op == MUL then
      top = top - 1
      stack[top] = stack[top] * stack[top + 1]
    elseif op == MOD then
      top = top - 1
      stack[top] = stack[top] % stack[top + 1]
    elseif op == LESS then
      top = top - 1
      stack[top] = stack[top] < stack[top + 1]
    elseif op == JUMP then
      at = arg
    elseif op == BRANCH then
      if not stack[top] then at = arg end
      top = top - 1
    elseif op == CALL then
      depth = depth + 1
      frames[depth] = at
      at = arg
    elseif op == RETURN then
      at = frames[depth]
      depth = depth - 1
    else
      return steps
    end
  end
end

local function program(n)
  -- locals: 0 = i, 1 = sum
  return {
    PUSH, 0, STORE, 0, PUSH, 1, STORE, 1,
    LOAD, 0, PUSH, n, LESS, 0, BRANCH, 46,
    LOAD, 0, PUSH, 3, MOD, 0, PUSH, 1, LESS, 0, BRANCH, 32,
    CALL, 48, JUMP, 36,
    LOAD, 1, CALL, 60,
    LOAD, 0, PUSH, -1, SUB, 0, STORE, 0, JUMP, 8,
    HALT, 0,
    LOAD, 1, LOAD, 0, ADD, 0, PUSH, 7, ADD, 0, JUMP, 60,
    PUSH, 3, MUL, 0, PUSH, 65521, MOD, 0, STORE, 1, RETURN, 0,
  }
end

local machine = Machine.new(program(N))
local steps = machine:run()
print(string.format("%d %d", steps, machine.locals[2]))

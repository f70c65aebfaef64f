# an interpreter of bytecode for a stack machine, which runs a loop with a branch and a call in it
N = 1500000  #@N

PUSH, LOAD, STORE, ADD, SUB, MUL, MOD, LESS, JUMP, BRANCH, CALL, RETURN, HALT = range(13)


class Machine:
    def __init__(self, code):
        self.code = code
        self.stack = []
        self.frames = []
        self.locals = [0, 0, 0, 0]

    def run(self):
        code = self.code
        stack = self.stack
        frames = self.frames
        variables = self.locals
        at = 0
        steps = 0
        while True:
            op = code[at]
            arg = code[at + 1]
            at += 2
            steps += 1
            if op == PUSH:
                stack.append(arg)
            elif op == LOAD:
                stack.append(variables[arg])
            elif op == STORE:
                variables[arg] = stack.pop()
            elif op == ADD:
                b = stack.pop()
                stack.append(stack.pop() + b)
            elif op == SUB:
                b = stack.pop()
                stack.append(stack.pop() - b)
            elif op == MUL:
                b = stack.pop()
                stack.append(stack.pop() * b)
            elif op == MOD:
                b = stack.pop()
                stack.append(stack.pop() % b)
            elif op == LESS:
                b = stack.pop()
                stack.append(stack.pop() < b)
            elif op == JUMP:
                at = arg
            elif op == BRANCH:
                if not stack.pop():
                    at = arg
            elif op == CALL:
                frames.append(at)
                at = arg
            elif op == RETURN:
                at = frames.pop()
            else:
                return steps


def program(n):
    # locals: 0 = i, 1 = sum
    return [
        PUSH, 0, STORE, 0, PUSH, 1, STORE, 1,
        LOAD, 0, PUSH, n, LESS, 0, BRANCH, 46,
        LOAD, 0, PUSH, 3, MOD, 0, PUSH, 1, LESS, 0, BRANCH, 32,
        CALL, 48, JUMP, 36,
        LOAD, 1, CALL, 60,
        LOAD, 0, PUSH, -1, SUB, 0, STORE, 0, JUMP, 8,
        HALT, 0,
        LOAD, 1, LOAD, 0, ADD, 0, PUSH, 7, ADD, 0, JUMP, 60,
        PUSH, 3, MUL, 0, PUSH, 65521, MOD, 0, STORE, 1, RETURN, 0,
    ]


def main():
    machine = Machine(program(N))
    steps = machine.run()
    print(steps, machine.locals[1])


main()

# an interpreter of trees: each node is an object that evaluates itself
N = 1500000  #@N


class Number:
    def __init__(self, value):
        self.value = value

    def eval(self, env):
        return self.value


class Get:
    def __init__(self, slot):
        self.slot = slot

    def eval(self, env):
        return env[self.slot]


class Set:
    def __init__(self, slot, value):
        self.slot = slot
        self.value = value

    def eval(self, env):
        v = self.value.eval(env)
        env[self.slot] = v
        return v


class Binary:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def eval(self, env):
        return self.apply(self.left.eval(env), self.right.eval(env))


class Add(Binary):
    def apply(self, a, b):
        return a + b


class Times(Binary):
    def apply(self, a, b):
        return a * b


class Modulo(Binary):
    def apply(self, a, b):
        return a % b


class Less(Binary):
    def apply(self, a, b):
        return a < b


class Choose:
    def __init__(self, test, yes, no):
        self.test = test
        self.yes = yes
        self.no = no

    def eval(self, env):
        if self.test.eval(env):
            return self.yes.eval(env)
        return self.no.eval(env)


class Sequence:
    def __init__(self, items):
        self.items = items

    def eval(self, env):
        last = None
        for item in self.items:
            last = item.eval(env)
        return last


class While:
    def __init__(self, test, body):
        self.test = test
        self.body = body

    def eval(self, env):
        turns = 0
        while self.test.eval(env):
            self.body.eval(env)
            turns += 1
        return turns


def program(n):
    body = Sequence([
        Choose(Less(Modulo(Get(0), Number(3)), Number(1)),
               Set(1, Add(Get(1), Get(0))),
               Set(1, Modulo(Add(Times(Get(1), Number(3)), Number(7)), Number(65521)))),
        Set(0, Add(Get(0), Number(1))),
    ])
    return While(Less(Get(0), Number(n)), body)


def main():
    env = [0, 1]
    turns = program(N).eval(env)
    print(turns, env[1])


main()

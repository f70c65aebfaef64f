# one-way constraints that are propagated along a plan; after DeltaBlue, much reduced
N = 1000  #@N


class Variable:
    def __init__(self, value):
        self.value = value
        self.by = None
        self.mark = 0


class Constraint:
    def __init__(self, strength):
        self.strength = strength
        self.done = 0

    def execute(self):
        return None

    def output(self):
        return None

    def inputs_known(self, mark):
        return True

    def stronger(self, other):
        return self.strength > other.strength


class Stay(Constraint):
    def __init__(self, variable, strength):
        Constraint.__init__(self, strength)
        self.variable = variable

    def output(self):
        return self.variable


class Edit(Stay):
    def __init__(self, variable, strength):
        Stay.__init__(self, variable, strength)
        self.next = 0

    def execute(self):
        self.variable.value = self.next


class Equal(Constraint):
    def __init__(self, source, to, strength):
        Constraint.__init__(self, strength)
        self.source = source
        self.to = to

    def output(self):
        return self.to

    def inputs_known(self, mark):
        return self.source.mark == mark

    def execute(self):
        self.to.value = self.source.value


class Scale(Equal):
    def __init__(self, source, to, strength, factor, offset):
        Equal.__init__(self, source, to, strength)
        self.factor = factor
        self.offset = offset

    def execute(self):
        self.to.value = (self.source.value * self.factor + self.offset) % 1000003


class Planner:
    def __init__(self):
        self.constraints = []
        self.mark = 0

    def add(self, constraint):
        self.constraints.append(constraint)
        out = constraint.output()
        if out.by is None or constraint.stronger(out.by):
            out.by = constraint

    def plan(self):
        self.mark += 1
        mark = self.mark
        plan = []
        progress = True
        while progress:
            progress = False
            for c in self.constraints:
                if c.done != mark and c.output().by is c and c.inputs_known(mark):
                    c.done = mark
                    c.output().mark = mark
                    plan.append(c)
                    progress = True
        return plan


def chain(length, turns):
    planner = Planner()
    first = Variable(0)
    edit = Edit(first, 5)
    planner.add(edit)
    source = first
    for i in range(length):
        to = Variable(i)
        planner.add(Stay(to, 1))
        if i % 3 == 0:
            planner.add(Scale(source, to, 4, 3, i))
        else:
            planner.add(Equal(source, to, 4))
        source = to
    plan = planner.plan()
    total = 0
    for t in range(turns):
        edit.next = t
        for c in plan:
            c.execute()
        total = (total + source.value) % 1000003
    return total


def main():
    check = 0
    for i in range(N):
        check = (check * 7 + chain(100, 100)) % 1000003
    print(check)


main()

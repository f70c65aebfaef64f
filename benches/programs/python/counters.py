# counters: state in captured variables and in objects, behind function calls
N = 20000000  #@N


def make():
    count = 0

    def increase(by):
        nonlocal count
        count += by
        return count

    def get():
        return count

    return [increase, get]


class Counter:
    def __init__(self):
        self.count = 0

    def increase(self, by):
        self.count += by
        return self

    def get(self):
        return self.count


def main():
    pair = make()
    increase = pair[0]
    counter = Counter()
    bump = counter.increase
    for i in range(N):
        increase(i % 3)
        counter.increase(1).increase(i % 2)
        bump(2)
    get = pair[1]
    print(get(), counter.get())


main()

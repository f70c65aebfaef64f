# closures: made in the loop that calls them, and called through others
N = 3000000  #@N


def compose(f, g):
    return lambda x: g(f(x))


def adder(n):
    return lambda x: x + n


def fold(n, start, step):
    value = start
    for i in range(n):
        value = step(value, i)
    return value


def main():
    total = 0
    for i in range(N):
        add = adder(i % 7)
        twice = lambda x, add=add: add(add(x))
        f = compose(twice, lambda x: x * 3 % 1000003)
        total = f(total)
    calls = 0

    def step(value, i):
        nonlocal calls
        calls += 1
        return (value + i * calls) % 1000003

    folded = fold(N, 0, step)
    print(total, folded, calls)


main()

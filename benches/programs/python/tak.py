# Takeuchi's function: calls with three arguments
N = 100  #@N


def tak(x, y, z):
    if y >= x:
        return z
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))


def main():
    total = 0
    for i in range(N):
        total += tak(18 + i % 4, 12, 6)
    print(total)


main()

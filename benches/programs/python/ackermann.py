# Ackermann's function: deep recursion, also in the arguments
import sys

N = 60  #@N


def ack(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ack(m - 1, 1)
    return ack(m - 1, ack(m, n - 1))


def main():
    sys.setrecursionlimit(100000)
    total = 0
    for i in range(N):
        total += ack(2, 300 + i) + ack(3, 6)
    print(total)


main()

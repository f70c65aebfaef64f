# strings that grow: by a character, by pieces, looked at while they grow, read when they are done
N = 50000 #@N


def grow(n):
    s = ""
    for i in range(n):
        s += chr(97 + i % 26)
    return s


def rows(n):
    out = ""
    for i in range(n):
        out = out + "row " + str(i) + ": " + str(i * 7 % 1000) + ";"
    return out


def words(n):
    s = "-"
    count = 0
    for i in range(n):
        last = s[len(s) - 1]
        if i % 5 == 4:
            s += " "
        elif last == " ":
            s += "w"
            count += 1
        else:
            s += "x"
    return count + len(s)


def sum_of(s):
    h = 7
    for i in range(len(s)):
        h = (h * 31 + ord(s[i])) % 1000003
    return h


def main():
    total = 0
    for _ in range(3):
        total = (total * 3 + sum_of(grow(N))) % 1000003
        total = (total * 3 + sum_of(rows(N // 4))) % 1000003
        total = (total * 3 + words(N)) % 1000003
    print(total)


main()

# word count: a dictionary with string keys
N = 4000000  #@N


def main():
    syllables = ["ka", "to", "mi", "ra", "ne", "so", "lu", "pe"]
    words = []
    seed = 42
    for i in range(1000):
        word = ""
        for j in range(2 + i % 3):
            seed = (seed * 3877 + 29573) % 139968
            word = word + syllables[seed // 100 % 8]
        words.append(word)
    counts = {}
    for i in range(N):
        seed = (seed * 3877 + 29573) % 139968
        word = words[seed // 17 % 1000]
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    best = ""
    most = 0
    for word in counts:
        n = counts[word]
        if n > most or (n == most and word < best):
            most = n
            best = word
    print(len(counts), best, most)


main()

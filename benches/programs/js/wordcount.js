// word count: a map with string keys
const N = 4000000; //@N

function main() {
  const syllables = ["ka", "to", "mi", "ra", "ne", "so", "lu", "pe"];
  const words = [];
  let seed = 42;
  for (let i = 0; i < 1000; i++) {
    let word = "";
    for (let j = 0; j < 2 + (i % 3); j++) {
      seed = (seed * 3877 + 29573) % 139968;
      word = word + syllables[Math.floor(seed / 100) % 8];
    }
    words.push(word);
  }
  const counts = new Map();
  for (let i = 0; i < N; i++) {
    seed = (seed * 3877 + 29573) % 139968;
    const word = words[Math.floor(seed / 17) % 1000];
    if (counts.has(word)) counts.set(word, counts.get(word) + 1);
    else counts.set(word, 1);
  }
  let best = "";
  let most = 0;
  for (const word of counts.keys()) {
    const n = counts.get(word);
    if (n > most || (n === most && word < best)) {
      most = n;
      best = word;
    }
  }
  console.log(`${counts.size} ${best} ${most}`);
}

main();

// strings that grow: by a character, by pieces, looked at while they grow, read when they are done
const N = 50000 //@N

function grow(n) {
  let s = ""
  for (let i = 0; i < n; i++) s += String.fromCharCode(97 + i % 26)
  return s
}

function rows(n) {
  let out = ""
  for (let i = 0; i < n; i++) out = out + "row " + i + ": " + (i * 7 % 1000) + ";"
  return out
}

function words(n) {
  let s = "-"
  let count = 0
  for (let i = 0; i < n; i++) {
    const last = s[s.length - 1]
    if (i % 5 == 4) {
      s += " "
    } else if (last == " ") {
      s += "w"
      count += 1
    } else {
      s += "x"
    }
  }
  return count + s.length
}

function sum(s) {
  let h = 7
  for (let i = 0; i < s.length; i++) h = (h * 31 + s.charCodeAt(i)) % 1000003
  return h
}

let total = 0
for (let round = 0; round < 3; round++) {
  total = (total * 3 + sum(grow(N))) % 1000003
  total = (total * 3 + sum(rows(Math.floor(N / 4)))) % 1000003
  total = (total * 3 + words(N)) % 1000003
}
console.log(total)

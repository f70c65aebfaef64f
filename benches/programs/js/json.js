// a parser and a printer of JSON
const N = 200; //@N

class Parser {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.end = text.length;
  }
  skip() {
    while (this.at < this.end && " \n\t".includes(this.text[this.at])) this.at += 1;
  }
  value() {
    this.skip();
    const c = this.text[this.at];
    if (c === "{") return this.object();
    if (c === "[") return this.array();
    if (c === '"') return this.string();
    if (c === "t") { this.at += 4; return true; }
    if (c === "f") { this.at += 5; return false; }
    if (c === "n") { this.at += 4; return null; }
    return this.number();
  }
  object() {
    const result = new Map();
    this.at += 1;
    this.skip();
    if (this.text[this.at] === "}") { this.at += 1; return result; }
    for (;;) {
      this.skip();
      const key = this.string();
      this.skip();
      this.at += 1;
      result.set(key, this.value());
      this.skip();
      const c = this.text[this.at];
      this.at += 1;
      if (c === "}") return result;
    }
  }
  array() {
    const result = [];
    this.at += 1;
    this.skip();
    if (this.text[this.at] === "]") { this.at += 1; return result; }
    for (;;) {
      result.push(this.value());
      this.skip();
      const c = this.text[this.at];
      this.at += 1;
      if (c === "]") return result;
    }
  }
  string() {
    const start = this.at + 1;
    let at = start;
    while (this.text[at] !== '"') at += 1;
    this.at = at + 1;
    return this.text.slice(start, at);
  }
  number() {
    const start = this.at;
    let at = start;
    while (at < this.end && "0123456789-.".includes(this.text[at])) at += 1;
    this.at = at;
    const text = this.text.slice(start, at);
    if (text.includes(".")) return parseFloat(text);
    return parseInt(text, 10);
  }
}

function printTo(out, value) {
  if (value instanceof Map) {
    out.push("{");
    let first = true;
    for (const key of value.keys()) {
      if (!first) out.push(",");
      first = false;
      out.push('"' + key + '":');
      printTo(out, value.get(key));
    }
    out.push("}");
  } else if (Array.isArray(value)) {
    out.push("[");
    let first = true;
    for (const item of value) {
      if (!first) out.push(",");
      first = false;
      printTo(out, item);
    }
    out.push("]");
  } else if (typeof value === "string") out.push('"' + value + '"');
  else if (value === null) out.push("null");
  else out.push(String(value));
}

function documentText() {
  const parts = [];
  for (let i = 0; i < 200; i++) {
    const tags = '["a' + String(i % 5) + '", "b", null, true]';
    parts.push('{"id": ' + String(i) + ', "name": "item ' + String((i * 7) % 100) + '", "price": ' + String(i * 0.25 + 0.125) + ', "tags": ' + tags + ', "in": {"x": -' + String(i + 1) + ', "y": [] }}');
  }
  return "[" + parts.join(",\n ") + "]";
}

function main() {
  const text = documentText();
  let size = 0;
  let sum = 0;
  for (let turn = 0; turn < N; turn++) {
    const value = new Parser(text).value();
    for (const item of value) sum += item.get("id") + item.get("price") + item.get("tags").length;
    const out = [];
    printTo(out, value);
    const printed = out.join("");
    size += printed.length;
  }
  console.log(`${size} ${Math.floor(sum)}`);
}

main();

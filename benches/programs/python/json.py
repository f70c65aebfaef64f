# a parser and a printer of JSON
import math

N = 200  #@N


class Parser:
    def __init__(self, text):
        self.text = text
        self.at = 0
        self.end = len(text)

    def skip(self):
        while self.at < self.end and self.text[self.at] in " \n\t":
            self.at += 1

    def value(self):
        self.skip()
        c = self.text[self.at]
        if c == "{":
            return self.object()
        if c == "[":
            return self.array()
        if c == '"':
            return self.string()
        if c == "t":
            self.at += 4
            return True
        if c == "f":
            self.at += 5
            return False
        if c == "n":
            self.at += 4
            return None
        return self.number()

    def object(self):
        result = {}
        self.at += 1
        self.skip()
        if self.text[self.at] == "}":
            self.at += 1
            return result
        while True:
            self.skip()
            key = self.string()
            self.skip()
            self.at += 1
            result[key] = self.value()
            self.skip()
            c = self.text[self.at]
            self.at += 1
            if c == "}":
                return result

    def array(self):
        result = []
        self.at += 1
        self.skip()
        if self.text[self.at] == "]":
            self.at += 1
            return result
        while True:
            result.append(self.value())
            self.skip()
            c = self.text[self.at]
            self.at += 1
            if c == "]":
                return result

    def string(self):
        start = self.at + 1
        at = start
        while self.text[at] != '"':
            at += 1
        self.at = at + 1
        return self.text[start:at]

    def number(self):
        start = self.at
        at = start
        while at < self.end and self.text[at] in "0123456789-.":
            at += 1
        self.at = at
        text = self.text[start:at]
        if "." in text:
            return float(text)
        return int(text)


def print_to(out, value):
    if isinstance(value, dict):
        out.append("{")
        first = True
        for key in value:
            if not first:
                out.append(",")
            first = False
            out.append('"' + key + '":')
            print_to(out, value[key])
        out.append("}")
    elif isinstance(value, list):
        out.append("[")
        first = True
        for item in value:
            if not first:
                out.append(",")
            first = False
            print_to(out, item)
        out.append("]")
    elif isinstance(value, str):
        out.append('"' + value + '"')
    elif value is None:
        out.append("null")
    elif value is True:
        out.append("true")
    elif value is False:
        out.append("false")
    else:
        out.append(str(value))


def document():
    parts = []
    for i in range(200):
        tags = '["a' + str(i % 5) + '", "b", null, true]'
        parts.append('{"id": ' + str(i) + ', "name": "item ' + str(i * 7 % 100) + '", "price": '
                     + str(i * 0.25 + 0.125) + ', "tags": ' + tags
                     + ', "in": {"x": -' + str(i + 1) + ', "y": [] }}')
    return "[" + ",\n ".join(parts) + "]"


def main():
    text = document()
    size = 0
    total = 0
    for turn in range(N):
        value = Parser(text).value()
        for item in value:
            total += item["id"] + item["price"] + len(item["tags"])
        out = []
        print_to(out, value)
        printed = "".join(out)
        size += len(printed)
    print(size, math.floor(total))


main()

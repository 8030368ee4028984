#include "wire_reader.h"

#include <stdlib.h>

#include "crc16.h"

namespace {

const size_t MOST_COLLECTED = 256;
const size_t TAIL = 5;  // a space and the checksum

// Whether a text ends in a space and the checksum of what stands before that.
bool isWhole(const std::string &text) {
  if (text.size() <= TAIL || text[text.size() - TAIL] != ' ') return false;
  return fieldline::isCrc16Text(&text[text.size() - 4], fieldline::crc16(text.data(), (uint16_t)(text.size() - TAIL)));
}

bool isComment(const std::string &line) {
  return line.size() >= 2 && line[0] == '#' && std::string("~+?!").find(line[1]) != std::string::npos;
}

void takeComment(const std::string &before, const std::string &line, Wire *wire) {
  if (line[1] == '?' || line[1] == '!') {
    const bool cut = !before.empty() && before != "\n";
    if (cut || !isWhole(line)) wire->damaged++;
    return;
  }
  const bool oneLine = before.size() > 1 && before.find('\n') == before.size() - 1;
  if (!oneLine || !isWhole(before + line)) {
    wire->damaged++;
    return;
  }
  wire->passed.push_back((uint32_t)strtoul(line.c_str() + 2, NULL, 10));
  wire->groups.push_back(before + line);
}

}  // namespace

Wire readWire(const std::string &bytes) {
  Wire wire;
  std::string collected;
  size_t begin = 0;
  for (size_t end; (end = bytes.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = bytes.substr(begin, end - begin);
    if (collected.size() + line.size() > MOST_COLLECTED) {
      wire.damaged++;
      collected.clear();
    } else if (isComment(line)) {
      takeComment(collected, line, &wire);
      collected.clear();
    } else {
      collected += line + "\n";
    }
  }
  return wire;
}

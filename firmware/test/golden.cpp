#include "golden.h"

#include <fstream>
#include <stdexcept>

#include "check.h"

namespace {

std::string bytesOf(const std::string &value) {
  std::string bytes;
  for (size_t index = 0; index < value.size(); index++) {
    if (value[index] != '\\') {
      bytes += value[index];
      continue;
    }
    const char escape = value.at(++index);
    if (escape == 'x') {
      bytes += (char)std::stoi(value.substr(index + 1, 2), NULL, 16);
      index += 2;
    } else {
      bytes += escape == 'n' ? '\n' : escape == 'r' ? '\r' : escape;
    }
  }
  return bytes;
}

}  // namespace

std::vector<GoldenFrame> goldenFrames(const std::string &file) {
  std::ifstream lines(check::goldenFolder + "/" + file + ".txt");
  if (!lines) throw std::runtime_error("no golden frames " + file);
  std::vector<GoldenFrame> frames;
  std::string line;
  while (std::getline(lines, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') {
      frames.push_back({line.substr(1, line.size() - 2), {}});
      continue;
    }
    const size_t colon = line.find(':');
    frames.back().values[line.substr(0, colon)] = bytesOf(line.size() > colon + 2 ? line.substr(colon + 2) : "");
  }
  return frames;
}

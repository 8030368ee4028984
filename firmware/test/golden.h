// Reads the golden frames; firmware/protocol/README.md says how they are written.
#pragma once

#include <map>
#include <string>
#include <vector>

struct GoldenFrame {
  std::string title;
  std::map<std::string, std::string> values;  // the bytes that they stand for

  bool has(const std::string &key) const { return values.count(key) > 0; }
  const std::string &at(const std::string &key) const { return values.at(key); }
};

std::vector<GoldenFrame> goldenFrames(const std::string &file);

// A host's end of the wire, as PROTOCOL.md tells to read it: what the tests hold the frames against.
#pragma once

#include <stdint.h>

#include <string>
#include <vector>

struct Wire {
  std::vector<uint32_t> passed;  // sequence numbers of groups
  std::vector<std::string> groups;
  int damaged = 0;
};

// Reads what has come, from the first byte of a line on. A line that has not ended is left.
Wire readWire(const std::string &bytes);

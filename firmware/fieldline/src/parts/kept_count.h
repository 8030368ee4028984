// A count in memory that a reset leaves alone.
#pragma once

#include <stdint.h>

namespace fieldline {

// Written twice, so that a value is told which a reset or a moment without power has spoilt. Plain memory without a constructor, so that a
// start does not touch it.
class KeptCount {
 public:
  void set(uint32_t to) {
    count = to;
    inverse = ~to;
  }
  uint32_t get() const { return count; }

  // Whether it is what was set last.
  bool isWhole() const { return count == (uint32_t)~inverse; }

 private:
  volatile uint32_t count;
  volatile uint32_t inverse;
};

}  // namespace fieldline

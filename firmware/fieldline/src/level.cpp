#include "level.h"

#include "link.h"

namespace fieldline {

uint16_t Input::lengthOf(bool high, uint16_t limit) const {
  const uint16_t start = (uint16_t)micros();
  uint16_t length = 0;
  while (isHigh() == high && length < limit) {
    listen();
    length = (uint16_t)((uint16_t)micros() - start);
  }
  return length;
}

}  // namespace fieldline

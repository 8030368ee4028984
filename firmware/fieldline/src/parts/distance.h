// From the length of an HC-SR04's echo to metres.
#pragma once

#include <stdint.h>

#include "reading.h"

namespace fieldline {

// Microseconds; the data sheet's range is 0.02 to 4 m, and an echo from nowhere ends after 38 ms or later.
const uint16_t ECHO_LEAST = 100;
const uint16_t ECHO_LIMIT = 24000;

// Half the way of sound, 343.2 m/s in dry air at 20 C. It is 0.17 % faster for each degree more, which `scale` can follow.
inline Reading distanceReading(uint16_t echo) {
  if (echo < ECHO_LEAST || echo >= ECHO_LIMIT) return Reading::failed(Failure::RANGE);
  return Reading::of(echo * (343.2f / 2 / 1e6f));
}

}  // namespace fieldline

// The words that the thermocouple converters MAX6675 (16 bits) and MAX31855 (32 bits) send.
#pragma once

#include <stdint.h>

#include "reading.h"

namespace fieldline {

// Celsius in steps of 1/4 (MAX6675 data sheet, "Serial interface"): D15 is 0, D14 to D3 the temperature, D2 is set when no
// thermocouple is connected, D1 is 0. Without a chip the pull-up makes all of them 1; all zeros would be 0 C, where its
// range ends: rather a line that is held low.
inline Reading max6675Reading(uint16_t word) {
  if (word == 0 || (word & 0x8002) != 0) return Reading::failed(Failure::ABSENT);
  if (word & 0x0004) return Reading::failed(Failure::OPEN);
  return Reading::of((float)(word >> 3) / 4);
}

// Celsius in steps of 1/4 (MAX31855 data sheet, tables 2 to 4): D31 to D18 the temperature, D16 a fault, D2 a short to the
// supply, D1 a short to ground, D0 an open circuit; D17 and D3 are 0. Without a chip the pull-up makes all of them 1.
inline Reading max31855Reading(uint32_t word) {
  // All zeros would be 0 C with a reference junction at exactly 0 C: rather a line that is held low.
  if (word == 0 || (word & 0x00020008UL) != 0) return Reading::failed(Failure::ABSENT);
  if (word & 0x00000001UL) return Reading::failed(Failure::OPEN);
  if (word & 0x00000006UL) return Reading::failed(Failure::SHORTED);
  if (word & 0x00010000UL) return Reading::failed(Failure::ABSENT);
  return Reading::of((float)((int32_t)word >> 18) / 4);
}

}  // namespace fieldline

// The scratchpad of a DS18B20 (Analog Devices, DS18B20 data sheet, "Memory" and "Measuring temperature").
#pragma once

#include <stdint.h>

#include "crc8.h"
#include "reading.h"

namespace fieldline {

const uint8_t SCRATCHPAD_SIZE = 9;
const uint8_t ROM_SIZE = 8;

// Celsius in steps of 1/16.
inline Reading ds18b20Reading(const uint8_t *scratchpad) {
  // A data line that is held low reads as zeros, whose CRC is right; the reserved byte 5 is 0xFF in a real scratchpad.
  if (scratchpad[5] == 0) return Reading::failed(Failure::SHORTED);
  if (crc8(scratchpad, SCRATCHPAD_SIZE) != 0) return Reading::failed(Failure::CHECKSUM);
  const int16_t sixteenths = (int16_t)(((uint16_t)scratchpad[1] << 8) | scratchpad[0]);
  // 85 C is what stands there after power-on, when nothing has been measured. Byte 6 tells: 0x0C then, 0x10 for a measured 85 C
  // (not in the data sheet; found by Petrich, "Your DS18B20 temperature sensor is likely a fake").
  if (sixteenths == 85 * 16 && scratchpad[6] == 0x0C) return Reading::failed(Failure::RANGE);
  if (sixteenths < -55 * 16 || sixteenths > 125 * 16) return Reading::failed(Failure::RANGE);
  return Reading::of(sixteenths / 16.0f);
}

}  // namespace fieldline

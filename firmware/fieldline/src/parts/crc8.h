// The CRC-8 of 1-Wire parts (CRC-8/MAXIM-DOW): polynomial 0x31, reflected; Analog Devices application note 27.
#pragma once

#include <stdint.h>

namespace fieldline {

inline uint8_t crc8(const void *bytes, uint8_t length) {
  const uint8_t *byte = (const uint8_t *)bytes;
  uint8_t crc = 0;
  while (length--) {
    crc ^= *byte++;
    for (uint8_t bit = 0; bit < 8; bit++) crc = (crc & 1) ? (uint8_t)((crc >> 1) ^ 0x8C) : (uint8_t)(crc >> 1);
  }
  return crc;
}

}  // namespace fieldline

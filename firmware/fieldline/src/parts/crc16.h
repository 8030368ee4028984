// CRC-16/IBM-SDLC (X.25, RFC 1662): polynomial 0x1021, reflected, as a UART sends the low bit first. PROTOCOL.md says why.
#pragma once

#include <stdint.h>

namespace fieldline {

const uint16_t CRC16_START = 0xFFFF;

// The checksum so far, with one more byte. The form without a table or a loop is avr-libc's <util/crc16.h>.
inline uint16_t crc16Add(uint16_t crc, uint8_t byte) {
  byte ^= (uint8_t)crc;
  byte ^= (uint8_t)(byte << 4);
  return (uint16_t)((((uint16_t)byte << 8) | (crc >> 8)) ^ (uint8_t)(byte >> 4) ^ ((uint16_t)byte << 3));
}

// What is sent of a checksum that has seen all bytes.
inline uint16_t crc16End(uint16_t crc) { return (uint16_t)~crc; }

inline uint16_t crc16(const void *bytes, uint16_t length) {
  const uint8_t *byte = (const uint8_t *)bytes;
  uint16_t crc = CRC16_START;
  while (length--) crc = crc16Add(crc, *byte++);
  return crc16End(crc);
}

// One of the four characters of a checksum, 0 the first. They are '@' to 'O', whose low four bits are the value: a bit
// that flips in the text is a bit that flips in the checksum, and the code's distance holds for the text.
inline char crc16Character(uint16_t crc, uint8_t index) { return (char)(0x40 | ((crc >> (12 - 4 * index)) & 0x0F)); }

// Whether these four characters are the checksum.
inline bool isCrc16Text(const char *text, uint16_t crc) {
  for (uint8_t index = 0; index < 4; index++) {
    if (text[index] != crc16Character(crc, index)) return false;
  }
  return true;
}

}  // namespace fieldline

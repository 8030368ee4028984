// Writes the lines of the wire, and keeps the checksum that closes them.
#pragma once

#include <stdint.h>

#include "crc16.h"
#include "decimal.h"
#include "progmem.h"

namespace fieldline {

// Output has `void write(char)`. What is put between two calls of close() is covered by one checksum.
template <typename Output>
class FrameWriter {
 public:
  explicit FrameWriter(Output &to) : output(to) {}

  void put(char character) {
    crc = crc16Add(crc, (uint8_t)character);
    output.write(character);
  }

  void put(const char *text) {
    while (*text != '\0') put(*text++);
  }

  // A text in flash.
  void putP(const char *text) {
    for (char character; (character = (char)pgm_read_byte(text)) != '\0'; text++) put(character);
  }

  void putUnsigned(uint32_t value) {
    char text[NUMBER_SIZE];
    formatUnsigned(value, text);
    put(text);
  }

  void putNumber(float value) {
    char text[NUMBER_SIZE];
    formatNumber(value, text);
    put(text);
  }

  // Eight capital hexadecimal digits.
  void putHex(uint32_t value) {
    for (int8_t shift = 28; shift >= 0; shift = (int8_t)(shift - 4)) {
      const uint8_t digit = (value >> shift) & 0x0F;
      put((char)(digit < 10 ? '0' + digit : 'A' + digit - 10));
    }
  }

  // A space, the checksum and the line's end, which it does not cover.
  void close() {
    const uint16_t sum = crc16End(crc);
    crc = CRC16_START;
    output.write(' ');
    for (uint8_t index = 0; index < 4; index++) output.write(crc16Character(sum, index));
    output.write('\n');
  }

 private:
  Output &output;
  uint16_t crc = CRC16_START;
};

}  // namespace fieldline

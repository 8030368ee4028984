#include <string.h>

#include "check.h"
#include "crc16.h"
#include "crc8.h"

using namespace fieldline;

namespace {

// Bit by bit, from the definition: x^16 + x^12 + x^5 + 1, reflected.
uint16_t slowCrc16(const std::string &bytes) {
  uint16_t crc = 0xFFFF;
  for (const char byte : bytes) {
    crc ^= (uint8_t)byte;
    for (int bit = 0; bit < 8; bit++) crc = (uint16_t)(crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1);
  }
  return (uint16_t)~crc;
}

}  // namespace

// The check values of the catalogue of parametrised CRC algorithms (reveng.sourceforge.io): CRC-16/IBM-SDLC, CRC-8/MAXIM-DOW.
TEST(catalogue) {
  CHECK_EQUAL(crc16("123456789", 9), 0x906E);
  CHECK_EQUAL((int)crc8("123456789", 9), 0xA1);
}

TEST(as_the_definition_says) {
  std::string bytes;
  uint32_t random = 1;
  for (int length = 0; length < 300; length++) {
    CHECK_EQUAL(crc16(bytes.data(), (uint16_t)bytes.size()), slowCrc16(bytes));
    random = random * 1664525 + 1013904223;
    bytes += (char)(random >> 24);
  }
}

// A DS1990A's number in Maxim's application note 27, example 3: family 02, serial 00000001B81C, CRC A2.
TEST(one_wire_example) {
  const uint8_t rom[8] = {0x02, 0x1C, 0xB8, 0x01, 0x00, 0x00, 0x00, 0xA2};
  CHECK_EQUAL((int)crc8(rom, 7), 0xA2);
  CHECK_EQUAL((int)crc8(rom, 8), 0);
}

TEST(as_text) {
  const char *text = "I@FN";
  for (uint8_t index = 0; index < 4; index++) CHECK_EQUAL(crc16Character(0x906E, index), text[index]);
  CHECK(isCrc16Text(text, 0x906E));
  CHECK(!isCrc16Text("i@FN", 0x906E));
  CHECK(!isCrc16Text("906E", 0x906E));
}

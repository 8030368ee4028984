#include "dht_line.h"

#include "level.h"
#include "parts/dht.h"

namespace fieldline {
namespace {

const uint16_t TIMEOUT = 120;   // microseconds, longer than any level lasts
const uint16_t THRESHOLD = 48;  // between the lengths of a 0 and a 1

}  // namespace

void askDht(uint8_t pin) {
  digitalWrite(pin, LOW);
  pinMode(pin, OUTPUT);
}

bool receiveDht(uint8_t pin, uint8_t *frame) {
  const Input line(pin);
  pinMode(pin, INPUT_PULLUP);
  delayMicroseconds(5);
  // The sensor waits 20 to 40 us, answers with 80 us low and 80 us high, and then sends its bits: 50 us low each, and high for
  // 26 us or 70.
  for (int8_t bit = -2; bit < 8 * DHT_SIZE; bit++) {
    if (bit >= -1 && line.lengthOf(false, TIMEOUT) >= TIMEOUT) return false;
    const uint16_t length = line.lengthOf(true, TIMEOUT);
    if (length >= TIMEOUT) return false;
    if (bit >= 0) frame[bit / 8] = (uint8_t)(frame[bit / 8] << 1 | (length > THRESHOLD));
  }
  return true;
}

}  // namespace fieldline

#include "one_wire.h"

#include <util/atomic.h>

#include "link.h"

namespace fieldline {

OneWire::OneWire(uint8_t pin)
    : mode(portModeRegister(digitalPinToPort(pin))),
      level(portInputRegister(digitalPinToPort(pin))),
      mask(digitalPinToBitMask(pin)) {
  pinMode(pin, INPUT);  // and the output is 0 when the mode turns
}

bool OneWire::reset() {
  bool present = false;
  pull();
  delayMicroseconds(500);
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    release();
    delayMicroseconds(70);
    present = !isHigh();
  }
  delayMicroseconds(430);
  return present && isHigh();  // a line that stays low is shorted
}

// One bit: what is sent, or with a 1 what a part answers. The line has to be low for 1 us, and is sampled within 15.
bool OneWire::slot(bool one) {
  bool high = false;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    pull();
    delayMicroseconds(2);
    if (one) release();
    delayMicroseconds(8);
    high = isHigh();
  }
  delayMicroseconds(55);
  release();
  delayMicroseconds(5);
  return high;
}

void OneWire::write(uint8_t byte) {
  for (uint8_t bit = 0; bit < 8; bit++) slot(byte >> bit & 1);
  listen();
}

void OneWire::write(const uint8_t *bytes, uint8_t length) {
  while (length--) write(*bytes++);
}

uint8_t OneWire::read() {
  uint8_t byte = 0;
  for (uint8_t bit = 0; bit < 8; bit++) {
    if (slot(true)) byte |= (uint8_t)(1 << bit);
  }
  listen();
  return byte;
}

}  // namespace fieldline

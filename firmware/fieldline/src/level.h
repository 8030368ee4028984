// How long a pin keeps its level.
#pragma once

#include "board.h"

namespace fieldline {

// A digital pin that is read often: the core's digitalRead takes 4 us.
class Input {
 public:
  explicit Input(uint8_t pin) : port(portInputRegister(digitalPinToPort(pin))), mask(digitalPinToBitMask(pin)) {}

  bool isHigh() const { return *port & mask; }

  // For how long from now on the pin is high, or low; in microseconds, in steps of 4. `limit` or more when it does not change.
  uint16_t lengthOf(bool high, uint16_t limit) const;

 private:
  volatile uint8_t *const port;
  const uint8_t mask;
};

}  // namespace fieldline

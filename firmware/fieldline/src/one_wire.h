// The 1-Wire bus (Analog Devices, DS18B20 data sheet, "1-Wire signaling"), standard speed, with a pull-up resistor at the line.
#pragma once

#include "board.h"

namespace fieldline {

class OneWire {
 public:
  explicit OneWire(uint8_t pin);

  // Resets the bus; true when a part answers. Takes 1 ms.
  bool reset();

  // A byte takes 0.6 ms. Interrupts are off for 15 us of each bit at most, which a UART at 115200 baud does not notice.
  void write(uint8_t byte);
  void write(const uint8_t *bytes, uint8_t length);
  uint8_t read();

 private:
  volatile uint8_t *const mode;
  volatile uint8_t *const level;
  const uint8_t mask;

  void pull() { *mode |= mask; }
  void release() { *mode &= (uint8_t)~mask; }
  bool isHigh() const { return *level & mask; }
  bool slot(bool one);
};

}  // namespace fieldline

// The single wire of a DHT11 or DHT22.
#pragma once

#include "board.h"

namespace fieldline {

// Asks for a reading by pulling the line low; it has to stay so for a while (the data sheets say how long).
void askDht(uint8_t pin);

// Releases the line and receives the 40 bits; false when nothing, or not all, comes. Takes 5 ms, with interrupts on: they are short
// against the difference between a 0 (26 us) and a 1 (70 us), and the sum finds what they might spoil.
bool receiveDht(uint8_t pin, uint8_t *frame);

}  // namespace fieldline

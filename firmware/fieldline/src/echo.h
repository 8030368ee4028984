// The ultrasonic ranger HC-SR04: a pulse at its trigger pin, and an echo as long as the sound was under way.
#pragma once

#include "board.h"
#include "parts/reading.h"

namespace fieldline {

// Gives the pins their directions.
void setUpEcho(uint8_t trigger, uint8_t echo);

// Measures once: metres. Takes up to 30 ms, and does not notice interrupts, which make it longer by some microseconds.
Reading measureDistance(uint8_t trigger, uint8_t echo);

}  // namespace fieldline

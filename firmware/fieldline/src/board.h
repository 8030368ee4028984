// What differs between boards. For another AVR board add its branch; for another family also store.cpp (EEPROM), sensors.cpp (supply,
// memory), one_wire.cpp and level.h (ports) need one.
#pragma once

#include <Arduino.h>

// A board whose bootloader does not stop the watchdog (an old Nano with ATmegaBOOT) starts for ever once the watchdog has bitten:
// build for such a board with -DFIELDLINE_WATCHDOG=0.
#ifndef FIELDLINE_WATCHDOG
#define FIELDLINE_WATCHDOG 1
#endif

namespace fieldline {

#if defined(__AVR_ATmega328P__)
#define FIELDLINE_BOARD "atmega328p"
const uint8_t CHANNELS = 12;
const uint8_t HELD_READINGS = 16;
const uint8_t PULSE_INPUTS = 2;
const uint8_t BANDGAP_CHANNEL = 0x0E;
const bool SERIAL_ON_PINS = true;  // 0 and 1
#elif defined(__AVR_ATmega2560__)
#define FIELDLINE_BOARD "atmega2560"
const uint8_t CHANNELS = 48;
const uint8_t HELD_READINGS = 128;
const uint8_t PULSE_INPUTS = 6;
const uint8_t BANDGAP_CHANNEL = 0x1E;
const bool SERIAL_ON_PINS = true;
#elif defined(__AVR_ATmega32U4__)
#define FIELDLINE_BOARD "atmega32u4"
const uint8_t CHANNELS = 12;
const uint8_t HELD_READINGS = 24;
const uint8_t PULSE_INPUTS = 5;
const uint8_t BANDGAP_CHANNEL = 0x1E;
const bool SERIAL_ON_PINS = false;  // but on USB
#else
#error "Fieldline does not know this board: see board.h"
#endif

const uint32_t BAUD = 115200;
const uint8_t LONGEST_COMMAND = 192;  // with the line's end

}  // namespace fieldline

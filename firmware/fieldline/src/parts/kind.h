// The kinds of channels, and what the commands and the lines have to know of each.
#pragma once

#include <stdint.h>
#include <string.h>

#include "progmem.h"

namespace fieldline {

// EEPROM keeps these numbers: new ones go to the end.
enum class Kind : uint8_t {
  OFF,
  VOLTAGE,
  NTC,
  LM35,
  TMP36,
  LIGHT,
  DIGITAL,
  BUTTON,
  COUNTER,
  FREQUENCY,
  SUPPLY,
  MEMORY,
  DHT11,
  DHT22,
  DS18B20,
  MAX6675,
  MAX31855,
  DISTANCE,
  ERASED = 0xFF,  // what stands in EEPROM where nothing was written
};

const uint8_t KIND_COUNT = 18;

// What a kind is like.
enum Trait : uint16_t {
  ANALOG_PIN = 1 << 0,
  DIGITAL_PIN = 1 << 1,
  INTERRUPT_PIN = 1 << 2,
  FILTERED = 1 << 3,       // may be the mean or the median of several samples
  WHOLE = 1 << 4,          // its values are unsigned whole numbers, written with an i, that are not scaled
  HAS_REFERENCE = 1 << 5,  // takes ref=
  HAS_THERMISTOR = 1 << 6, // takes beta=, r0= and series=, or a=, b= and c=
  HAS_PULLUP = 1 << 7,     // takes pullup=
  HAS_DEBOUNCE = 1 << 8,   // takes debounce=
  HAS_ROM = 1 << 9,        // takes rom=
  TWO_VALUES = 1 << 10,    // the second is humidity_pct
  HAS_ECHO = 1 << 11,      // has a second pin, echo=
};

struct KindInfo {
  char name[10];
  char field[11];
  uint16_t traits;
  uint16_t leastInterval;  // milliseconds
};

extern const KindInfo KINDS[KIND_COUNT] PROGMEM;

inline KindInfo infoOf(Kind kind) {
  KindInfo info;
  memcpy_P(&info, &KINDS[(uint8_t)kind], sizeof info);
  return info;
}

// Once in flash, as many ask for it.
__attribute__((noinline)) inline uint16_t traitsOf(Kind kind) { return pgm_read_word(&KINDS[(uint8_t)kind].traits); }

// The kind of this name; false when there is none.
inline bool findKind(const char *name, Kind *kind) {
  for (uint8_t index = 0; index < KIND_COUNT; index++) {
    if (strcmp_P(name, KINDS[index].name) != 0) continue;
    *kind = (Kind)index;
    return true;
  }
  return false;
}

}  // namespace fieldline

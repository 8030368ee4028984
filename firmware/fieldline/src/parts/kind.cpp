#include "kind.h"

namespace fieldline {

// In the order of Kind.
const KindInfo KINDS[KIND_COUNT] PROGMEM = {
    {"off", "", 0, 0},
    {"voltage", "volts", ANALOG_PIN | FILTERED | HAS_REFERENCE, 10},
    {"ntc", "temp_c", ANALOG_PIN | FILTERED | HAS_THERMISTOR, 10},
    {"lm35", "temp_c", ANALOG_PIN | FILTERED | HAS_REFERENCE, 10},
    {"tmp36", "temp_c", ANALOG_PIN | FILTERED | HAS_REFERENCE, 10},
    {"light", "light_pct", ANALOG_PIN | FILTERED, 10},
    {"digital", "state", DIGITAL_PIN | WHOLE | HAS_PULLUP, 10},
    {"button", "pressed", DIGITAL_PIN | WHOLE | HAS_PULLUP | HAS_DEBOUNCE, 1},
    {"counter", "count", INTERRUPT_PIN | WHOLE | HAS_PULLUP | HAS_DEBOUNCE, 10},
    {"frequency", "hz", INTERRUPT_PIN | HAS_PULLUP | HAS_DEBOUNCE, 100},
    {"supply", "volts", FILTERED | HAS_REFERENCE, 10},
    {"memory", "free_bytes", WHOLE, 10},
    {"dht11", "temp_c", DIGITAL_PIN | TWO_VALUES, 1000},
    {"dht22", "temp_c", DIGITAL_PIN | TWO_VALUES, 2000},
    {"ds18b20", "temp_c", DIGITAL_PIN | HAS_ROM, 1000},
    {"max6675", "temp_c", DIGITAL_PIN, 250},
    {"max31855", "temp_c", DIGITAL_PIN, 250},
    {"distance", "distance_m", DIGITAL_PIN | HAS_ECHO, 60},
};

}  // namespace fieldline

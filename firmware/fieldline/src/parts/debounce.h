// A switch without its bouncing.
#pragma once

#include <stdint.h>

namespace fieldline {

// A change counts once it has held for the whole time.
struct Debounced {
  bool state;
  uint16_t since;  // milliseconds, of the last moment that agreed with the state

  // Takes what the pin says now; true when the state has just changed.
  bool take(bool level, uint16_t now, uint8_t milliseconds) {
    if (level == state) {
      since = now;
      return false;
    }
    if ((uint16_t)(now - since) < milliseconds) return false;
    state = level;
    since = now;
    return true;
  }
};

}  // namespace fieldline

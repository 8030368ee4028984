// The chip's EEPROM, as slow as a real one, in a file.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <simavr/sim_avr.h>

struct Eeprom {
  avr_t *avr;
  uint8_t *cells;
  avr_io_write_t writeControl;  // what simavr does
  void *param;
  uint16_t address;  // of the cell that is being written
  avr_cycle_count_t endsAt;
  bool busy;
};

// Keeps it in the file at `path`, or in none.
void startEeprom(struct Eeprom *eeprom, avr_t *avr, const char *path);

// To be called by the chip's reset, which stops its timers but not a write.
void restartEeprom(struct Eeprom *eeprom);

// The power is gone: a cell that was being written is left erased, as it is in the first half of the time.
void cutEeprom(struct Eeprom *eeprom);

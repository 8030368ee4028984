// A board: the chip, its memories, and the serial line to the host.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <simavr/sim_avr.h>

#include "eeprom.h"
#include "line.h"
#include "pty.h"
#include "sensor.h"

struct BoardSetup {
  const char *chip;    //     by the name that libsimavr has for it
  const char *link;    //     where the port is to be
  const char *sketch;      // a hex file, or NULL
  const char *bootloader;  // another, or NULL: then the sketch starts at once
  const char *flash;       // the files that keep the memories, or NULL
  const char *eeprom;
  bool resetsOnOpen;       // as boards do whose DTR is wired to the reset
};

struct Board {
  avr_t *avr;
  struct Pty pty;
  struct Line line;
  struct Eeprom eeprom;
  struct Sensors sensors;
  bool cold;              // the power has just come
  bool resetsOnOpen;
  bool hangs;             // the clock stands still, but the port is there
  int64_t sinceNs;        // when the chip's cycle was `sinceCycle`, on the monotonic clock
  uint64_t sinceCycle;
  uint64_t resetCycle;    // the first one after the last reset
};

// Ends the program with a message when something is missing.
void startBoard(struct Board *board, const struct BoardSetup *setup);

// Lets the chip run up to the present, at most 2 ms, and moves bytes between it and the host. False when it is not there yet.
bool runBoard(struct Board *board);

// Presses the reset button.
void resetBoard(struct Board *board);

// Pulls it out of the USB port, where it has its power from.
void unplugBoard(struct Board *board);
void plugBoard(struct Board *board);

// The same as unplugBoard in the middle of what it sends: after so many bytes more.
void unplugBoardAfter(struct Board *board, uint64_t bytes);

// When the chip began to run after its last reset, by the wall clock, in microseconds since 1970. It moves when the machine is too busy to
// keep pace: what it owes beyond 100 ms is not made up for.
int64_t chipBeganUs(const struct Board *board);

bool boardIsPlugged(const struct Board *board);

// Stops the chip's clock, or lets it go on.
void hangBoard(struct Board *board, bool hangs);

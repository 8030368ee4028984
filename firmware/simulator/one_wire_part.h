// A DS18B20 as its bus sees it, slot by slot (Analog Devices' data sheet, "1-Wire bus system" and "DS18B20 function commands").
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ROM_SIZE 8
#define SCRATCHPAD_SIZE 9

enum PartState { AWAITS_RESET, READS_ROM_COMMAND, READS_ROM, SEARCHED, READS_COMMAND, SENDS };

enum PartFault { SOUND, WRONG_CHECKSUM, NEVER_MEASURES };

struct OneWirePart {
  uint8_t rom[ROM_SIZE];
  bool present;
  enum PartFault fault;
  int16_t sixteenths;  // of a degree: what it is exposed to
  uint8_t scratchpad[SCRATCHPAD_SIZE];
  uint64_t measuredAt;  // the microsecond in which the conversion ends; 0 when none is under way
  enum PartState state;
  uint8_t sent[SCRATCHPAD_SIZE];
  int sentBits;   // how many there are to send; 0: it sends whether its conversion has ended
  uint8_t shift;  // the byte that is being received
  int bit;        // the next one, received or sent
};

// The power was off: what was measured is gone.
void coolPart(struct OneWirePart *part);

// The bus was reset.
void resetPart(struct OneWirePart *part);

// A slot begins; whether the part holds the line low for a 0.
bool partPulls(const struct OneWirePart *part, uint64_t nowUs);

// The slot has been sampled: what was on the line.
void partSees(struct OneWirePart *part, bool level, uint64_t nowUs);

// Analog Devices, "Understanding and using cyclic redundancy checks with 1-Wire": x^8 + x^5 + x^4 + 1, the low bit first.
uint8_t oneWireCrc(const uint8_t *bytes, int length);

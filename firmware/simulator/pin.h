// The chip's pins, as what is wired to them sees them.
#pragma once

#include <stdbool.h>

#include <simavr/sim_avr.h>

struct Pin {
  char port;  // 'B', 'C' or 'D'
  int bit;
};

// An interrupt by a low level comes once when the level falls, not for as long as it lasts: looking for that in each cycle, also for
// pins whose interrupt is off, would cost more than the chip.
void startPins(avr_t *avr);

// Reads the name of a pin, the Uno's ("2", "13", "A0") or the chip's ("PD2"); false when there is none.
bool parsePin(const char *text, struct Pin *pin);

// Drives the pin from outside. What the sketch reads is this level as long as the pin is an input.
void drivePin(avr_t *avr, struct Pin pin, bool level);

// Drives it no more: a pull-up of the sketch makes it 1, without one it stays as it was.
void releasePin(avr_t *avr, struct Pin pin);

// What a meter at the pin would show.
bool pinLevel(avr_t *avr, struct Pin pin);

bool pinIsOutput(avr_t *avr, struct Pin pin);

// Calls `notify` with each level that the pin changes to, whoever changes it.
void watchPin(avr_t *avr, struct Pin pin, avr_irq_notify_t notify, void *param);

// To be called by the chip's reset, which zeroes what the sketch reads: puts the driven levels back.
void restorePins(avr_t *avr);

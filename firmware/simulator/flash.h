// The chip's program memory.
#pragma once

#include <simavr/sim_avr.h>

// Keeps the flash in the file at `path`, or in none.
void startFlash(avr_t *avr, const char *path);

// Writes a hex file into it; returns its lowest address. Ends the program with a message when that fails.
avr_flashaddr_t loadHex(avr_t *avr, const char *path);

// Constants in flash: on an AVR they would take RAM otherwise. Elsewhere, as in the tests on the host, memory is one.
#pragma once

#ifdef __AVR__
#include <avr/pgmspace.h>
#else
#include <stdint.h>
#include <string.h>
#define PROGMEM
#define PSTR(text) (text)
#define memcpy_P memcpy
#define strcmp_P strcmp
#define strncmp_P strncmp
#define pgm_read_byte(address) (*(const char *)(address))
#define pgm_read_word(address) (*(const uint16_t *)(address))
#endif

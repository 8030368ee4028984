// The serial line between the chip's UART and the host's port.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <simavr/sim_avr.h>

#include "noise.h"
#include "pty.h"
#include "sampler.h"

#define LINE_BUFFER 4096

struct LineBuffer {
  uint8_t bytes[LINE_BUFFER];
  size_t length;
};

struct Line {
  avr_t *avr;
  struct Pty *pty;
  struct LineBuffer toBoard;
  struct LineBuffer toHost;
  struct Sampler boardSampler;
  struct Sampler hostSampler;
  struct Noise noise;
  double sentAt;      // seconds of the chip's time, when the board's last byte has left
  uint32_t hostBaud;  // bits a second
  uint64_t sent;      // bytes by the board
  uint64_t received;  // bytes by the board
  uint64_t lost;      // bytes, either way: nobody had the port open, or the sketch did not read in time
  uint64_t cutAt;     // the power goes when the board has sent so many
};

void startLine(struct Line *line, avr_t *avr, struct Pty *pty);

// Moves what is on its way between UART and port; to be called about each millisecond.
void moveLine(struct Line *line);

// To be called by the chip's reset, which stops its timers.
void restartLine(struct Line *line);

// Forgets what is on its way: the power is gone.
void clearLine(struct Line *line);

// Whether the byte that was to be the board's last has been sent.
bool lineIsCut(const struct Line *line);

// The rate that the sketch has set, in bits a second.
uint32_t boardBaud(avr_t *avr);

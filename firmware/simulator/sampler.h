// A UART's receiver that samples bytes which were sent at another rate.
#pragma once

#include <stdint.h>

#define MOST_SAMPLED 5  // as many falling edges has a byte with its start bit

struct Sampler {
  double freeAt;  // seconds: until then it is in the middle of a byte
};

// What a receiver at one rate makes of a byte that began at `start` (seconds) at another; returns how many bytes, up to MOST_SAMPLED.
// Up to a difference of 5 % that is the byte itself.
int sampleByte(struct Sampler *sampler, uint8_t byte, double start, uint32_t senderBaud, uint32_t receiverBaud, uint8_t *bytes);

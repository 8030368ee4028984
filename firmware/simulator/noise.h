// A bad cable.
#pragma once

#include <stdint.h>

struct Noise {
  uint32_t oneIn;  // of so many bits one is flipped; 0 for none
  uint64_t random;
  uint64_t flipped;
};

// The same seed flips the same bits of the same bytes.
void setNoise(struct Noise *noise, uint32_t oneIn, uint32_t seed);

uint8_t throughNoise(struct Noise *noise, uint8_t byte);

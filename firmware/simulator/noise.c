#include "noise.h"

// Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016): xorshift64*.
static uint32_t draw(struct Noise *noise) {
  noise->random ^= noise->random >> 12;
  noise->random ^= noise->random << 25;
  noise->random ^= noise->random >> 27;
  return (uint32_t)((noise->random * 0x2545F4914F6CDD1D) >> 32);
}

void setNoise(struct Noise *noise, uint32_t oneIn, uint32_t seed) {
  noise->oneIn = oneIn;
  noise->random = (uint64_t)seed << 32 | 0x9E3779B9;  // never 0
}

uint8_t throughNoise(struct Noise *noise, uint8_t byte) {
  if (noise->oneIn == 0) return byte;
  for (int bit = 0; bit < 8; bit++) {
    if (draw(noise) % noise->oneIn != 0) continue;
    byte ^= (uint8_t)(1 << bit);
    noise->flipped++;
  }
  return byte;
}

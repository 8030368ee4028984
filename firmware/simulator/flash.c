#include "flash.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <simavr/sim_hex.h>

#include "memory_file.h"

#define SPARE 2  // behind the flash simavr has an instruction that tells it that the program ran out of it

void startFlash(avr_t *avr, const char *path) {
  const size_t size = avr->flashend + 1;
  uint8_t *flash = mapMemoryFile(path, size, SPARE);
  memcpy(flash + size, avr->flash + size, SPARE);
  free(avr->flash);
  avr->flash = flash;
  avr->codeend = avr->flashend;
}

avr_flashaddr_t loadHex(avr_t *avr, const char *path) {
  ihex_chunk_p chunks = NULL;
  const int count = read_ihex_chunks(path, &chunks);
  if (count <= 0) errx(1, "%s is no hex file", path);
  avr_flashaddr_t lowest = avr->flashend;
  for (int index = 0; index < count; index++) {
    const ihex_chunk_t *chunk = &chunks[index];
    if (chunk->baseaddr + chunk->size > avr->flashend + 1) errx(1, "%s does not fit into the flash", path);
    memcpy(avr->flash + chunk->baseaddr, chunk->data, chunk->size);
    if (chunk->baseaddr < lowest) lowest = chunk->baseaddr;
  }
  free_ihex_chunks(chunks);
  return lowest;
}

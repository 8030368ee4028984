// Memory that outlives the simulator.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Memory of this size that is the file at this path, at once and both ways; a new file is erased (0xFF). `spare` bytes follow that
// are in no file. Without a path it is all in no file. Ends the program with a message when that fails.
uint8_t *mapMemoryFile(const char *path, size_t size, size_t spare);

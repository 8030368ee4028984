#include "memory_file.h"

#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

uint8_t *mapMemoryFile(const char *path, size_t size, size_t spare) {
  uint8_t *memory = mmap(NULL, size + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) err(1, "no memory");
  memset(memory, 0xFF, size + spare);
  if (path == NULL) return memory;

  const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  struct stat state;
  if (file < 0 || fstat(file, &state) < 0) err(1, "%s", path);
  if (state.st_size == 0 && write(file, memory, size) != (ssize_t)size) err(1, "%s", path);
  if (state.st_size != 0 && (size_t)state.st_size != size) errx(1, "%s is not of %zu bytes", path, size);
  if (mmap(memory, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED) err(1, "%s", path);
  close(file);
  return memory;
}

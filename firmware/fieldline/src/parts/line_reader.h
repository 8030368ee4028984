// Collects what the host sends into commands.
#pragma once

#include <stdint.h>
#include <string.h>

#include "crc16.h"

namespace fieldline {

// Lines that do not begin with '!' and lines that are too long are passed over up to their end.
template <uint8_t CAPACITY>
class LineReader {
 public:
  // Takes one byte; true when it ends a command, whose text is then in text().
  bool take(char byte) {
    if (byte == '\n') {
      const bool complete = !passing && length > 0;
      line[length] = '\0';
      length = 0;
      passing = false;
      return complete;
    }
    if (passing) return false;
    if (length == CAPACITY - 1 || (length == 0 && byte != '!')) {
      passing = true;
      length = 0;
      return false;
    }
    line[length++] = byte;
    return false;
  }

  // The command from '!' on, without the line's end; good until the next take().
  char *text() { return line; }

 private:
  char line[CAPACITY];
  uint8_t length = 0;
  bool passing = false;
};

// Checks the "*CRC" that ends a command and cuts it off; false when it is missing or wrong.
inline bool checkCommand(char *line) {
  const size_t length = strlen(line);
  if (length < 6 || line[0] != '!' || line[length - 5] != '*') return false;
  if (!isCrc16Text(line + length - 4, crc16(line, (uint16_t)(length - 5)))) return false;
  line[length - 5] = '\0';
  return true;
}

// Cuts the next word off a text, at one space; NULL when there is none left.
inline char *nextWord(char **rest) {
  char *word = *rest;
  if (word == NULL) return NULL;
  char *space = strchr(word, ' ');
  if (space != NULL) *space++ = '\0';
  *rest = space;
  return word;
}

}  // namespace fieldline
